"""Traces: what was erased and still lies in the database's files and log, until both are written anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.store.models import Base

if TYPE_CHECKING:
    from backend.store.database import Database

# Nothing is ever erased from these; every other table is written anew, a new one as well. The trail's
# beginning goes after years: it is long and held numbers and codes, so a vacuum is enough for it.
STAYING = frozenset("cities areas city_keys trail ledger ledger_plans forgotten".split())
_SAMPLES = "pg_statistic"
_MARK = text("select pg_current_xact_id()::text")
_REWRITE = text("select farola.rewrite(:name, cast(:mark as xid8))")
_MOVE_ON = text("select farola.move_log_on()")
_NOT_ALLOWED = "42501"


def mark(database: Database) -> str:
    """Return a mark in the order of transactions: all that is committed now was erased before it."""
    with database.session("") as session:
        told: str = session.scalars(_MARK).one()
    return told


def tables() -> list[str]:
    """Return the tables that hold something that is erased at some time."""
    return [table.name for table in Base.metadata.sorted_tables if table.name not in STAYING]


def rewrite(database: Database, before: str) -> bool:
    """Write the tables anew, each in a transaction of its own, without what was deleted before a mark.

    Returns:
        False where a table is in use for long, or a transaction is still open that began before
        the mark: then it is to be tried again with the same mark.
    """
    done = [_rewrite(database, name, before) for name in tables()]
    return all(done) and _rewrite_samples(database, before)


def _rewrite(database: Database, name: str, before: str) -> bool:
    with database.session("") as session:
        clean: bool = session.scalars(_REWRITE, {"name": name, "mark": before}).one()
        session.commit()
    return clean


def _rewrite_samples(database: Database, before: str) -> bool:
    """The planner's samples belong to the server's owner; columns that are erased are not among them."""
    try:
        return _rewrite(database, _SAMPLES, before)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _NOT_ALLOWED:
            raise
        return True


def move_log_on(database: Database) -> bool | None:
    """Leave the files of the write-ahead log that hold what was erased, and have them overwritten or removed.

    Returns:
        False where the server keeps old files, for a standby or an archive; None where the
        owner of the database may not ask for this.
    """
    with database.session("") as session:
        clean: bool | None = session.scalars(_MOVE_ON).one()
        session.commit()
    return clean
