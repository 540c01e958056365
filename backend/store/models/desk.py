"""What goes on around a decision: a condition on its way to the service desk, alerts, and openings by two."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, DateTime, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base, OfCity, words_of
from backend.store.models.reports import of_report
from backend.store.seals import KeyClass


class ForwardState(StrEnum):
    """How far a condition has come on its way to the service desk."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Forward(OfCity, Base):
    """A consented condition for the service desk; what the desk answered is sealed with the report."""

    __tablename__ = "forwards"
    __table_args__ = (of_report(),)

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[ForwardState] = mapped_column(words_of(ForwardState))
    account_id: Mapped[UUID]
    due_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="after the time to undo; empty once it was sent or given up"
    )
    tries: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))
    problem: Mapped[str | None] = mapped_column(Text, comment="why it failed: a code")


class Alert(OfCity, Base):
    """That somebody was told of an urgent report; the times go as soon as it is taken up."""

    __tablename__ = "alerts"
    __table_args__ = (of_report(),)

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, comment="1 the first, 2 the next")
    next_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="when the next is woken; empty once it is taken up"
    )


class OpeningState(StrEnum):
    """Where a request to open something sealed stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    CLOSED = "closed"


class Opening(OfCity, Base):
    """One person asks to open an original, another allows it; ids and codes only."""

    __tablename__ = "openings"
    __table_args__ = (
        of_report(),
        CheckConstraint("answered_by is null or answered_by <> asked_by", name="two_people"),
        CheckConstraint("state not in ('granted', 'refused') or answered_by is not null", name="answered"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    report_id: Mapped[UUID]
    key_class: Mapped[KeyClass] = mapped_column(words_of(KeyClass, "what"))
    photo: Mapped[str | None] = mapped_column(Text, comment="a number, never a file name")
    reason: Mapped[str] = mapped_column(Text, comment="a code")
    state: Mapped[OpeningState] = mapped_column(words_of(OpeningState))
    asked_by: Mapped[UUID]
    answered_by: Mapped[UUID | None]
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
