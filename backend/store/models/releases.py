"""The ledger: each layer is drawn once for each period."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base, OfCity


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
