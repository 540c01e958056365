"""`farola clock`: what runs when, until told to stop."""

from __future__ import annotations

import signal
import threading

import click

from backend.cli.output import progress
from backend.config import load_settings
from workers.clock import run


@click.command("clock")
@click.option("--every", type=float, default=30.0, show_default=True, help="Seconds between two rounds.")
def command(every: float) -> None:
    """Sweep what stands still, make month keys, forget what expired, release what is due."""
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    progress("the clock runs")
    run(load_settings(), stopped, every)
