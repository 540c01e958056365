"""Blobs in a local folder or any S3-compatible store; every one is ciphertext."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlparse
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

from backend.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from obstore.store import ObjectStore

_AT_ONCE = 500


def open_store(url: str) -> ObjectStore:
    """Open the store at an address such as `file:///srv/blobs` or `s3://bucket/prefix`."""
    parsed = urlparse(url)
    if parsed.scheme == "file":
        return LocalStore(parsed.path, mkdir=True, automatic_cleanup=True)
    return from_url(url)


def originals_of(city_id: str) -> str:
    """Return where the sealed originals of a city lie."""
    return f"originals/{city_id}/"


def public_of(city_id: str) -> str:
    """Return where the sealed redacted photos of a city lie."""
    return f"public/{city_id}/"


def report_of(path: str) -> UUID:
    """Return the report a blob belongs to."""
    return UUID(path.split("/")[2])


def original_path(city_id: str, report_id: UUID, name: str, sequence: int, fresh: UUID) -> str:
    """Return where a sealed chunk of an original goes; `fresh` keeps a retry from writing over."""
    return f"{originals_of(city_id)}{report_id}/{name}/{sequence}-{fresh}"


def public_path(city_id: str, report_id: UUID, name: str, fresh: UUID) -> str:
    """Return where a sealed redacted photo goes."""
    return f"{public_of(city_id)}{report_id}/{name}-{fresh}"


class Blobs:
    """Puts, gets and deletes ciphertexts."""

    def __init__(self, url: str) -> None:
        self._store = open_store(url)
        parsed = urlparse(url)
        self._root = Path(parsed.path) if parsed.scheme == "file" else None

    def put(self, path: str, content: bytes | bytearray) -> None:
        """Write a blob that must not be there yet; it outlives a power cut once this returns.

        Raises:
            Unavailable: the store cannot be reached, or is full.
        """
        try:
            obstore.put(self._store, path, content, mode="create")
            if self._root is not None:
                _settle(self._root, path)
        except (BaseError, OSError) as failed:
            raise Unavailable("The store of photos takes nothing right now.") from failed

    def get(self, path: str) -> bytes:
        """Return a blob.

        Raises:
            NotFound: it was erased.
        """
        try:
            return bytes(obstore.get(self._store, path).bytes())
        except FileNotFoundError as gone:
            raise NotFound("This photo was erased.") from gone

    def delete(self, paths: Iterable[str]) -> None:
        """Delete blobs; those already gone are no error, and a store that fails keeps what is swept up later.

        Whoever deletes has already deleted the keys, so what stays for a while cannot be read.
        """
        for path in paths:
            with suppress(BaseError, OSError):
                obstore.delete(self._store, path)

    def older(self, folder: str, instant: datetime) -> Iterator[list[str]]:
        """Yield what lies in a folder since before an instant, some at a time."""
        for found in obstore.list(self._store, prefix=folder, chunk_size=_AT_ONCE):
            yield [str(blob["path"]) for blob in found if blob["last_modified"] < instant]


def _settle(root: Path, path: str) -> None:
    """Have a file and the folders that name it written to the disk, as an object store does by itself."""
    place = root / path
    for one in (place, *place.parents):
        descriptor = os.open(one, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if one == root:
            return
