"""The headers of tus 1.0.0, read strictly: what is not exactly right is refused and never guessed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from flask import request

from backend.api.schemas.reports import MAX_PHOTO_BYTES
from backend.errors import ChecksumMismatch, InvalidInput, TooLarge, UnsupportedMedia
from backend.steps.uploads import MOST_PARTS, Promise

if TYPE_CHECKING:
    from datetime import datetime

VERSION = "1.0.0"
EXTENSIONS = (
    "creation",
    "creation-with-upload",
    "creation-defer-length",
    "expiration",
    "checksum",
    "termination",
    "concatenation",
)
ALGORITHMS = ("sha1", "sha256", "sha512")
CHUNK_TYPE = "application/offset+octet-stream"
PARTIAL = "partial"
FINAL = "final;"

_NAME = re.compile("[1-9]", re.ASCII)
_MOST_DIGITS = 15
_LONGEST = 16 * 1024


@dataclass
class Checksum:
    """What the body of a request must add up to."""

    algorithm: str
    expected: bytes
    _hash: hashlib._Hash = field(init=False)

    def __post_init__(self) -> None:
        # tus asks for sha1; it finds what changed by accident, and the report's sha256 what changed on purpose.
        self._hash = hashlib.new(self.algorithm, usedforsecurity=False)
        if len(self.expected) != self._hash.digest_size:
            raise InvalidInput("This checksum has not the length of its kind.", field="Upload-Checksum")

    def add(self, *contents: bytes) -> None:
        """Take the next bytes into account."""
        for content in contents:
            self._hash.update(content)

    def check(self) -> None:
        """Compare.

        Raises:
            ChecksumMismatch: other bytes came than were sent.
        """
        if self._hash.digest() != self.expected:
            raise ChecksumMismatch("These are not the bytes that were sent.", field="Upload-Checksum")


def whole_number(name: str) -> int:
    """Return the header as a number, in ASCII digits.

    Raises:
        InvalidInput: it is missing, or something else.
    """
    told = request.headers.get(name, "")
    if not (told.isascii() and told.isdigit() and len(told) <= _MOST_DIGITS):
        raise InvalidInput("This header must be a whole number.", field=name)
    return int(told)


def told_length() -> int | None:
    """Return `Upload-Length`, or None where it is not said.

    Raises:
        InvalidInput: it is no number. TooLarge: no photo may be as long.
    """
    if "Upload-Length" not in request.headers:
        return None
    size = whole_number("Upload-Length")
    if size > MAX_PHOTO_BYTES:
        raise TooLarge("A photo may have 15 MB.", field="Upload-Length")
    return size


def announced_length() -> int | None:
    """Return the length of a new upload, or None when it is to be said later.

    Raises:
        InvalidInput: neither or both of `Upload-Length` and `Upload-Defer-Length: 1` are there.
    """
    size, deferred = told_length(), request.headers.get("Upload-Defer-Length")
    if deferred not in {None, "1"}:
        raise InvalidInput("This header must be 1.", field="Upload-Defer-Length")
    if (size is None) is (deferred is None):
        raise InvalidInput("Say either Upload-Length or Upload-Defer-Length.", field="Upload-Length")
    return size


def _metadata() -> dict[str, str]:
    """Return `report` and `name`; other keys (a file name above all) are never looked at."""
    told: dict[str, str] = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key in told:
            raise InvalidInput("This key is there twice.", field=f"Upload-Metadata.{key}")
        if key in {"report", "name"}:
            told[key] = _decoded(value, f"Upload-Metadata.{key}").decode("ascii", "replace")
    return told


def as_metadata(**members: str) -> str:
    """Return members as `Upload-Metadata` writes them."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in members.items())


def _decoded(value: str, name: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput("This value is not base64.", field=name) from None


def _numbered(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise ValueError(name)
    return name


def promise(size: int | None) -> Promise:
    """Return which photo a new upload is for.

    Raises:
        InvalidInput: the metadata do not say it.
    """
    told = _metadata()
    try:
        return Promise(UUID(told["report"]), _numbered(told["name"]), size)
    except (KeyError, ValueError):
        raise InvalidInput("Say `report` and `name` of the photo.", field="Upload-Metadata") from None


def parts(folder: str) -> list[UUID]:
    """Return the uploads that `Upload-Concat: final;...` names; they must lie in a folder of addresses.

    Raises:
        InvalidInput: it names none, one twice, too many, or something else.
    """
    told = request.headers.get("Upload-Concat", "")
    named = told.removeprefix(FINAL).split()
    if not (told.startswith(FINAL) and 1 <= len(named) <= MOST_PARTS and len(told) <= _LONGEST):
        raise InvalidInput(
            f"Say `partial`, or `final;` and up to {MOST_PARTS} uploads.", field="Upload-Concat"
        )
    found = [_part(address, folder) for address in named]
    if len(set(found)) < len(found):
        raise InvalidInput("An upload is named twice.", field="Upload-Concat")
    if "Upload-Length" in request.headers or "Upload-Defer-Length" in request.headers:
        raise InvalidInput("Its parts say how long it is.", field="Upload-Length")
    return found


def _part(address: str, folder: str) -> UUID:
    elsewhere = InvalidInput("This is not the address of an upload here.", field="Upload-Concat")
    try:
        above, _, name = urlsplit(address).path.rpartition("/")
        found = UUID(name)
    except ValueError:
        raise elsewhere from None
    if above != folder:
        raise elsewhere
    return found


def checksum() -> Checksum | None:
    """Return what the body must add up to, where the client says it.

    Raises:
        InvalidInput: an algorithm that is not known here, or no digest of its length.
    """
    if "Upload-Checksum" not in request.headers:
        return None
    algorithm, _, value = request.headers["Upload-Checksum"].partition(" ")
    if algorithm not in ALGORITHMS:
        raise InvalidInput(f"Known are {', '.join(ALGORITHMS)}.", field="Upload-Checksum")
    return Checksum(algorithm, _decoded(value, "Upload-Checksum"))


def check_chunk_type() -> None:
    """Refuse a body of another kind.

    Raises:
        UnsupportedMedia: it is not said to be a piece of an upload.
    """
    if request.mimetype != CHUNK_TYPE:
        raise UnsupportedMedia(f"The body must be {CHUNK_TYPE}.", field="Content-Type")


def http_date(instant: datetime) -> str:
    """Return an instant as HTTP writes it."""
    return format_datetime(instant, usegmt=True)
