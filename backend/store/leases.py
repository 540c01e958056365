"""Who reads which report right now: a hold for a few minutes, proved by a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_

from backend.domain.permissions import Permission
from backend.domain.workflow import REVIEW_LEASE, TO_DECIDE, State
from backend.errors import Conflict, NotAllowed, NotFound
from backend.store.models import Report
from backend.store.tokens import fits, new_token, token_hash

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from backend.domain.permissions import Actor
    from backend.store.work import Work

_WHY_NOT = {
    State.WITHDRAWN: "The resident took this report back; nothing is left to decide.",
    State.COUNTED: "This report has been counted; what is published stays.",
    State.APPROVED: "This report was approved already.",
    State.REJECTED: "This report was rejected already.",
    State.DUPLICATE: "This report was set aside as a duplicate already.",
    State.ASKED: "This report waits for the resident's answer.",
}
_NOT_YET = "This report is still being anonymised."
_BARRED = "You took part in this before: somebody else has to decide."
_FOR_LEADS = "This report waits for a lead."
_LOST = "You do not hold this report any more. Claim it again."


@dataclass(frozen=True)
class Lease:
    """A hold on one report: the token proves it, `until` is when it ends unless renewed."""

    token: str
    until: datetime


@dataclass(frozen=True)
class Hold:
    """What somebody shows to prove that they hold a report."""

    report_id: UUID
    token: str


def locked(work: Work, actor: Actor, report_id: UUID) -> Report:
    """Return a report with its row locked.

    Raises:
        NotFound: there is no such report in this city, or not for this account.
    """
    report = work.session.get(Report, (work.city_id, report_id), with_for_update=True)
    if report is None or not _shown_to(actor, report, work.clock.now()):
        raise NotFound("There is no such report here.")
    return report


def _shown_to(actor: Actor, report: Report, now: datetime) -> bool:
    return actor.trained or not report.minor or holder(report, now) == actor.account_id


def only_shown_to(actor: Actor, now: datetime) -> Sequence[ColumnElement[bool]]:
    """Return, as conditions, which reports exist for an account.

    What a child tells is there for trained accounts only; one that was found to be about a child
    while somebody was reading it stays with them until they let go of it.
    """
    if actor.trained:
        return ()
    own = and_(Report.claimed_by == actor.account_id, Report.claim_until > now)
    return (or_(~Report.minor, own),)


def holder(report: Report, now: datetime) -> UUID | None:
    """Return whose hold on a report is running."""
    if report.claim_until is None or report.claim_until <= now:
        return None
    return report.claimed_by


def check_to_decide(actor: Actor, report: Report) -> None:
    """Refuse a report that is not waiting for this account.

    Raises:
        Conflict: it was decided, taken back, is not ready yet, or somebody else has to decide.
        NotAllowed: it waits for a lead.
    """
    if report.state not in TO_DECIDE:
        raise Conflict(_WHY_NOT.get(report.state, _NOT_YET))
    if report.state is State.ESCALATED and not actor.may(Permission.DECIDE_ESCALATED):
        raise NotAllowed(_FOR_LEADS)
    if actor.account_id in report.barred:
        raise Conflict(_BARRED)


def give(work: Work, actor: Actor, report: Report) -> Lease:
    """Let an account hold a locked report; an earlier token of it is worth nothing from now on.

    Raises:
        Conflict: somebody else holds it, or it does not wait for people.
    """
    check_to_decide(actor, report)
    now = work.clock.now()
    if holder(report, now) not in {None, actor.account_id}:
        raise Conflict("Somebody else is reading this report.")
    lease = Lease(new_token(), now + REVIEW_LEASE)
    report.claimed_by = actor.account_id
    report.claim_token = token_hash(lease.token)
    report.claim_until = lease.until
    return lease


def held(work: Work, actor: Actor, hold: Hold) -> Report:
    """Lock a report that an account proves to hold.

    Raises:
        NotFound: there is no such report in this city, or not for this account.
        Conflict: it does not wait for people, or the token is forged, stale or another account's.
    """
    report = locked(work, actor, hold.report_id)
    check_to_decide(actor, report)
    own = holder(report, work.clock.now()) == actor.account_id
    if not own or not fits(hold.token, report.claim_token):
        raise Conflict(_LOST, field="lease")
    return report


def drop(report: Report) -> None:
    """End a hold."""
    report.claimed_by = report.claim_token = report.claim_until = None
