"""Staff: accounts, sessions, decisions and the trail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.domain.factors import FactorKind, Step
from backend.domain.permissions import Role
from backend.domain.taxonomy import Group
from backend.domain.workflow import State, Verdict
from backend.store.models.base import Base, OfCity, words_of
from backend.store.models.reports import of_report


class Account(OfCity, Base):
    """One member of a city's staff; others see the pseudonym only."""

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("city_id", "name"),
        UniqueConstraint("city_id", "pseudonym"),
        Index("uq_accounts_subject", "city_id", "subject_hash", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(Text, comment="what the person types to log in")
    pseudonym: Mapped[str] = mapped_column(Text)
    role: Mapped[Role] = mapped_column(words_of(Role))
    password_hash: Mapped[str] = mapped_column(Text, comment="argon2id")
    trained: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="may read what children tell"
    )
    disabled_on: Mapped[date | None]
    subject_hash: Mapped[bytes | None] = mapped_column(
        comment="keyed hash of who this is at the city's OpenID provider"
    )


class Factor(OfCity, Base):
    """A second factor of one account; it counts from its first confirmed use on."""

    __tablename__ = "factors"
    __table_args__ = (
        ForeignKeyConstraint(
            ["city_id", "account_id"], ["farola.accounts.city_id", "farola.accounts.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("city_id", "credential_id"),
        Index("ix_factors_account_id", "city_id", "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID]
    kind: Mapped[FactorKind] = mapped_column(words_of(FactorKind))
    sealed: Mapped[bytes | None] = mapped_column(
        comment="secret of an authenticator app, under a key of the staff's door"
    )
    credential_id: Mapped[bytes | None]
    public_key: Mapped[bytes | None] = mapped_column(comment="COSE key of a security key")
    counter: Mapped[int] = mapped_column(
        BigInteger, default=0, comment="of the last code or signature that was taken"
    )
    confirmed: Mapped[bool] = mapped_column(default=False)
    added_on: Mapped[date]


class Tries(OfCity, Base):
    """How often one account was tried within the last minute."""

    __tablename__ = "tries"

    slot: Mapped[bytes] = mapped_column(primary_key=True, comment="keyed hash of who is tried")
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    used: Mapped[int]


class StaffSession(OfCity, Base):
    """A log-in that is still good; only hashes of its secrets are kept."""

    __tablename__ = "sessions"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    csrf_hash: Mapped[bytes]
    account_id: Mapped[UUID]
    idle_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    step: Mapped[Step] = mapped_column(words_of(Step), default=Step.DONE, server_default=Step.DONE.value)
    proven_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), comment="when its holder last proved who they are"
    )
    challenge: Mapped[bytes | None] = mapped_column(comment="what a security key is to sign next, once")


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
