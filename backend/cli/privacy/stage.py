"""A database of its own, beside the real one and gone afterwards, in which histories are lived."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from backend.cli.privacy.worlds import MovedClock, Stage
from backend.config import Settings, load_settings
from backend.store.database import Database, as_psycopg, login_url
from backend.store.keyring import KeyRing
from backend.store.migrations import migrate
from backend.store.secrets import secret_of
from backend.store.work import Job, Works


@contextmanager
def own_stage(folder: Path) -> Iterator[tuple[Stage, Settings]]:
    """Make an empty database and folders to attack; nothing of the real ones is read or written."""
    outer = load_settings()
    name = f"farola_audit_{os.getpid()}"
    engine = create_engine(as_psycopg(make_url(outer.owner_url)), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'create database "{name}"'))
    try:
        settings = _settings(outer, name, folder)
        migrate(settings)
        with _works(settings) as works:
            clock = next(iter(works.values())).clock
            yield Stage(works, KeyRing(settings.keys_dir), secret_of(settings.pepper_file), clock), settings
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'drop database "{name}" with (force)'))
        engine.dispose()


def _settings(outer: Settings, name: str, folder: Path) -> Settings:
    url = make_url(outer.owner_url).set(database=name).render_as_string(hide_password=False)
    return replace(
        outer,
        database_url=url,
        keys_dir=folder / "keys",
        blobs_url=f"file://{folder / 'blobs'}",
        releases_dir=folder / "releases",
        pepper_file=folder / "secrets" / "pepper",
        filing_key_file=folder / "secrets" / "filing",
    )


@contextmanager
def _works(settings: Settings) -> Iterator[dict[str, Works]]:
    logins = ("residents", "staff", "worker")
    databases = {login: Database(login_url(settings, login)) for login in logins}
    databases["owner"] = Database(as_psycopg(make_url(settings.owner_url)), pool_size=1)
    clock = MovedClock()
    try:
        yield {login: Works(database, clock, _nobody) for login, database in databases.items()}
    finally:
        for database in databases.values():
            database.close()


def _nobody(_job: Job) -> None:
    """No worker is woken: the attacks decide by hand."""
