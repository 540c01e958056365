"""Messages on a report: sealed for the city, and once more for the phone that reported."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.domain.messages import Author
from backend.store.models.base import Base, OfCity, words_of
from backend.store.models.reports import of_report


class Message(OfCity, Base):
    """One message; each has a key of its own, wrapped to the city's public key of the month."""

    __tablename__ = "messages"
    __table_args__ = (of_report(), UniqueConstraint("city_id", "report_id", "key_hash"))

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    author: Mapped[Author] = mapped_column(words_of(Author))
    day: Mapped[date] = mapped_column(comment="the day only, never the time")
    account_id: Mapped[UUID | None] = mapped_column(comment="the moderator who answered")
    key_hash: Mapped[bytes | None] = mapped_column(
        comment="hash of a moderator's Idempotency-Key; a resident's is among the submissions, for a day"
    )
    month: Mapped[str] = mapped_column(Text)
    wrapped: Mapped[bytes]
    ciphertext: Mapped[bytes]
    reply_copy: Mapped[bytes | None] = mapped_column(
        comment="sealed to the reply_key: only the phone opens it"
    )
