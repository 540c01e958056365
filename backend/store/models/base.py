"""The base of all tables: one schema, `city_id` leading every key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Enum, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

if TYPE_CHECKING:
    from enum import StrEnum

SCHEMA = "farola"


class Base(DeclarativeBase):
    """Every table of the system."""

    metadata = MetaData(
        schema=SCHEMA,
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        },
    )


class OfCity:
    """A row that belongs to one city; row-level security compares this column."""

    city_id: Mapped[str] = mapped_column(Text, primary_key=True, sort_order=-10)


def words_of(kind: type[StrEnum], name: str | None = None) -> Enum:
    """Store an enum by its values, as text with a check."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=name or kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )
