"""Runs migrations on one connection, under an advisory lock and short time limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import context
from geoalchemy2.alembic_helpers import render_item
from sqlalchemy import text

from backend.store.models import SCHEMA, Base

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LOCK = 0x0FA801A


def _ours(_object: Any, name: str | None, type_: str, *_: Any) -> bool:
    return not (type_ == "table" and name == "alembic_version")


def _only_our_schema(name: str | None, type_: str, _parents: Any) -> bool:
    return type_ != "schema" or name == SCHEMA


def migrate(connection: Connection) -> None:
    """Bring one database up to date; a second process waits for the first."""
    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    connection.execute(text("set local lock_timeout = '4s'"))
    connection.execute(text("set local statement_timeout = '30s'"))
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_schemas=True,
        include_object=_ours,
        include_name=_only_our_schema,
        render_item=render_item,
        version_table_schema=SCHEMA,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


migrate(context.config.attributes["connection"])
