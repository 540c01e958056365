"""Pieces of a photo on their way in: each is sealed under a key of its own before it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from backend.store.blobs import original_path
from backend.store.seals import Binding, new_key, seal_piece

if TYPE_CHECKING:
    from uuid import UUID

    from backend.store.blobs import Blobs

# A whole mebibyte, as phones like to send it, fits in one piece with its padding.
PIECE = 17 * 64 * 1024 - 1


@dataclass(frozen=True)
class Piece:
    """A piece that is stored; whoever notes it makes it part of a photo."""

    size: int
    wrapped: bytes
    blob: str


@dataclass(frozen=True)
class Place:
    """Where the next piece of an upload belongs; `name` is the photo's, or the id of a part."""

    city_id: str
    report_id: UUID
    name: str
    sequence: int


@dataclass
class Sheaf:
    """Pieces that are stored and not noted yet; what is not noted in the end must be dropped.

    Blobs are written before their rows: a crash between them leaves an unreadable orphan,
    never a row without its bytes.
    """

    blobs: Blobs
    public_key: bytes
    place: Place
    pieces: list[Piece] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many bytes wait to be noted."""
        return sum(piece.size for piece in self.pieces)

    def add(self, *contents: bytes) -> None:
        """Seal and store the bytes that follow, as one piece."""
        place = self.place
        sequence = place.sequence + len(self.pieces)
        fresh = new_key(self.public_key)
        blob = original_path(place.city_id, place.report_id, place.name, sequence, uuid4())
        binding = Binding(place.report_id, photo_field(place.name), sequence=sequence)
        # Noted first: a store that fails half-way may have kept something.
        self.pieces.append(Piece(sum(map(len, contents)), fresh.wrapped, blob))
        self.blobs.put(blob, seal_piece(fresh.key, binding, contents))

    def next(self) -> Self:
        """Return an empty sheaf for what follows once this one is noted."""
        place = self.place
        after = Place(place.city_id, place.report_id, place.name, place.sequence + len(self.pieces))
        return type(self)(self.blobs, self.public_key, after)

    def drop(self) -> None:
        """Delete what was stored."""
        self.blobs.delete([piece.blob for piece in self.pieces])


def photo_field(name: str) -> str:
    """Return what the pieces of a photo, or of a part, are bound to."""
    return f"photo:{name}"
