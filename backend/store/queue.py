"""The doorbell: jobs sent by name to RQ. PostgreSQL remembers; Redis may forget at any moment."""

from __future__ import annotations

import time
from itertools import groupby, islice
from operator import attrgetter
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

import structlog
from redis import Redis, RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.store.work import Job

log = structlog.get_logger(__name__)

JOB_TIMEOUT = 120
# Seconds. A resident waits for this after the commit when Redis hangs; a worker that blocks on
# its queue is given more by RQ.
PATIENCE = 2
FAILURE_TTL = 7 * 24 * 3600
# Seconds in which rings gather, so that many leave together.
GATHER = 0.05
# Reports that stand in line at most; in a flood the others wait in PostgreSQL, and the sweeper rings for them.
LINE = 1000


def connect(url: str) -> Redis:
    """Return a client of the doorbell with short time limits."""
    return Redis.from_url(
        url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, health_check_interval=15
    )


def queue_of(redis: Redis, stage: str) -> Queue:
    """Return the queue of a stage; a worker process listens on exactly one.

    With two, RQ pops without a hand-over list, and a worker that dies then loses the job.
    """
    return Queue(stage, connection=redis, serializer=JSONSerializer)


def job_id(job: Job) -> str:
    """Return the name under which a job stands in the queue at most once."""
    return f"report-{job.report_id}-{job.name}-{job.attempt}"


def _call(job: Job) -> dict[str, Any]:
    return {
        "func": f"workers.jobs.{job.name}",
        "args": (job.city_id, str(job.report_id)),
        "job_id": job_id(job),
        "timeout": JOB_TIMEOUT,
        "result_ttl": 0,
        "failure_ttl": FAILURE_TTL,
    }


class Doorbell:
    """Rings for workers. A doorbell that does not work is logged, never an error for the resident."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def send(self, job: Job) -> None:
        """Tell a worker of a report; the sweeper tells again what gets lost."""
        try:
            self._enqueue(job)
        except RedisError:
            log.warning("doorbell_silent", stage=job.stage, report=str(job.report_id))

    def send_all(self, jobs: Sequence[Job]) -> None:
        """Tell workers of reports that nobody was told of before, in one go for each stage, while the line is short."""
        try:
            for stage, those in groupby(sorted(jobs, key=attrgetter("stage")), attrgetter("stage")):
                queue = queue_of(self._redis, stage)
                room = max(0, LINE - queue.count)
                queue.enqueue_many([Queue.prepare_data(**_call(job)) for job in islice(those, room)])
        except RedisError:
            log.warning("doorbell_silent", reports=[str(job.report_id) for job in jobs])

    def _enqueue(self, job: Job) -> None:
        queue = queue_of(self._redis, job.stage)
        try:
            self._put(queue, job)
        except DuplicateJobError:
            if queue.get_job_position(job_id(job)) is None:
                # Popped by a worker that died before it took the lease.
                self._forget(job)
                self._put(queue, job)

    def _put(self, queue: Queue, job: Job) -> None:
        queue.enqueue_call(**_call(job), unique=True)

    def _forget(self, job: Job) -> None:
        try:
            RqJob.fetch(job_id(job), connection=self._redis, serializer=JSONSerializer).delete()
        except NoSuchJobError:
            return


class Bellboy:
    """Rings beside the requests: no resident waits for Redis, and what gathers meanwhile leaves together.

    What is lost when the process ends, the sweeper rings for again.
    """

    def __init__(self, ring: Callable[[Sequence[Job]], None]) -> None:
        self._ring = ring
        self._gathered: list[Job] = []
        self._lock = Lock()
        self.on_the_way = False

    def send(self, job: Job) -> None:
        """Ring for a job soon."""
        with self._lock:
            self._gathered.append(job)
            if self.on_the_way:
                return
            self.on_the_way = True
        Thread(target=self._ring_until_none, name="doorbell", daemon=True).start()

    def _ring_until_none(self) -> None:
        try:
            while jobs := self._take():
                self._ring(jobs)
        except BaseException:
            self.on_the_way = False
            raise

    def _take(self) -> list[Job]:
        time.sleep(GATHER)
        with self._lock:
            jobs, self._gathered = self._gathered, []
            self.on_the_way = bool(jobs)
        return jobs
