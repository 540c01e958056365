"""Conditions on their way to the city's service desk: noted here, sent by a worker after the time to undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.errors import Conflict
from backend.store.models import Forward, ForwardState

if TYPE_CHECKING:
    from datetime import datetime

    from backend.domain.permissions import Actor
    from backend.store.models import Report
    from backend.store.work import Work

_GONE = {ForwardState.SENDING, ForwardState.SENT}


def send_later(work: Work, actor: Actor, report: Report, due_at: datetime) -> None:
    """Note that a locked report is to be forwarded, once.

    Raises:
        Conflict: it was sent before.
    """
    row = work.session.get(Forward, (report.city_id, report.id), with_for_update=True)
    if row is None:
        row = Forward(city_id=report.city_id, report_id=report.id)
        work.session.add(row)
    elif row.state in _GONE:
        raise Conflict("The service desk has this condition already; approve it instead.")
    row.state, row.account_id, row.due_at, row.tries = ForwardState.WAITING, actor.account_id, due_at, 0
    row.problem = None


def cancel(work: Work, report: Report) -> None:
    """Keep back what was not sent yet; what is at the desk stays there."""
    row = work.session.get(Forward, (report.city_id, report.id), with_for_update=True)
    if row is not None and row.state not in _GONE:
        row.state, row.due_at = ForwardState.CANCELLED, None
