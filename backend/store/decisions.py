"""The history of a report: decisions in order, each a new row, and their entries in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from backend.domain.clock import local_date
from backend.domain.workflow import UNDO
from backend.store import trail
from backend.store.models import Decision
from backend.store.queries import find_city

if TYPE_CHECKING:
    from uuid import UUID

    from backend.domain.permissions import Actor
    from backend.domain.workflow import State, Verdict
    from backend.store.models import Report
    from backend.store.work import Work


@dataclass(frozen=True)
class Made:
    """What is to be noted of a decision: from where, why, and what was only proposed."""

    was: State
    reason: str
    proposed: Verdict | None = None
    # Whether it can be taken back for a while as if it had not been.
    undoable: bool = False


def last_of(work: Work, report: Report) -> Decision | None:
    """Return the newest decision on a report."""
    query = select(Decision).where(Decision.city_id == report.city_id, Decision.report_id == report.id)
    return work.session.scalar(query.order_by(Decision.sequence.desc()).limit(1))


def append(work: Work, actor: Actor, report: Report, made: Made) -> int:
    """Append to a report's history; its row is locked, so sequences do not collide."""
    last = last_of(work, report)
    row = Decision(
        city_id=report.city_id,
        report_id=report.id,
        sequence=1 if last is None else last.sequence + 1,
        account_id=actor.account_id,
        was=made.was,
        became=report.state,
        reason=made.reason,
        categories=report.categories,
        primary_group=report.primary_group,
        decided_on=local_date(work.clock, find_city(work.session, work.city_id).timezone),
        proposed=made.proposed,
        undo_until=work.clock.now() + UNDO if made.undoable else None,
    )
    work.session.add(row)
    return row.sequence


def to_trail(work: Work, actor: Actor, report: Report, what: str, **codes: str | UUID | int | None) -> None:
    """Note what was done to a report, in ids and codes."""
    entry = {"what": what, "account": actor.account_id, "report": report.id, "became": report.state}
    trail.append(work, entry | codes)
