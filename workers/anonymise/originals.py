"""The sealed original of a photo, opened in a worker's memory and compared with what the phone said of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import select

from backend.store.models import PhotoChunk
from backend.store.pieces import photo_field
from backend.store.seals import Binding, open_sealed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from backend.store.work import Work
    from workers.runtime import Runtime


def chunks_of(work: Work, report_id: UUID, name: str) -> Sequence[PhotoChunk]:
    """Return the sealed pieces of a photo in their order; none once the original is erased."""
    query = select(PhotoChunk).where(
        PhotoChunk.city_id == work.city_id, PhotoChunk.report_id == report_id, PhotoChunk.name == name
    )
    return work.session.scalars(query.order_by(PhotoChunk.sequence)).all()


def open_photo(runtime: Runtime, chunks: Sequence[PhotoChunk], sha256: str | None) -> bytes | None:
    """Return the photo as the phone sent it, or None when it is not what the phone promised.

    Raises:
        NotFound, SealError: a piece or its key is gone or was changed.
    """
    data = b"".join(_open(runtime, chunk) for chunk in chunks)
    return data if hashlib.sha256(data).hexdigest() == sha256 else None


def _open(runtime: Runtime, chunk: PhotoChunk) -> bytes:
    key = runtime.keyring.unwrap(chunk.city_id, chunk.month, chunk.wrapped)
    name, sequence = chunk.sealed_as
    binding = Binding(chunk.report_id, photo_field(name), sequence=sequence)
    return open_sealed(key, binding, runtime.blobs.get(chunk.blob))
