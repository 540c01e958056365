"""Cities, their areas and their public keys."""

from __future__ import annotations

from datetime import date
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import SCHEMA, Base, OfCity


class City(OfCity, Base):
    """A tenant: boundary, time zone, languages and policy. Public information."""

    __tablename__ = "cities"

    name: Mapped[str] = mapped_column(Text)
    country: Mapped[str] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(Text)
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    started_on: Mapped[date] = mapped_column(comment="first day whose periods are released")
    boundary: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False))
    policy: Mapped[dict[str, Any]] = mapped_column(JSONB)
    help_lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class Area(OfCity, Base):
    """A district or neighbourhood of a city."""

    __tablename__ = "areas"
    __table_args__ = (
        ForeignKeyConstraint(["city_id"], [f"{SCHEMA}.cities.city_id"], ondelete="CASCADE"),
        Index("ix_areas_boundary", "boundary", postgresql_using="gist"),
    )

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    boundary: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=False))


class CityKey(OfCity, Base):
    """The public half of a city's key pair of one month."""

    __tablename__ = "city_keys"
    __table_args__ = (ForeignKeyConstraint(["city_id"], [f"{SCHEMA}.cities.city_id"], ondelete="CASCADE"),)

    month: Mapped[str] = mapped_column(Text, primary_key=True)
    public_key: Mapped[bytes]
