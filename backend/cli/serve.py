"""`farola serve`: one door, or all of them, over HTTP."""

from __future__ import annotations

import gc
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from backend.app import LOGINS, create_app
from backend.cli.output import progress
from backend.config import load_settings
from backend.errors import ServiceError
from backend.store import logs

if TYPE_CHECKING:
    from flask import Flask

    from backend.app import Door

# The server's own words may quote a request; only who spoke and how loudly is kept.
_LINES = {"()": logs.LibraryLine}
_LOGGING: dict[str, Any] = {"formatters": {"generic": _LINES, "access": _LINES}}
# Objects made before the collector looks, and how often it looks at older ones: a request makes some thousands.
COLLECT = (20_000, 20, 50)


def load_app(door: Door) -> Flask:
    """Make the app in a serving process of its own."""
    logs.set_up()
    app = create_app(load_settings(), door)
    # What was made so far stays; to look through it again and again for what can go would cost every request.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)
    return app


@click.command("serve")
@click.option("--door", type=click.Choice(list(LOGINS)), default="all", show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option(
    "--threads", type=click.IntRange(1, 64), default=32, show_default=True, help="For each process."
)
def command(door: Door, host: str, port: int, workers: int, threads: int) -> None:
    """Serve until told to stop. No addresses are logged."""
    create_app(load_settings(), door)  # what is wrong with the settings is said here, in one line
    server = Granian(
        "backend.app",
        host,
        port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        http=HTTPModes.http1,
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=_LOGGING,
        respawn_failed_workers=True,
    )
    progress(f"serving {door} on http://{host}:{port}")
    try:
        server.serve(target_loader=partial(load_app, door), wrap_loader=False)
    except (OSError, RuntimeError) as error:
        raise ServiceError(f"Cannot listen on {host}:{port}.") from error
