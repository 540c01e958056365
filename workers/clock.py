"""What runs when: one loop that sweeps, keeps keys ready, forgets and releases."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from backend.store import logs
from backend.store.monthkeys import ensure_month_keys
from backend.store.queries import city_ids
from workers.alerts import alert_due
from workers.classify.drift import Watch
from workers.closings import Closings
from workers.forgetting.run import forget
from workers.forgetting.traces import Traces
from workers.forward import forward_due
from workers.heads import Heads
from workers.leftovers import Leftovers
from workers.publish.release import release_due
from workers.remakes import ring_again
from workers.runtime import start
from workers.sweep import forget_expired, sweep

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from datetime import datetime

    from backend.config import Settings
    from workers.runtime import Runtime

log = structlog.get_logger(__name__)
_HOUR = timedelta(hours=1)


def _sweep(runtime: Runtime) -> None:
    sweep(runtime.works)


def _keys(runtime: Runtime) -> None:
    for city_id in city_ids(runtime.works.database):
        with runtime.works.open(city_id) as work:
            ensure_month_keys(work, runtime.keyring)


class Forgetting:
    """Erases what is over its term: rows that end by the hour each round, the rest once an hour."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._next: datetime | None = None

    def round(self) -> None:
        """Do what is due; the terms are counted in days, so an hour is soon enough."""
        forget_expired(self._runtime.works)
        now = self._runtime.clock.now()
        if self._next is not None and now < self._next:
            return
        for erased in forget(self._runtime):
            if erased.count:
                log.info("forgotten", city=erased.city, item=erased.item, count=erased.count)
        self._next = now + _HOUR


class Stopped(Exception):
    """The clock was told to stop between two releases."""


def _release(runtime: Runtime, stopped: threading.Event) -> None:
    def check(_line: str) -> None:
        if stopped.is_set():
            raise Stopped

    release_due(runtime, check)


def run(settings: Settings, stopped: threading.Event, every: float) -> None:
    """Do a round, wait, do the next, until stopped; one failing task does not keep the others."""
    logs.set_up()
    runtime = start(settings)
    # Keys first: without this month's key no report can be taken in.
    tasks: dict[str, Callable[[], object]] = {
        "keys": partial(_keys, runtime),
        "sweep": partial(_sweep, runtime),
        "remakes": partial(ring_again, runtime.works),
        # Before anything is erased or released that it counts by.
        "closings": Closings(runtime).round,
        "forget": Forgetting(runtime).round,
        "leftovers": Leftovers(runtime).clear,
        "traces": Traces(runtime).round,
        "alerts": partial(alert_due, runtime),
        "forward": partial(forward_due, runtime),
        "heads": Heads(runtime).round,
        "drift": Watch(runtime).round,
        "release": partial(_release, runtime, stopped),
    }
    while not stopped.is_set():
        for name, task in tasks.items():
            _try(name, task)
        stopped.wait(every)


def _try(name: str, task: Callable[[], object]) -> None:
    try:
        task()
    except Stopped:
        log.info("clock_stopped", task=name)
    except Exception as failure:  # noqa: BLE001 - the clock must go on ticking
        log.warning("clock_task_failed", task=name, error=type(failure).__name__)
