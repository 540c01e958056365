"""What every test stands on: a real PostGIS and Redis, migrated once, and a city of its own for each test."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from redis import Redis
from sqlalchemy import make_url

from backend.config import Settings, load_settings
from backend.steps.cities import add_city
from backend.store.blobs import Blobs
from backend.store.database import Database, as_psycopg, login_url
from backend.store.keyring import KeyRing
from backend.store.migrations import migrate
from backend.store.monthkeys import ensure_month_keys
from backend.store.secrets import secret_of
from backend.store.work import Job, Works
from tests.support import ROOT, FakeClock, Told, described_city, fresh_database, told_report
from workers.runtime import Runtime


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data lying beside the project; in CI it must be there."""
    folder = Path(os.environ.get("FAROLA_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        message = f"needs the real data of {folder.parent.name}/{folder.name}, which is not here"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def services() -> Settings:
    """Settings of the installation whose PostgreSQL and Redis the tests use."""
    settings = load_settings()
    if settings.database_url is None or settings.redis_url is None:
        subprocess.run([sys.executable, "-m", "backend.cli", "services", "start"], check=True, cwd=ROOT)
        settings = load_settings()
    return settings


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Roles belong to the whole cluster: only one test process at a time may make them."""
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    with (settings.state_dir / "tests.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _redis_url(services: Settings, number: int) -> str:
    joint = "&" if "?" in services.redis else "?"
    return f"{services.redis}{joint}db={number}"


@pytest.fixture(scope="session")
def settings(services: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings with a migrated database, a Redis database and folders of this test process."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    state = tmp_path_factory.mktemp("state")
    with fresh_database(services, f"farola_test_{worker}_{os.getpid()}") as url:
        made = replace(
            services,
            state_dir=state,
            database_url=url,
            redis_url=_redis_url(services, 1 + int(worker.removeprefix("gw"))),
            keys_dir=state / "keys",
            blobs_url=f"file://{state / 'blobs'}",
            releases_dir=state / "releases",
            pepper_file=state / "secrets" / "pepper",
            filing_key_file=state / "secrets" / "filing",
            clock_file=state / "clock",
            proof_cost=2,
            proof_zeros=1,
        )
        with _alone(services):
            migrate(made)
        Redis.from_url(made.redis).flushdb()
        yield made


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def sent() -> list[Job]:
    """The jobs that left after a commit."""
    return []


@pytest.fixture(scope="session")
def databases(settings: Settings) -> Iterator[dict[str, Database]]:
    """One database login for each door, the workers and the owner."""
    made = {login: Database(login_url(settings, login)) for login in ("residents", "staff", "worker")}
    made["owner"] = Database(as_psycopg(make_url(settings.owner_url)))
    yield made
    for database in made.values():
        database.close()


@pytest.fixture
def works(databases: dict[str, Database], clock: FakeClock, sent: list[Job]) -> dict[str, Works]:
    """Works of each login; jobs go to `sent`."""
    return {login: Works(database, clock, sent.append) for login, database in databases.items()}


@pytest.fixture(scope="session")
def pepper(settings: Settings) -> bytes:
    return secret_of(settings.pepper_file)


@pytest.fixture(scope="session")
def keyring(settings: Settings) -> KeyRing:
    return KeyRing(settings.keys_dir)


@pytest.fixture(scope="session")
def blobs(settings: Settings) -> Blobs:
    return Blobs(settings.blobs_url)


@pytest.fixture
def make_city(works: dict[str, Works], keyring: KeyRing) -> Callable[..., str]:
    """Make a city of its own for a test, with this month's keys; return its id."""

    def make(**changes: Any) -> str:
        city_id = f"t{uuid4().hex[:12]}"
        with works["owner"].open(city_id) as work:
            add_city(work, described_city(city_id, **changes))
            ensure_month_keys(work, keyring)
        return city_id

    return make


@pytest.fixture
def city(make_city: Callable[..., str]) -> str:
    return make_city()


@pytest.fixture
def hand_in(works: dict[str, Works], pepper: bytes, city: str) -> Callable[..., dict[str, Any]]:
    """Hand in a report through the intake step, as the residents' login."""
    from backend.steps.intake import Attempt, Door, submit

    def go(told: Told | None = None, *, at: str | None = None, **changes: Any) -> dict[str, Any]:
        told = told or Told(told_report(**changes))
        attempt = Attempt(told.key, repr(told.report).encode(), told.report, "phone")
        return submit(Door(works["residents"], pepper, at or city), attempt)

    return go


@pytest.fixture
def runtime(settings: Settings, works: dict[str, Works], tmp_path: Path) -> Runtime:
    """What a worker process builds, with a shelf of releases of this test's own."""
    own = replace(settings, releases_dir=tmp_path / "releases")
    worker = works["worker"]
    return Runtime(
        own, worker.clock, worker, Blobs(own.blobs_url), KeyRing(own.keys_dir), Redis.from_url(own.redis)
    )
