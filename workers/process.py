"""One worker process: an RQ worker that listens on exactly one queue, and a new one when Redis was lost."""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog
from redis import RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from backend.store import logs
from backend.store.queue import queue_of
from workers.runtime import start

if TYPE_CHECKING:
    from backend.config import Settings
    from backend.domain.workflow import Stage
    from workers.runtime import Runtime

log = structlog.get_logger(__name__)

# RQ's own times recover a killed worker after many minutes; PostgreSQL's leases do it sooner,
# and these keep Redis tidy meanwhile.
WORKER_TTL = 60
MONITORING = 5
MAINTENANCE = 15
# Seconds until the next try when Redis went away in the middle of a job.
PAUSE = 1.0


class Worker(SimpleWorker):
    """An RQ worker that remembers being told to stop, and takes no orders over Redis."""

    max_connection_wait_time = 5.0
    told_to_stop = False

    def request_stop(self, signum: Any, frame: Any) -> None:
        """Finish the job in hand; that Redis cannot be told so is no reason to break it off."""
        self.told_to_stop = True
        with suppress(RedisError):
            super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def subscribe(self) -> None:
        """Listen to nobody: whoever reaches Redis must not be able to stop a worker or its job."""


def serve_queue(settings: Settings, stage: Stage, *, burst: bool = False) -> None:
    """Work on one queue until told to stop, or with `burst` until it is empty.

    The worker does not fork for each job: models and their threads would not survive it.
    Photos are decoded in a limited child process of their own.
    """
    logs.set_up()
    runtime = start(settings)
    while not _work(runtime, stage, burst=burst):
        log.warning("doorbell_lost", stage=stage)
        time.sleep(PAUSE)


def _work(runtime: Runtime, stage: Stage, *, burst: bool) -> bool:
    """Run one RQ worker; return False when it ended without having been told to.

    RQ waits for a Redis that goes away while it is idle, but gives up when that happens
    around a job: it returns as if all were done, or fails while it says good-bye.
    """
    worker = None
    try:
        worker = _worker(runtime, stage)
        worker.work(burst=burst, logging_level="WARNING")
    except StopRequested:
        return True
    except RedisError:
        if burst:
            raise
    finally:
        _end_at_once_when_told()
    return burst or (worker is not None and worker.told_to_stop)


def _worker(runtime: Runtime, stage: Stage) -> Worker:
    return Worker(
        [queue_of(runtime.redis, stage)],
        connection=runtime.redis,
        serializer=JSONSerializer,
        default_worker_ttl=WORKER_TTL,
        job_monitoring_interval=MONITORING,
        maintenance_interval=MAINTENANCE,
        log_job_description=False,
    )


def _end_at_once_when_told() -> None:
    """Take the signals back from RQ's worker: between two workers nothing is in hand."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, signal.SIG_DFL)
