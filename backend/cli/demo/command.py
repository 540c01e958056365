"""`farola demo`: everything once on made-up reports, then a running system to look at."""

from __future__ import annotations

import os
import signal
import sys
import time
from types import FrameType
from typing import Any

import click

from backend.cli.demo.history import COUNT
from backend.cli.demo.run import STAFF, Demo, Times
from backend.cli.demo.stack import check_port, open_stack, said
from backend.cli.output import answer, json_option
from backend.config import load_settings


@click.command("demo")
@click.option("--once", is_flag=True, help="Print the summary and stop everything.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--history", "past", type=click.IntRange(0), default=COUNT, show_default=True)
@json_option
def command(*, once: bool, port: int, past: int, as_json: bool) -> None:
    """Run the whole system once with made-up reports, then keep it running on 127.0.0.1."""
    signal.signal(signal.SIGTERM, _end)
    check_port(port)
    times = Times()
    said("starting a private PostgreSQL and Redis, unless the environment names others")
    began = time.monotonic()
    with open_stack(load_settings(), os.environ) as stack:
        times.seconds["services"] = round(time.monotonic() - began, 1)
        demo = Demo(stack, port, past, times)
        result = demo.go() | {"seconds": times.all()}
        answer(result, _words(result), as_json=as_json)
        if not once:
            _stay(demo)


def _end(_signal: int, _frame: FrameType | None) -> None:
    """Leave by the ordinary way, so that everything started is stopped."""
    sys.exit(128 + signal.SIGTERM)


def _stay(demo: Demo) -> None:
    """Keep serving until told to stop, or until a process ends by itself."""
    demo.start_clock()
    demo.leave_some()
    click.echo(_invitation(demo), err=True)
    try:
        while True:
            demo.stack.check()
            time.sleep(1)
    except KeyboardInterrupt:
        said("stopping")


def _invitation(demo: Demo) -> str:
    accounts = (f"  {name:<8} {demo.passwords[name]}  ({role})" for name, role in STAFF.items())
    pages = (f"  {demo.url}{path:<9} {what}" for path, what in _PAGES)
    return "\n".join(["", "Open", *pages, "", "Accounts", *accounts, "", "Ctrl-C stops everything."])


_PAGES = (("/", "the residents' app"), ("/console", "the moderators' console"), ("/map", "the map"))


def _words(told: dict[str, Any]) -> str:
    return (
        f"{told['posted']} reports posted, {told['approved']} approved, {told['rejected']} rejected; "
        f"{told['photos_published']} photos redacted ({told['photos_with_filled_face']} with a filled face); "
        f"{told['releases']} releases, {told['cells_shown']} regions of the map shown on "
        f"{told['map_levels']} levels, {told['tile_features']} features in tiles; "
        f"{told['seconds']['total']} seconds."
    )
