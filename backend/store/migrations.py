"""Bringing a database up to date: extension, schema, roles, then Alembic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import text

from backend.config import LOGINS
from backend.errors import ConfigError
from backend.store.database import login_url, owner_engine, role_of
from backend.store.models import SCHEMA

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from backend.config import Settings

_LOCK = 0x0FA801B


def alembic_config(connection: Connection | None = None) -> Config:
    """Return the configuration of Alembic for a connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[2] / "migrations"))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """Return the revision this release expects."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if head is None:
        raise ConfigError("There are no migrations in this installation.")
    return head


def migrate(settings: Settings) -> str:
    """Make extension, schema and logins where missing, and run all migrations.

    Returns:
        The revision the database stands at.
    """
    engine = owner_engine(settings)
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        for extension in ("postgis", "pgcrypto"):
            connection.execute(text(f"create extension if not exists {extension}"))
        connection.execute(text(f"create schema if not exists {SCHEMA}"))
        for login in LOGINS:
            _make_login(connection, settings, login)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")
    engine.dispose()
    return newest_revision()


def _make_login(connection: Connection, settings: Settings, login: str) -> None:
    """Make a login, or give an existing one the password this installation uses."""
    url = login_url(settings, login)
    if url.username != role_of(login):
        raise ConfigError(f"{login.upper()}_DATABASE_URL must log in as {role_of(login)}.")
    known = connection.execute(
        text("select 1 from pg_roles where rolname = :role"), {"role": role_of(login)}
    ).first()
    verb = sql.SQL("alter" if known else "create")
    statement = sql.SQL("{} role {} login nosuperuser nobypassrls password {}").format(
        verb, sql.Identifier(role_of(login)), sql.Literal(url.password)
    )
    cursor = connection.connection.cursor()
    cursor.execute(statement.as_string(connection.connection.driver_connection))
