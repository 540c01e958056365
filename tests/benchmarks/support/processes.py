"""The processes of a benchmark: programs that must be there, a served door, and the CPU all of them used."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from sqlalchemy import create_engine, make_url, text

from backend.cli.servers import Postgres
from backend.cli.servers.packages import install
from backend.config import Settings, load_settings
from backend.errors import ServiceError
from backend.store.database import as_psycopg
from backend.store.migrations import migrate

PATIENCE = float(os.environ.get("FAROLA_BENCH_PATIENCE", "60"))
_TICKS = os.sysconf("SC_CLK_TCK")


def need(program: str, package: str) -> None:
    """Install a program that is missing, or end with the one line that says what to install."""
    if shutil.which(program) is None:
        try:
            install([package])
        except ServiceError as missing:
            sys.exit(missing.detail)


def cpu_seconds(roots: Iterable[int]) -> float:
    """CPU time of processes and all they ever started, the ended ones included, user and system."""
    return sum(_own(pid) for root in roots for pid in _tree(root))


def _own(pid: int) -> float:
    """Of one process and of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS


def _tree(pid: int) -> set[int]:
    return {pid}.union(*map(_tree, _children(pid)))


def _children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # it ended meanwhile
            yield from map(int, task.read_text().split())


def postmaster(settings: Settings) -> int:
    """The process id of the private PostgreSQL, which started all its backends."""
    return int((Postgres(settings.state_dir).folder / "postmaster.pid").read_text().splitlines()[0])


@dataclass(frozen=True)
class Installation:
    """A fresh database and folders, and the environment in which a process finds them."""

    settings: Settings
    environ: Mapping[str, str]


@contextmanager
def fresh_installation(folder: Path) -> Iterator[Installation]:
    """Make an empty installation in the servers of the state folder; its database goes at the end."""
    outer = load_settings()
    name = f"farola_bench_{os.getpid()}"
    engine = create_engine(as_psycopg(make_url(outer.owner_url)), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'create database "{name}"'))
    try:
        yield _installed(outer, name, folder)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'drop database "{name}" with (force)'))
        engine.dispose()


def _installed(outer: Settings, database: str, folder: Path) -> Installation:
    url = make_url(outer.owner_url).set(database=database).render_as_string(hide_password=False)
    environ = {
        **{key: value for key, value in os.environ.items() if not key.startswith("FAROLA_")},
        "FAROLA_STATE_DIR": str(folder),
        "DATABASE_URL": url,
        "REDIS_URL": outer.redis,
        "FAROLA_LOGINS_FILE": str(outer.logins_file),
    }
    settings = load_settings(environ)
    migrate(settings)
    # Where the private servers lie is still told by the outer state folder.
    return Installation(replace(settings, state_dir=outer.state_dir), environ)


@contextmanager
def serving(installation: Installation, *options: str, **environ: str) -> Iterator[tuple[str, int]]:
    """Run `farola serve --door residents` on a free port; yield its address and its process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "backend.cli", "serve", "--door", "residents", "--port", str(port)]
    process = subprocess.Popen([*command, *options], env={**installation.environ, **environ}, stdout=2)
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > end:
            sys.exit("The server of the benchmark does not answer; its own lines say why.")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False
