"""The demo's own installation: state below `demo`, a fresh database, and real processes that end with it."""

from __future__ import annotations

import fcntl
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg import sql
from sqlalchemy import make_url

from backend.cli.output import progress
from backend.cli.servers import Postgres, Redis
from backend.cli.servers.record import note, read_record
from backend.config import Settings, load_settings
from backend.errors import Conflict, ServiceError

DATABASE = "farola_demo"
FRESH = ("keys", "blobs", "releases", "logs")
PROGRAM = (sys.executable, "-m", "backend.cli")
PATIENCE = 120.0
STOPPING = 20.0
PROOF_COST = "20"


@dataclass
class Stack:
    """A running demo installation: its settings, its environment and its processes."""

    settings: Settings
    environ: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str) -> None:
        """Start one `farola` process; what it says goes to a log of its own."""
        logs = self.settings.state_dir / "logs"
        logs.mkdir(exist_ok=True)
        with (logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*PROGRAM, *arguments],
                env=self.environ,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches the demo alone, which ends the others in order
            )

    def run(self, *arguments: str) -> None:
        """Run one `farola` command to its end, its progress shown.

        Raises:
            ServiceError: it failed; its own line says why.
        """
        if subprocess.run(
            [*PROGRAM, *arguments], env=self.environ, stdout=subprocess.DEVNULL, check=False
        ).returncode:
            raise ServiceError(f"`farola {' '.join(arguments)}` failed.")

    def stop(self, *names: str) -> None:
        """Ask processes (all when none is named) to end, and make them when they do not."""
        chosen = [self.processes.pop(name) for name in names or tuple(self.processes)]
        for process in chosen:
            process.send_signal(signal.SIGTERM)
        end = time.monotonic() + STOPPING
        for process in chosen:
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def check(self) -> None:
        """Raise when a process has ended by itself.

        Raises:
            ServiceError: with its name and where its log is.
        """
        for name, process in self.processes.items():
            if process.poll() is not None:
                log = self.settings.state_dir / "logs" / f"{name}.log"
                raise ServiceError(f"The demo's {name} process ended by itself; see {log}.")

    def wait_ready(self, url: str) -> None:
        """Wait until the server says that it is ready.

        Raises:
            ServiceError: a process ended, or patience did.
        """
        end = time.monotonic() + PATIENCE
        while not _answers(f"{url}/readyz"):
            self.check()
            if time.monotonic() > end:
                raise ServiceError("The demo's server does not become ready.")
            time.sleep(0.1)


def check_port(port: int) -> None:
    """Refuse a port on which somebody answers already, before anything is started.

    Raises:
        Conflict: it is taken.
    """
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise Conflict(f"Port {port} of 127.0.0.1 is taken; choose another with --port.")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False


@contextmanager
def open_stack(outer: Settings, environ: Mapping[str, str]) -> Iterator[Stack]:
    """Start services for a demo beside `outer`, empty what the last demo left, and stop all at the end."""
    state = outer.state_dir / "demo"
    state.mkdir(parents=True, exist_ok=True)
    with ExitStack() as opened:
        opened.enter_context(_alone(state))
        services = opened.enter_context(_services(outer, state))
        stack = _prepared(state, dict(environ) | services)
        opened.callback(stack.stop)
        yield stack


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    with (state / "demo.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            raise Conflict("A demo is running already; stop it first.") from held
        yield


@contextmanager
def _services(outer: Settings, state: Path) -> Iterator[dict[str, str]]:
    """Yield the addresses to use: what the environment names, else private servers that end with the demo."""
    record = read_record(outer.state_dir)
    found: dict[str, str] = {}
    with ExitStack() as opened:
        for key, told, private in (
            ("database_url", outer.database_url, Postgres),
            ("redis_url", outer.redis_url, Redis),
        ):
            elsewhere = told is not None and told != record.get(key)
            found[key.upper()] = (
                str(told) if elsewhere else opened.enter_context(_private(private, state, key))
            )
            if key == "database_url" and elsewhere:
                # The logins belong to the whole cluster: their passwords stay those of its installation.
                found["FAROLA_LOGINS_FILE"] = str(outer.logins_file)
        yield found


@contextmanager
def _private(kind: type[Postgres | Redis], state: Path, key: str) -> Iterator[str]:
    server = kind(state)
    server.start()
    note(state, key, server.url)
    try:
        yield server.url
    finally:
        server.stop()
        note(state, key, None)


def _prepared(state: Path, environ: dict[str, str]) -> Stack:
    """Empty the state of the last demo and make a new database."""
    for name in FRESH:
        shutil.rmtree(state / name, ignore_errors=True)
    (state / "clock").unlink(missing_ok=True)
    environ |= {
        "FAROLA_STATE_DIR": str(state),
        "FAROLA_CLOCK_FILE": str(state / "clock"),
        # One process stands for the phones of a whole city.
        "FAROLA_PROOF_COST": environ.get("FAROLA_PROOF_COST", PROOF_COST),
        "DATABASE_URL": _new_database(environ["DATABASE_URL"]),
    }
    return Stack(load_settings(environ), environ)


def _new_database(server: str) -> str:
    """Drop the last demo's database, and no other; make it anew and return its address."""
    url = make_url(server)
    name = sql.Identifier(DATABASE)
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))
        connection.execute(sql.SQL("create database {}").format(name))
    return url.set(database=DATABASE).render_as_string(hide_password=False)


def said(line: str, **numbers: Any) -> None:
    """Tell on stderr what the demo is doing."""
    progress(f"demo: {line.format(**numbers)}")
