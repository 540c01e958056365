"""One database login per door: engines that see one city at a time."""

from __future__ import annotations

import hmac
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from backend.errors import Unavailable
from backend.store.secrets import secret_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import URL, Engine

    from backend.config import Settings

# Enough for commits to share one flush, and few beside what a server takes.
_LANE = 8
_CURSOR = "cursor"
_OPTIONS = "-c search_path=farola,public -c lock_timeout=10s -c timezone=UTC"


def role_of(login: str) -> str:
    """Return the database role of a login."""
    return f"farola_{login}"


def login_url(settings: Settings, login: str) -> URL:
    """Return the address a door or the workers log in with.

    In production each process is given its own address. On one machine the address is the
    owner's with the role's name and a password derived from a secret of the installation.
    """
    told = settings.login_urls.get(login)
    if told:
        return as_psycopg(make_url(told))
    secret = secret_of(settings.logins_file)
    password = hmac.new(secret, role_of(login).encode(), sha256).hexdigest()
    return as_psycopg(make_url(settings.owner_url)).set(username=role_of(login), password=password)


def as_psycopg(url: URL) -> URL:
    """Return an address with the driver that is installed."""
    return url.set(drivername="postgresql+psycopg")


def owner_engine(settings: Settings) -> Engine:
    """Return an engine of the owner, for migrations and roles only.

    It names schemas in full: Alembic takes the first one of a search path for the unnamed one.
    """
    return create_engine(as_psycopg(make_url(settings.owner_url)))


def _engine(url: URL, pool_size: int, **options: Any) -> Engine:
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,  # an error's text must not carry what a row holds
        connect_args={"options": _OPTIONS, "connect_timeout": 5},
        **options,
    )


def _cursor(
    info: dict[Any, Any], driver: psycopg.Connection[tuple[Any, ...]]
) -> psycopg.Cursor[tuple[Any, ...]]:
    """Return the same cursor of a connection each time: it remembers how values of each type are written."""
    cursor: psycopg.Cursor[tuple[Any, ...]] = info.get(_CURSOR) or driver.cursor()
    info[_CURSOR] = cursor
    return cursor


class Database:
    """The sessions of one login. Row-level security limits each to one city."""

    def __init__(self, url: URL, *, pool_size: int = 4) -> None:
        self.engine = _engine(url, pool_size, pool_pre_ping=True)
        # Connections of their own for single statements: nothing is asked before, nothing after.
        self._lane = _engine(url, _LANE, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)
        self.kept: dict[str, Any] = {}
        """What `standing` keeps of each city for a minute."""
        # The answer is written after the commit, from rows already read.
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def session(self, city_id: str) -> Iterator[Session]:
        """Open a transaction that sees one city; the caller commits."""
        with self._sessions() as session:
            session.execute(text("select set_config('farola.city', :city, true)"), {"city": city_id})
            yield session

    def at_once(self, statement: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Run one statement as a transaction of its own, in one round trip; return its one row.

        The statement must be one that may run twice: when a connection turns out to be dead,
        nobody knows how far it came, and it is run again on a new one.

        Raises:
            psycopg.Error: the statement failed.
            Unavailable, sqlalchemy.exc.OperationalError: there is no connection.
        """
        try:
            return self._once(statement, values)
        except Unavailable:
            self._lane.dispose()  # those that wait in the pool died with it
            return self._once(statement, values)

    def _once(self, statement: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
        lent = self._lane.raw_connection()
        driver: psycopg.Connection[tuple[Any, ...]] = lent.driver_connection  # type: ignore[assignment]
        try:
            row = _cursor(lent.info, driver).execute(statement, values, prepare=True).fetchone()
        except psycopg.Error as error:
            if driver.closed:
                lent.invalidate()
                raise Unavailable("The database cannot be reached right now.") from error
            raise
        finally:
            lent.close()
        assert row is not None  # noqa: S101 - a function returns a row
        return row

    @property
    def is_busy(self) -> bool:
        """Whether every connection of one kind is in use right now."""
        pools = (self.engine.pool, self._lane.pool)
        return any(isinstance(pool, QueuePool) and pool.checkedout() >= pool.size() for pool in pools)

    def close(self) -> None:
        """Return every connection."""
        self.engine.dispose()
        self._lane.dispose()
