"""Re-send what stands still: PostgreSQL remembers what Redis may have forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from backend.domain.clock import local_date
from backend.domain.factors import TRIES_WITHIN
from backend.domain.workflow import WAKES, State
from backend.store.counters import forget_counters
from backend.store.models import Report, SpentProof, StaffSession, Submission, Tries
from backend.store.originals import close_expired
from backend.store.queries import city_ids, find_city
from backend.store.work import Job

if TYPE_CHECKING:
    from backend.store.work import Work, Works

AWAITED = (State.AWAITING_PHOTOS, State.ASKED, *WAKES)
_AT_ONCE = 500
_GRACE = timedelta(seconds=20)


def sweep(works: Works) -> int:
    """Ring again for every report that stood too long in a waking state.

    Returns:
        How many reports were sent on.
    """
    return sum(_sweep_city(works, city_id) for city_id in city_ids(works.database))


def _sweep_city(works: Works, city_id: str) -> int:
    with works.open(city_id) as work:
        waiting = work.session.scalars(
            select(Report)
            .where(
                Report.city_id == city_id,
                Report.state.in_(AWAITED),
                Report.due_at <= work.clock.now() - _GRACE,
            )
            .order_by(Report.due_at)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        for report in waiting:
            _send_on(work, report)
    return len(waiting)


def _send_on(work: Work, report: Report) -> None:
    """A report whose photos or answer never came goes on without them; any other is rung for again."""
    if report.state is State.ASKED:
        work.move(report, State.IN_REVIEW)
        return
    if report.state is State.AWAITING_PHOTOS:
        work.move(report, State.RECEIVED)
        return
    work.outgoing.append(Job(WAKES[report.state], work.city_id, report.id, report.attempts))


def forget_expired(works: Works) -> None:
    """Delete stored answers, log-ins and counters whose time is over, and close what stood open for long."""
    for city_id in city_ids(works.database):
        with works.open(city_id) as work:
            now = work.clock.now()
            work.session.execute(delete(Submission).where(Submission.expires_at < now))
            work.session.execute(delete(SpentProof).where(SpentProof.expires_at < now))
            work.session.execute(delete(StaffSession).where(StaffSession.ends_at < now))
            work.session.execute(delete(Tries).where(Tries.since < now - TRIES_WITHIN))
            close_expired(work)
            city = find_city(work.session, city_id)
            forget_counters(work, local_date(work.clock, city.timezone))
