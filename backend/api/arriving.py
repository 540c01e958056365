"""The bytes of a request as they arrive, so that memory stays small and a broken connection loses little."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import ClientDisconnected

from backend.api import tus
from backend.api.schemas.reports import MAX_PHOTO_BYTES
from backend.api.services import services
from backend.errors import FarolaError, InvalidInput, TooLarge
from backend.steps import uploads
from backend.store.pieces import PIECE, Place, Sheaf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backend.store.uploads import Upload

SLOW = 5.0  # seconds after which less than a piece is handed on
_READ = 256 * 1024


class Body:
    """The body of this request, once through."""

    def __init__(self) -> None:
        self.length = request.content_length
        self.read = 0
        # A server that ends the body by itself can be read directly; others are kept to the length.
        ended = request.environ.get("wsgi.input_terminated")
        if not ended:
            request.max_content_length = self.length
        self._stream = request.environ["wsgi.input"] if ended else request.stream

    @property
    def coming(self) -> int:
        """How many bytes there will be at least."""
        return self.length or 0

    def pieces(self, most: int) -> Iterator[list[bytes]]:
        """Yield what arrives, in pieces of a mebibyte or of some seconds, up to one byte more than `most`."""
        held: list[bytes] = []
        size, since = 0, time.monotonic()
        while chunk := self._next(min(_READ, PIECE - size, most + 1 - self.read)):
            held.append(chunk)
            size += len(chunk)
            self.read += len(chunk)
            if size == PIECE or time.monotonic() - since > SLOW:
                yield held
                held, size, since = [], 0, time.monotonic()
        if held:
            yield held

    def _next(self, size: int) -> bytes:
        try:
            return bytes(self._stream.read(size)) if size else b""
        except (ClientDisconnected, OSError):
            return b""

    def check_whole(self) -> None:
        """Compare with the length that was announced.

        Raises:
            InvalidInput: the connection broke before.
        """
        if self.length is not None and self.read < self.length:
            raise InvalidInput("The body was cut off.", field="Content-Length")


class Taking:
    """Bytes on their way into an upload: sealed and stored as they come, noted now and then."""

    def __init__(self, city: str, held: bytes, upload: Upload) -> None:
        self._city, self._held, self._upload = city, held, upload
        self._told = tus.told_length()
        place = Place(city, upload.report_id, upload.name, upload.chunks)
        self._sheaf = Sheaf(services().blobs, upload.sealing_key, place)
        self._noted, self._in_doubt = time.monotonic(), False
        self.reached = upload.received

    def add(self, piece: Sequence[bytes]) -> None:
        """Seal and store the bytes that follow."""
        self._sheaf.add(*piece)

    def note_when_slow(self) -> None:
        """Note what came once it is worth keeping, whatever becomes of the rest."""
        if time.monotonic() - self._noted > SLOW:
            self.note()

    def note(self) -> None:
        """Make what came part of the upload, unless another request was first."""
        pieces, self._in_doubt = self._sheaf.pieces, True
        with services().works("residents").open(self._city) as work:
            try:
                reached = uploads.take(
                    work, self._held, self._upload, at=self.reached, told=self._told, pieces=pieces
                )
            except FarolaError:
                self._in_doubt = False
                raise
        self._sheaf, self._noted, self._in_doubt = self._sheaf.next(), time.monotonic(), False
        self.reached = reached

    def drop(self) -> None:
        """Delete what was not noted.

        When the database went away while it committed, nobody knows whether the rows are there;
        then the bytes stay, and the clock clears them up if there are none.
        """
        if not self._in_doubt:
            self._sheaf.drop()


def receive(city: str, held: bytes, upload: Upload, offset: int) -> int:
    """Take the body of this request into an upload, and return how far it has come.

    Where the connection breaks, what arrived is kept; with a checksum it is all or nothing.

    Raises:
        FarolaError: the bytes cannot be taken; see `uploads.check_room`, `uploads.take` and
            `tus.Checksum.check`.
    """
    body, checksum = Body(), tus.checksum()
    uploads.check_room(upload, offset, body.coming)
    taking = Taking(city, held, upload)
    try:
        _take_all(body, taking, checksum, (MAX_PHOTO_BYTES if upload.size is None else upload.size) - offset)
    except BaseException:
        taking.drop()
        raise
    body.check_whole()
    return taking.reached


def _take_all(body: Body, taking: Taking, checksum: tus.Checksum | None, room: int) -> None:
    for piece in body.pieces(room):
        if body.read > room:
            raise TooLarge("More bytes than were announced.", field="Upload-Length")
        taking.add(piece)
        if checksum is None:
            taking.note_when_slow()
        else:
            checksum.add(*piece)
    if checksum is not None:
        body.check_whole()
        checksum.check()
    taking.note()
