"""`farola forget`: erase what is over its term."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from backend.cli.output import answer, json_option
from backend.config import load_settings
from backend.errors import Unavailable
from workers.forgetting.run import forget
from workers.forgetting.traces import Traces
from workers.runtime import start

if TYPE_CHECKING:
    from workers.runtime import Runtime

_TRIES = 10
_PAUSE = 1.0


@click.command("forget")
@click.option("--dry-run", "dry", is_flag=True, help="Count what would be erased, and erase nothing.")
@json_option
def command(*, dry: bool, as_json: bool) -> None:
    """Erase what the retention schedule no longer keeps, and what is left of it in the database's files.

    The clock does the same by itself: erasing once an hour, the files once a night.
    """
    runtime = start(load_settings())
    erased = [one for one in forget(runtime, dry=dry) if one.count]
    if not dry:
        _write_out(runtime)
    told = [{"city": one.city, "item": one.item, "count": one.count} for one in erased]
    verb = "would be erased" if dry else "erased"
    lines = [f"{one.city}: {one.item}: {one.count} {verb}" for one in erased] or ["Nothing is over its term."]
    answer({"dry_run": dry, "erased": told}, "\n".join(lines), as_json=as_json)


def _write_out(runtime: Runtime) -> None:
    """Write out what was erased, waiting a while for those who still read it.

    Raises:
        Unavailable: somebody reads for long, or the server keeps old log files.
    """
    traces = Traces(runtime)
    for _ in range(_TRIES):
        if traces.write_out():
            return
        time.sleep(_PAUSE)
    raise Unavailable(
        "All was erased, but bytes of it stay in the database's files or log: an old transaction, a standby or "
        "an archive needs them. Try again later."
    )
