"""Staff: accounts, sessions, decisions and the trail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, DateTime, Text, UniqueConstraint, false
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.domain.permissions import Role
from backend.domain.taxonomy import Group
from backend.domain.workflow import State, Verdict
from backend.store.models.base import Base, OfCity, words_of
from backend.store.models.reports import of_report


class Account(OfCity, Base):
    """One member of a city's staff; others see the pseudonym only."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("city_id", "name"), UniqueConstraint("city_id", "pseudonym"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(Text, comment="what the person types to log in")
    pseudonym: Mapped[str] = mapped_column(Text)
    role: Mapped[Role] = mapped_column(words_of(Role))
    password_hash: Mapped[str] = mapped_column(Text, comment="argon2id")
    trained: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="may read what children tell"
    )
    disabled_on: Mapped[date | None]


class StaffSession(OfCity, Base):
    """A log-in that is still good; only hashes of its secrets are kept."""

    __tablename__ = "sessions"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    csrf_hash: Mapped[bytes]
    account_id: Mapped[UUID]
    idle_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Decision(OfCity, Base):
    """One decision on a report; undoing it is a new row."""

    __tablename__ = "decisions"
    __table_args__ = (of_report(),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    report_id: Mapped[UUID]
    sequence: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[UUID]
    was: Mapped[State] = mapped_column(words_of(State, "was"))
    became: Mapped[State] = mapped_column(words_of(State, "became"))
    reason: Mapped[str] = mapped_column(Text, comment="a code from the city's list")
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    primary_group: Mapped[Group | None] = mapped_column(words_of(Group))
    decided_on: Mapped[date]
    proposed: Mapped[Verdict | None] = mapped_column(
        words_of(Verdict), comment="what a first person proposed, where two have to agree"
    )
    undo_until: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="until then it can be taken back without a reason"
    )


class Trail(OfCity, Base):
    """What staff did, hash-chained; ids and codes only, no personal words."""

    __tablename__ = "trail"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    entry: Mapped[dict[str, Any]] = mapped_column(JSONB)
    previous: Mapped[bytes]
    digest: Mapped[bytes]
