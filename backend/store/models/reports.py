"""Reports and what is sealed with them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.domain.taxonomy import Daypart, Group, Kind
from backend.domain.workflow import State, check_move
from backend.store.models.base import SCHEMA, Base, OfCity, words_of
from backend.store.seals import KeyClass

# Spelled out, because an index of a table cannot follow the workflow by itself.
_WAITING = "'in_review', 'quarantined', 'second_look', 'escalated', 'appealed'"


def of_report() -> ForeignKeyConstraint:
    """Tie a row to its report; it goes when the report goes."""
    target = [f"{SCHEMA}.reports.city_id", f"{SCHEMA}.reports.id"]
    return ForeignKeyConstraint(["city_id", "report_id"], target, ondelete="CASCADE")


class Report(OfCity, Base):
    """One resident's account: only what queueing and counting need is readable."""

    __tablename__ = "reports"
    __table_args__ = (
        ForeignKeyConstraint(["city_id"], [f"{SCHEMA}.cities.city_id"]),
        UniqueConstraint("city_id", "receipt_hash"),
        CheckConstraint("audit is null or cardinality(audit) = 9", name="audit_has_nine"),
        CheckConstraint("urgency between 0 and 3", name="urgency_range"),
        Index("ix_reports_due", "city_id", "due_at", postgresql_where=text("due_at is not null")),
        Index(
            "ix_reports_turns",
            "city_id",
            "area",
            text("urgency desc"),
            "received_on",
            "id",
            postgresql_where=text(f"state in ({_WAITING})"),
        ),
        Index(
            "ix_reports_urgent",
            "city_id",
            "id",
            postgresql_where=text(f"state in ({_WAITING}) and urgency >= 2"),
        ),
        Index("ix_reports_received", "city_id", "received_on"),
        Index(
            "ix_reports_flagged",
            "city_id",
            "area",
            text("urgency desc"),
            "received_on",
            "id",
            postgresql_where=text(f"state in ({_WAITING}) and flags <> '{{}}'"),
        ),
        Index(
            "ix_reports_near",
            "city_id",
            "cell",
            text("received_on desc"),
            "id",
            postgresql_where=text("cell is not null"),
        ),
        Index(
            "ix_reports_merged",
            "city_id",
            "duplicate_of",
            postgresql_where=text("duplicate_of is not null"),
        ),
        Index(
            "ix_reports_counting",
            "city_id",
            "countable_on",
            postgresql_where=text("state = 'approved'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[Kind] = mapped_column(words_of(Kind))
    state: Mapped[State] = mapped_column(words_of(State))
    receipt_hash: Mapped[bytes] = mapped_column(comment="keyed hash; the receipt itself is never here")
    reply_key: Mapped[bytes | None] = mapped_column(comment="public key a reply is sealed to")
    key_month: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text, comment="phone, importer or history")

    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    cell: Mapped[int | None] = mapped_column(BigInteger, comment="z17; blanked after counting")
    area: Mapped[str | None] = mapped_column(Text, comment="blanked after counting")
    occurred_on: Mapped[date | None] = mapped_column(comment="blanked after counting")
    daypart: Mapped[Daypart | None] = mapped_column(words_of(Daypart), comment="blanked after counting")
    audit: Mapped[list[int | None] | None] = mapped_column(ARRAY(SmallInteger), comment="nine levels")
    forward_consent: Mapped[bool] = mapped_column(default=False)

    language: Mapped[str | None] = mapped_column(Text)
    urgency: Mapped[int] = mapped_column(SmallInteger, default=0)
    minor: Mapped[bool] = mapped_column(default=False, comment="a child may be involved: trained moderators")
    labels: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, comment="codes and scores")
    model: Mapped[str | None] = mapped_column(Text)
    flags: Mapped[list[str]] = mapped_column(
        ARRAY(Text),
        default=list,
        server_default=text("'{}'"),
        comment="codes of what is proposed to be looked at; readable, because the queue is filtered by them",
    )

    received_on: Mapped[date] = mapped_column(comment="the day only, never the time")
    counts: Mapped[bool] = mapped_column(comment="settled at intake by the contributor's slots")
    burst: Mapped[bool] = mapped_column(default=False)
    primary_group: Mapped[Group | None] = mapped_column(
        words_of(Group), comment="fixed at the first approval; blanked after counting"
    )
    countable_on: Mapped[date | None] = mapped_column(comment="fixed at the first approval")
    closed_on: Mapped[date | None]
    counted_in: Mapped[list[str]] = mapped_column(
        ARRAY(Text),
        default=list,
        server_default=text("'{}'"),
        comment="periods it stood approved in when they were drawn, for the receipt; emptied on withdrawal",
    )
    erased_on: Mapped[date | None] = mapped_column(comment="only a tombstone is left from this day on")

    due_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="when the sweeper should look; empty when nothing is awaited"
    )
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    claimed_by: Mapped[UUID | None]
    claim_token: Mapped[bytes | None] = mapped_column(comment="hash of the moderator's lease")
    claim_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    barred: Mapped[list[UUID]] = mapped_column(
        ARRAY(Uuid), default=list, server_default=text("'{}'"), comment="accounts that may not decide next"
    )
    duplicate_of: Mapped[UUID | None] = mapped_column(
        comment="the report that tells the same; blanked with the rest when either is forgotten"
    )
    appealed: Mapped[bool] = mapped_column(default=False, server_default=false(), comment="once only")

    def move_to(self, to: State) -> None:
        """Take one allowed step.

        Raises:
            Conflict: the report is not in a state from which it can go there.
        """
        check_move(self.state, to)
        self.state = to


class ReportKey(OfCity, Base):
    """A wrapped content key; deleting the row erases what it sealed."""

    __tablename__ = "report_keys"
    __table_args__ = (of_report(),)

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    key_class: Mapped[KeyClass] = mapped_column(words_of(KeyClass), primary_key=True)
    month: Mapped[str] = mapped_column(Text)
    wrapped: Mapped[bytes]


class Sealed(OfCity, Base):
    """One ciphertext of a report, under the key of its class."""

    __tablename__ = "sealed"
    __table_args__ = (of_report(),)

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True, default=1)
    key_class: Mapped[KeyClass] = mapped_column(words_of(KeyClass))
    ciphertext: Mapped[bytes]
