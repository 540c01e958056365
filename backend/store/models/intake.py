"""What intake remembers for a while: answers, counters and importers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import DateTime, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base, OfCity


class Submission(OfCity, Base):
    """The answer to one Idempotency-Key, kept for a day."""

    __tablename__ = "submissions"

    key_hash: Mapped[bytes] = mapped_column(primary_key=True, comment="keyed hash of the key")
    fingerprint: Mapped[bytes] = mapped_column(comment="keyed hash of the body")
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="holds no secret")
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SpentProof(OfCity, Base):
    """A proof of work that was used, remembered until its challenge is too old to be used again."""

    __tablename__ = "spent_proofs"

    nonce: Mapped[bytes] = mapped_column(primary_key=True, comment="keyed hash of the challenge")
    spender: Mapped[bytes] = mapped_column(comment="keyed hash of the idempotency keys it paid for")
    expires_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), comment="then the challenge is too old anyway"
    )


class CounterKey(OfCity, Base):
    """The key under which a period's counters are hashed; they die with it."""

    __tablename__ = "counter_keys"

    period: Mapped[str] = mapped_column(Text, primary_key=True, comment="a day, a week or a quarter")
    key: Mapped[bytes]


class Counter(OfCity, Base):
    """How many slots a contributor, or a cell on a day, has used."""

    __tablename__ = "counters"

    period: Mapped[str] = mapped_column(Text, primary_key=True)
    slot: Mapped[bytes] = mapped_column(primary_key=True, comment="HMAC under the period's key")
    used: Mapped[int] = mapped_column(SmallInteger)


class Importer(OfCity, Base):
    """A key that stands in for proof of work and rate limits, never for validation."""

    __tablename__ = "importers"
    __table_args__ = (UniqueConstraint("city_id", "key_hash"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(Text)
    key_hash: Mapped[bytes]
    added_on: Mapped[date]
    revoked_on: Mapped[date | None]
