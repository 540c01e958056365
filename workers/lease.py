"""A stage holds its report by a lease with a fencing token, so that it can run twice and count once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from sqlalchemy import text

from backend.domain.workflow import ATTEMPTS, LEASE, PAUSES, WAKES, Stage, State
from backend.errors import Conflict
from backend.store.models import Report
from workers.runtime import Runtime, current

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.store.work import Work, Works

log = structlog.get_logger(__name__)

# A worker that freezes in a transaction (a paused machine) must not keep others from its report.
_FROZEN = text("set local idle_in_transaction_session_timeout = '2min'")


@dataclass(frozen=True)
class Lease:
    """The right to work on one stage of one report until somebody takes it anew."""

    stage: Stage
    city_id: str
    report_id: UUID
    fence: int


class StaleLease(Conflict):
    """Somebody else holds the report, or it moved on; what was worked out is thrown away."""


def take(works: Works, stage: Stage, city_id: str, report_id: UUID) -> Lease | None:
    """Take the lease, or return None when there is nothing to do."""
    with works.open(city_id) as work:
        report = _locked(work, report_id)
        now = work.clock.now()
        if report is None or WAKES.get(report.state) is not stage:
            return None  # withdrawn meanwhile, or already done
        if report.lease_until is not None and report.lease_until > now:
            return None  # another worker is at it
        if report.attempts >= ATTEMPTS:
            work.move(report, State.QUARANTINED)
            return None
        report.fence += 1
        report.attempts += 1
        report.lease_until = report.due_at = now + LEASE
        return Lease(stage, city_id, report_id, report.fence)


def _locked(work: Work, report_id: UUID) -> Report | None:
    work.session.execute(_FROZEN)
    return work.session.get(Report, (work.city_id, report_id), with_for_update=True)


def held(work: Work, lease: Lease) -> Report:
    """Lock the report for the stage's last transaction.

    Raises:
        StaleLease: the lease was taken over, or the report is no longer in the stage's state.
    """
    report = _locked(work, lease.report_id)
    if report is None or report.fence != lease.fence or WAKES.get(report.state) is not lease.stage:
        raise StaleLease("This report moved on without this worker.")
    return report


def give_back(works: Works, lease: Lease) -> None:
    """After a failure: let the sweeper try again after a pause, or set the report aside for people."""
    with works.open(lease.city_id) as work:
        report = held(work, lease)
        if report.attempts >= ATTEMPTS:
            work.move(report, State.QUARANTINED)
        else:
            report.lease_until = None
            report.due_at = work.clock.now() + PAUSES[report.attempts - 1]


def run(stage: Stage, city_id: str, report_id: str, do: Callable[[Runtime, Lease], None]) -> None:
    """Run one stage of one report; a failure is remembered in the row, not in Redis.

    Nothing is raised: RQ would keep the error with all its words. What could not even be
    remembered, because PostgreSQL was gone, the sweeper finds when the lease is over.
    """
    try:
        _run(current(), stage, city_id, UUID(report_id), do)
    except StaleLease:
        log.info("stale_lease", stage=stage, report=report_id)
    except Exception as failure:  # noqa: BLE001 - see above
        log.warning("stage_cut_short", stage=stage, report=report_id, error=type(failure).__name__)


def _run(
    runtime: Runtime, stage: Stage, city_id: str, report_id: UUID, do: Callable[[Runtime, Lease], None]
) -> None:
    lease = take(runtime.works, stage, city_id, report_id)
    if lease is None:
        return
    try:
        do(runtime, lease)
    except StaleLease:
        raise
    except Exception as failure:  # noqa: BLE001 - whatever went wrong, the report must not be lost
        # The type only: a message could quote what a resident wrote.
        log.warning("stage_failed", stage=stage, report=str(report_id), error=type(failure).__name__)
        give_back(runtime.works, lease)
