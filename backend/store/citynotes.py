"""The notes of a city that everybody reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from backend.store.models import CityNote, NoteState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

MOST = 500  # notes in one answer, the newest
_PUBLIC = ("id", "area", "period", "day", "texts", "published_on")


def published(session: Session, city_id: str) -> Sequence[dict[str, Any]]:
    """Return a city's published notes, the newest first, without who wrote them."""
    query = (
        select(*(getattr(CityNote, name) for name in _PUBLIC))
        .where(CityNote.city_id == city_id, CityNote.state == NoteState.PUBLISHED)
        .order_by(CityNote.published_on.desc(), CityNote.id)
        .limit(MOST)
    )
    return [dict(row) for row in session.execute(query).mappings()]
