"""One transaction, and the jobs that leave after it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backend.domain.workflow import WAKES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from sqlalchemy.orm import Session

    from backend.domain.clock import Clock
    from backend.domain.workflow import Stage, State
    from backend.store.database import Database
    from backend.store.models import Report


@dataclass(frozen=True)
class Job:
    """What a worker is told: ids and the attempt, nothing else."""

    stage: Stage
    city_id: str
    report_id: UUID
    attempt: int
    # Where a stage has more than one kind of job, which one; else the stage's own.
    task: str | None = None

    @property
    def name(self) -> str:
        """The function that does it, and half of its name in the queue."""
        return self.task or self.stage


@dataclass
class Work:
    """The transaction of one request or one job, for one city."""

    session: Session
    city_id: str
    clock: Clock
    outgoing: list[Job] = field(default_factory=list)

    def move(self, report: Report, to: State) -> None:
        """Take a step in the workflow; whom it wakes is told after the commit."""
        report.move_to(to)
        report.attempts = 0
        report.lease_until = None
        self.wake(report.id, to)
        report.due_at = self.clock.now() if to in WAKES else None

    def wake(self, report_id: UUID, state: State) -> None:
        """Note the job that a state wakes, if any."""
        stage = WAKES.get(state)
        if stage is not None:
            self.outgoing.append(Job(stage, self.city_id, report_id, 0))


class Works:
    """Opens work on any city for one process."""

    def __init__(self, database: Database, clock: Clock, send: Callable[[Job], None]) -> None:
        self.database = database
        self.clock = clock
        self._send = send

    @contextmanager
    def open(self, city_id: str) -> Iterator[Work]:
        """Run one transaction; commit at the end, roll back on any error, then send the jobs.

        Jobs leave by hand and not by a session event: such events also fire when a
        savepoint is released, before the rows are there for a worker to see.
        """
        with self.database.session(city_id) as session:
            work = Work(session, city_id, self.clock)
            yield work
            session.commit()
        for job in work.outgoing:
            self._send(job)

    def wake(self, city_id: str, report_id: UUID, state: State) -> None:
        """Send the job that a state wakes, if any, after a statement that was its own transaction."""
        stage = WAKES.get(state)
        if stage is not None:
            self._send(Job(stage, city_id, report_id, 0))
