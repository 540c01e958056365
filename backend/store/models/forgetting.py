"""What was forgotten until when: numbers only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base, OfCity


class Forgotten(OfCity, Base):
    """The last time at which nothing of an item was left over its term."""

    __tablename__ = "forgotten"

    item: Mapped[str] = mapped_column(Text, primary_key=True, comment="as in the retention schedule")
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    erased: Mapped[int] = mapped_column(BigInteger, comment="how many in all, for the operator")
