"""What a resident sent, as they sent it: readable for staff only while a second person holds it open.

The database enforces it: without a granted opening the staff's login sees neither key nor ciphertext.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text, update

from backend.errors import NotFound
from backend.store.models import Opening, OpeningState, PhotoChunk
from backend.store.pieces import photo_field
from backend.store.sealed import Opener
from backend.store.seals import Binding, open_sealed

if TYPE_CHECKING:
    from backend.store.blobs import Blobs
    from backend.store.keyring import KeyRing
    from backend.store.work import Work

_OPENED = text("select * from opened_chunks(:opening)")
_GONE = "This was erased on its day, or was never sent."


def close_expired(work: Work) -> None:
    """Close what was open for long enough, and questions that nobody answered."""
    work.session.execute(
        update(Opening)
        .where(
            Opening.city_id == work.city_id,
            Opening.state.in_((OpeningState.ASKED, OpeningState.GRANTED)),
            Opening.until <= work.clock.now(),
        )
        .values(state=OpeningState.CLOSED)
    )


def opened_words(work: Work, keyring: KeyRing, opening: Opening) -> dict[str, Any]:
    """Return the words, or the exact place, that an opening is for.

    Raises:
        NotFound: they were erased or never sent.
    """
    opener = Opener(work.session, keyring, opening.city_id, opening.report_id)
    found = opener.read(opening.key_class.value)
    if found is None:
        raise NotFound(_GONE)
    return dict(found)


def opened_photo(work: Work, keyring: KeyRing, blobs: Blobs, opening: Opening) -> bytes:
    """Return the bytes of a photo as it was sent, whatever they are.

    Raises:
        NotFound: they were erased or never came.
    """
    query = select(PhotoChunk).from_statement(_OPENED)
    chunks = work.session.scalars(query, {"opening": opening.id}).all()
    if not chunks:
        raise NotFound(_GONE)
    return b"".join(_opened(keyring, blobs, chunk) for chunk in chunks)


def _opened(keyring: KeyRing, blobs: Blobs, chunk: PhotoChunk) -> bytes:
    name, sequence = chunk.sealed_as
    binding = Binding(chunk.report_id, photo_field(name), sequence=sequence)
    key = keyring.unwrap(chunk.city_id, chunk.month, chunk.wrapped)
    return open_sealed(key, binding, blobs.get(chunk.blob))
