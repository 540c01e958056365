"""What finds a report that tells the same as another, without its words."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base, OfCity
from backend.store.models.reports import of_report


class Likeness(OfCity, Base):
    """One band of the sketch of a report's redacted words; reports that share one may tell the same."""

    __tablename__ = "likenesses"
    __table_args__ = (
        of_report(),
        Index("ix_likenesses_newest", "city_id", "band", text("received_on desc"), "report_id"),
    )

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    band: Mapped[int] = mapped_column(
        BigInteger,
        primary_key=True,
        comment="keyed hash, readable so that like can be looked up; only workers know the key",
    )
    received_on: Mapped[date] = mapped_column(comment="of the report, so that the newest are read first")
