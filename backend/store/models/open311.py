"""How a report that came through the Open311 door is found again by the holder of its token."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base, OfCity
from backend.store.models.reports import of_report


class Open311Request(OfCity, Base):
    """One service request; its row goes when the receipt of its report is forgotten."""

    __tablename__ = "open311_requests"
    __table_args__ = (of_report(), UniqueConstraint("city_id", "report_id"))

    request_hash: Mapped[bytes] = mapped_column(
        primary_key=True,
        comment="keyed hash of the service_request_id, which only the token's holder can derive",
    )
    report_id: Mapped[UUID]
