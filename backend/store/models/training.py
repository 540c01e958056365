"""What a label model is learnt from and watched by: sealed corrections, their public keys, and drift."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import SCHEMA, Base, OfCity
from backend.store.models.reports import of_report


def _of_city() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["city_id"], [f"{SCHEMA}.cities.city_id"], ondelete="CASCADE")


class TrainingKey(OfCity, Base):
    """The public half of a city's training key pair of one month."""

    __tablename__ = "training_keys"
    __table_args__ = (_of_city(),)

    month: Mapped[str] = mapped_column(Text, primary_key=True)
    public_key: Mapped[bytes]


class Training(OfCity, Base):
    """One decision to learn from; deleting the row erases it, its key is here and nowhere else."""

    __tablename__ = "training"
    __table_args__ = (of_report(),)

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(Text, comment="of the training key it is sealed to")
    wrapped: Mapped[bytes]
    ciphertext: Mapped[bytes] = mapped_column(
        comment="redacted words and decided labels; who decided is not in it"
    )


class Drift(OfCity, Base):
    """How far the proposals of a city's last week are from the reference; numbers only."""

    __tablename__ = "drift"
    __table_args__ = (_of_city(),)

    model: Mapped[str] = mapped_column(Text)
    since: Mapped[date] = mapped_column(comment="the first day of the reference weeks")
    measured_on: Mapped[date]
    reference: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="shares of labels and mean score of the first four weeks of the model"
    )
    proposed: Mapped[int] = mapped_column(comment="reports of the week with proposals")
    decided: Mapped[int] = mapped_column(comment="approvals of the week")
    divergence: Mapped[float | None] = mapped_column(comment="Jensen-Shannon, 0 to 1; empty for few")
    score_shift: Mapped[float | None] = mapped_column(comment="mean score minus the reference's")
    corrected: Mapped[float | None] = mapped_column(comment="share of approvals with other labels")
