"""`farola work`: one worker process for one queue, or one for each."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import click

from backend.cli.output import progress
from backend.config import load_settings
from backend.domain.workflow import Stage
from workers.process import serve_queue

if TYPE_CHECKING:
    from types import FrameType

_LOOK_EVERY = 0.2


@click.command("work")
@click.option(
    "--queue",
    type=click.Choice([stage.value for stage in Stage]),
    help="By default one process for each queue.",
)
@click.option("--burst", is_flag=True, help="Stop when the queue is empty.")
def command(queue: str | None, *, burst: bool) -> None:
    """Run workers until told to stop."""
    if queue is None:
        _one_for_each(burst=burst)
        return
    progress(f"working on {queue}")
    serve_queue(load_settings(), Stage(queue), burst=burst)


def _one_for_each(*, burst: bool) -> None:
    """Two queues in one RQ worker can lose a job, so each queue has a process of its own."""
    more = ["--burst"] if burst else []
    children = [
        subprocess.Popen([sys.executable, "-m", "backend.cli", "work", "--queue", stage, *more])
        for stage in Stage
    ]
    told: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    codes = _watch(children, told, burst=burst)
    sys.exit(0 if told else max(0 if burst else 1, *codes))


def _watch(children: list[subprocess.Popen[bytes]], told: list[int], *, burst: bool) -> list[int]:
    """Wait for all; when one ends that should not, end the others, so that a supervisor starts anew."""
    ending = False
    while any(child.poll() is None for child in children):
        ended = any(child.poll() is not None for child in children)
        if not ending and (told or (ended and not burst)):
            ending = True
            for child in children:
                child.terminate()
        time.sleep(_LOOK_EVERY)
    return [abs(child.returncode) for child in children]
