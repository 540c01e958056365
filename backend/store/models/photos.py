"""Photos: what was promised, what arrived in sealed chunks, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base, OfCity, words_of
from backend.store.models.reports import of_report


class PhotoState(StrEnum):
    """Where a photo stands; only a redacted one is ever shown to anybody."""

    EXPECTED = "expected"
    RECEIVED = "received"
    REDACTED = "redacted"
    WITHHELD = "withheld"


class Photo(OfCity, Base):
    """One photo of a report. The name is a number the phone counts, never a file name."""

    __tablename__ = "photos"
    __table_args__ = (
        of_report(),
        UniqueConstraint("city_id", "upload_id"),
        CheckConstraint("received between 0 and size", name="received_range"),
        Index(
            "ix_photos_to_remake",
            "city_id",
            "report_id",
            postgresql_where=text("state = 'received' and masks is not null"),
        ),
    )

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[PhotoState] = mapped_column(words_of(PhotoState))
    size: Mapped[int] = mapped_column(
        BigInteger, comment="bytes; a size class once anonymised, an exact size is a fingerprint"
    )
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    chunks: Mapped[int] = mapped_column(Integer, default=0)
    upload_id: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(Text, comment="why it was withheld: a code")
    # What is covered, and what was lifted, see domain/masks; with the state `received`: to be made anew.
    masks: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    public_blob: Mapped[str | None] = mapped_column(Text, comment="sealed redacted picture")
    upload_expires: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    deferred: Mapped[bool] = mapped_column(
        Boolean, default=False, server_default=false(), comment="the phone has yet to say the length"
    )
    parts: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid), comment="what it was put together from")


class PhotoPart(OfCity, Base):
    """A part that a phone uploads beside others, until a photo is put together from them."""

    __tablename__ = "photo_parts"
    __table_args__ = (of_report(), CheckConstraint("received between 0 and size", name="received_range"))

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    size: Mapped[int | None] = mapped_column(BigInteger, comment="null until the phone says it")
    received: Mapped[int] = mapped_column(BigInteger)
    chunks: Mapped[int] = mapped_column(Integer)
    expires: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class PhotoChunk(OfCity, Base):
    """One piece of an upload, sealed under a key of its own; of a part it bears the part's id for a name."""

    __tablename__ = "photo_chunks"
    __table_args__ = (of_report(),)

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True)
    month: Mapped[str] = mapped_column(Text)
    wrapped: Mapped[bytes]
    blob: Mapped[str] = mapped_column(Text)
    part: Mapped[UUID | None] = mapped_column(comment="the part this piece was sealed for, if any")
    part_sequence: Mapped[int | None] = mapped_column(Integer, comment="its place in that part")

    @property
    def sealed_as(self) -> tuple[str, int]:
        """The name and the place it was sealed under: a part's own stay when the photo is put together."""
        if self.part is None or self.part_sequence is None:
            return self.name, self.sequence
        return str(self.part), self.part_sequence
