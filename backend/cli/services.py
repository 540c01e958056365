"""`farola services`: the private PostgreSQL and Redis, unless the environment names others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from backend.cli.output import answer, json_option, progress
from backend.cli.servers import Postgres, Redis, Server
from backend.cli.servers.packages import install, missing_browser
from backend.cli.servers.record import note, read_record
from backend.config import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class _Service:
    """One service: its key in settings and record, and the server that stands in for it."""

    name: str
    key: str
    server: Server
    elsewhere: bool

    @property
    def variable(self) -> str:
        return self.key.upper()

    def status(self) -> dict[str, Any]:
        """What is true right now; processes are counted, not remembered."""
        if self.elsewhere:
            return {"state": "elsewhere", "processes": 0, "folder": None}
        pids = self.server.pids()
        state = "ready" if pids and self.server.ready() else "not ready" if pids else "stopped"
        return {"state": state, "processes": len(pids), "folder": str(self.server.folder)}


def _services() -> list[_Service]:
    settings = load_settings()
    told = read_record(settings.state_dir)
    servers = (
        ("postgresql", "database_url", settings.database_url, Postgres(settings.state_dir)),
        ("redis", "redis_url", settings.redis_url, Redis(settings.state_dir)),
    )
    return [
        _Service(name, key, server, elsewhere=url is not None and url != told.get(key))
        for name, key, url, server in servers
    ]


def _for_ours(act: Callable[[_Service], None]) -> None:
    """Do something to the private servers; those the environment names are left alone, and said so."""
    for service in _services():
        if service.elsewhere:
            progress(f"{service.name}: {service.variable} names another server, left alone.")
        else:
            act(service)


def _report(as_json: bool) -> dict[str, Any]:
    found = {service.name: service.status() for service in _services()}
    lines = [f"{name}: {told['state']}" + _where(told) for name, told in found.items()]
    answer(found, "\n".join(lines), as_json=as_json)
    return found


def _where(told: dict[str, Any]) -> str:
    return f" ({told['processes']} processes, {told['folder']})" if told["processes"] else ""


@click.group("services")
def command() -> None:
    """Run a private PostgreSQL with PostGIS and a private Redis below the state folder."""


@command.command()
@json_option
def start(as_json: bool) -> None:
    """Start what is not running, and wait until it answers."""
    _for_ours(_start)
    _report(as_json)


def _start(service: _Service) -> None:
    service.server.start()
    note(service.server.state, service.key, service.server.url)


@command.command()
@json_option
def stop(as_json: bool) -> None:
    """Stop the private servers and everything they started."""
    _for_ours(_stop)
    _report(as_json)


def _stop(service: _Service) -> None:
    service.server.stop()
    note(service.server.state, service.key, None)


@command.command()
@json_option
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Say what runs; the exit code is 1 while a private server is not ready."""
    states = {told["state"] for told in _report(as_json).values()}
    ctx.exit(0 if states <= {"ready", "elsewhere"} else 1)


@command.command()
@click.option("--tests", is_flag=True, help="Also the browser that the tests drive.")
def packages(tests: bool) -> None:
    """Install the system packages that are missing, or say what to install."""
    ours = [service.server for service in _services() if not service.elsewhere]
    missing = [package for server in ours for package in server.missing()]
    install(missing + (missing_browser() if tests else []))


@command.command()
@click.confirmation_option(prompt="Remove everything the private servers stored?")
def erase() -> None:
    """Stop the private servers and remove all they stored."""
    _for_ours(_erase)


def _erase(service: _Service) -> None:
    service.server.erase()
    note(service.server.state, service.key, None)
