"""What a city says it did in its areas."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base, OfCity, words_of


class NoteState(StrEnum):
    """Whether the public reads a note."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class CityNote(OfCity, Base):
    """One thing the city did in an area, in a period or on a day."""

    __tablename__ = "city_notes"
    __table_args__ = (
        CheckConstraint("num_nonnulls(period, day) = 1", name="one_time"),
        CheckConstraint("state <> 'withdrawn' or texts = '{}'", name="taken_back"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area: Mapped[str] = mapped_column(Text, comment="a code")
    period: Mapped[str | None] = mapped_column(Text)
    day: Mapped[date | None]
    texts: Mapped[dict[str, str]] = mapped_column(
        JSONB,
        comment="public words of the city by language, written to be published; blanked when taken back",
    )
    state: Mapped[NoteState] = mapped_column(words_of(NoteState))
    written_by: Mapped[UUID]
    published_on: Mapped[date | None]
