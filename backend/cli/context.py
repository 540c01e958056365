"""What commands need of the store: the owner's transactions, for setting up."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from backend.store.clocks import clock_for
from backend.store.database import Database, as_psycopg
from backend.store.secrets import secret_of
from backend.store.work import Works

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.config import Settings
    from backend.store.work import Job


def history_secret(settings: Settings) -> bytes:
    """Return what ids of imported reports are hashed with; it lies beside the private keys."""
    return secret_of(settings.keys_dir / "history")


def _nobody_to_wake(_job: Job) -> None:
    """Setting up wakes no worker; the sweeper finds what it left."""


@contextmanager
def owner_works(settings: Settings) -> Iterator[Works]:
    """Open works with the owner's login, and return its connections at the end."""
    database = Database(as_psycopg(make_url(settings.owner_url)), pool_size=1)
    try:
        yield Works(database, clock_for(settings.clock_file), _nobody_to_wake)
    finally:
        database.close()
