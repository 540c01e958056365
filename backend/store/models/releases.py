"""The ledger: each layer is drawn once for each period."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, DateTime, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base, OfCity, words_of


class LedgerPlan(OfCity, Base):
    """The hash of a release's plan, written before any count is read.

    A plan that was entered and not drawn, because the process was killed and the city's
    areas changed meanwhile, stays in the record beside the one that was.
    """

    __tablename__ = "ledger_plans"

    layer: Mapped[str] = mapped_column(Text, primary_key=True)
    period: Mapped[str] = mapped_column(Text, primary_key=True)
    correction: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    plan_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    planned_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Ledger(OfCity, Base):
    """One release: what was spent, and the bytes that were drawn with it."""

    __tablename__ = "ledger"

    layer: Mapped[str] = mapped_column(Text, primary_key=True)
    period: Mapped[str] = mapped_column(Text, primary_key=True)
    correction: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    epsilon: Mapped[str] = mapped_column(Text, comment="a fraction, spent per counted report")
    plan_hash: Mapped[str] = mapped_column(Text)
    release: Mapped[bytes] = mapped_column(comment="the release file, drawn once")
    release_hash: Mapped[str] = mapped_column(Text)
    drawn_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_note: Mapped[str | None] = mapped_column(Text)


class WithdrawalState(StrEnum):
    """How far it has come that a release is taken back."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    DONE = "done"


class Withdrawal(OfCity, Base):
    """One person asks to take a release back, with or without a correction, another agrees; ids and codes only."""

    __tablename__ = "withdrawals"
    __table_args__ = (
        CheckConstraint("answered_by is null or answered_by <> asked_by", name="two_people"),
        CheckConstraint(
            "state not in ('granted', 'refused', 'done') or answered_by is not null", name="answered"
        ),
        # A release is taken back once, and so is its reserve spent once.
        Index(
            "uq_withdrawals_one",
            "city_id",
            "layer",
            "period",
            unique=True,
            postgresql_where=text("state in ('asked', 'granted', 'done')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    layer: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, comment="a code")
    corrects: Mapped[bool] = mapped_column(
        comment="whether the reserve is spent on a release that stands instead"
    )
    state: Mapped[WithdrawalState] = mapped_column(words_of(WithdrawalState))
    asked_by: Mapped[UUID]
    answered_by: Mapped[UUID | None]
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="until when it can be answered")
