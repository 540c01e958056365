"""What moderators answered in practice, and how many reports of each kind were closed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from backend.domain.workflow import Verdict
from backend.store.models.base import Base, OfCity, words_of


class PracticeAnswer(OfCity, Base):
    """The first answer of one account to one invented case; it goes with the account."""

    __tablename__ = "practice_answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["city_id", "account_id"], ["farola.accounts.city_id", "farola.accounts.id"], ondelete="CASCADE"
        ),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    case: Mapped[str] = mapped_column(Text, primary_key=True, comment="a code")
    verdict: Mapped[Verdict] = mapped_column(words_of(Verdict))
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str | None] = mapped_column(Text, comment="a code")
    answered_on: Mapped[date]


class Closing(OfCity, Base):
    """How many reports were approved and refused in a month, by one thing about them; never by two."""

    __tablename__ = "closings"

    month: Mapped[str] = mapped_column(Text, primary_key=True)
    by: Mapped[str] = mapped_column(
        Text, primary_key=True, comment="area, language or kind; until, for the day that was counted last"
    )
    value: Mapped[str] = mapped_column(Text, primary_key=True, comment="a code; nothing where it is unknown")
    approved: Mapped[int]
    refused: Mapped[int]
