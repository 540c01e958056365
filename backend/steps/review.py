"""Decide about a report, take a decision back, or send a stuck report through again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backend.domain.cityreview import four_eyes, service_desk
from backend.domain.permissions import Permission
from backend.domain.reasons import TRIED_AGAIN, UNDONE, check_reason
from backend.domain.taxonomy import Kind, check_categories
from backend.domain.workflow import CLOSED, RULES, UNDONE_FROM, State, Verdict, check_verdict
from backend.errors import Conflict, NotAllowed, UnprocessableInput
from backend.store import notes
from backend.store.decisions import Made, append, last_of, to_trail
from backend.store.leases import Hold, drop, give, held, locked
from backend.store.queries import find_city
from backend.store.verdicts import Case, Judgement, bring_back, carry_out, propose, write_notes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from backend.domain.permissions import Actor
    from backend.store.keyring import KeyRing
    from backend.store.models import Report
    from backend.store.work import Work


def decide(work: Work, keyring: KeyRing, actor: Actor, hold: Hold, judgement: Judgement) -> Report:
    """Decide about a report that the account holds.

    Where the city asks for four eyes the verdict is a proposal until a second person says the same.
    The first approval fixes the primary group and the day from which the report is counted;
    no later decision changes them.

    Raises:
        NotFound: no such report here. NotAllowed: it waits for a lead.
        Conflict: the lease is stale or forged, or the report was decided, taken back, or
            stands where the verdict cannot be given, or somebody else has to decide.
        UnprocessableInput: the reason or a category is not on the list, or the verdict lacks a part.
    """
    actor.need(Permission.REVIEW)
    return _decide(work, keyring, actor, held(work, actor, hold), judgement)


def check_for_many(work: Work, actor: Actor, judgement: Judgement) -> None:
    """Refuse a verdict that is not given on many reports at once, before the first of them.

    Raises:
        NotAllowed: the account decides nothing. UnprocessableInput: the verdict cannot be taken back,
            or the reason is not on the list.
    """
    actor.need(Permission.REVIEW)
    if not RULES[judgement.verdict].reversible:
        raise UnprocessableInput("Only what can be undone is decided for many at once.", field="verdict")
    check_reason(judgement.verdict, judgement.reason, find_city(work.session, work.city_id).policy)


def decide_at_once(
    work: Work, keyring: KeyRing, actor: Actor, report_id: UUID, judgement: Judgement
) -> Report:
    """Decide about a report that nobody holds, as one of many; only what can be undone is decided so.

    Raises:
        UnprocessableInput, NotFound, NotAllowed, Conflict: as for `decide` and `check_for_many`.
    """
    check_for_many(work, actor, judgement)
    report = locked(work, actor, report_id)
    give(work, actor, report)
    return _decide(work, keyring, actor, report, judgement)


def _decide(work: Work, keyring: KeyRing, actor: Actor, report: Report, judgement: Judgement) -> Report:
    case = Case(work, keyring, actor, report, find_city(work.session, work.city_id))
    check_reason(judgement.verdict, judgement.reason, case.city.policy)
    was, sensitive = report.state, _is_sensitive(case, judgement)
    check_verdict(judgement.verdict, was)
    _check_parts(case, judgement)
    if judgement.categories is not None:
        report.categories = _checked(report.kind, judgement.categories)
    proposal = _agreed(case, judgement, sensitive=sensitive)
    if proposal is None:
        propose(case, judgement)
    else:
        carry_out(case, replace(judgement, public_note=judgement.public_note or proposal.public_note))
    drop(report)
    return report


def _checked(kind: Kind, codes: Sequence[str]) -> list[str]:
    """Return categories without repetition, each of them one that this kind may carry."""
    check_categories(kind, codes)
    return list(dict.fromkeys(codes))


def _is_sensitive(case: Case, judgement: Judgement) -> bool:
    """What was told or is corrected may be sensitive; taking a category away is looked at twice as well."""
    codes = [*case.report.categories, *(judgement.categories or ())]
    return RULES[judgement.verdict].becomes in CLOSED and four_eyes(case.city.policy, codes)


@dataclass(frozen=True)
class _Agreed:
    """That a verdict may be carried out, and what a first person had written to the resident."""

    public_note: str | None = None


def _agreed(case: Case, judgement: Judgement, *, sensitive: bool) -> _Agreed | None:
    """Return that a verdict is carried out now; None when it is a proposal for a second person."""
    if case.report.state is State.SECOND_LOOK and RULES[judgement.verdict].becomes in CLOSED:
        last = last_of(case.work, case.report)
        if last is None or last.proposed is not judgement.verdict:
            return None
        told = notes.read(case.work, case.keyring, case.report, notes.PUBLIC)
        return _Agreed(told.get(last.sequence))
    return None if sensitive and case.report.state is State.IN_REVIEW else _Agreed()


def _check_parts(case: Case, judgement: Judgement) -> None:
    """Refuse a verdict that lacks what it needs, or carries what belongs to another."""
    verdict = judgement.verdict
    if verdict is Verdict.REVERSE:
        raise UnprocessableInput("A decision is reversed at its own address.", field="verdict")
    if verdict is Verdict.ASK and not judgement.public_note:
        raise UnprocessableInput("Write the question for the resident.", field="public_note")
    if judgement.duplicate_of is not None and verdict is not Verdict.DUPLICATE:
        raise UnprocessableInput("Only a duplicate is the same as another.", field="duplicate_of")
    if verdict is Verdict.FORWARD:
        _check_forward(case)
    if verdict is Verdict.ESCALATE and case.actor.may(Permission.DECIDE_ESCALATED):
        raise Conflict("It is with a lead already: decide it, or ask back.")
    if judgement.public_note and case.report.reply_key is None:
        raise Conflict("The resident left no key, so nothing can be written to them.", field="public_note")


def _check_forward(case: Case) -> None:
    report = case.report
    if report.kind is not Kind.CONDITION or not report.forward_consent:
        raise Conflict("Only the condition of a place is forwarded, and only where the resident agreed.")
    desk_of_city = service_desk(case.city.policy)
    if desk_of_city is None or desk_of_city.service_for(report.categories) is None:
        raise Conflict("This city has no service desk for such a condition.")


def undo(work: Work, actor: Actor, report_id: UUID) -> Report:
    """Take the last decision back within a few minutes; it stays in the history, followed by a new row.

    Raises:
        NotFound: no such report here. NotAllowed: it is a colleague's decision.
        Conflict: nothing was decided, or the report was counted or taken back since, or it is
            too late for more than a reversal.
    """
    actor.need(Permission.REVIEW)
    report = locked(work, actor, report_id)
    last = last_of(work, report)
    if last is None or last.became != report.state or report.state not in UNDONE_FROM or _is_blanked(report):
        raise Conflict(_nothing_to_undo(report))
    if last.account_id != actor.account_id and not actor.may(Permission.UNDO_OTHERS):
        raise NotAllowed("A colleague decided this; a lead can take it back.")
    if last.undo_until is None or last.undo_until <= work.clock.now():
        raise Conflict("It is too late to undo this; reverse it with a reason.")
    was = report.state
    bring_back(work, report, last)
    append(work, actor, report, Made(was, UNDONE))
    to_trail(work, actor, report, "undone", was=was)
    return report


def reverse(work: Work, keyring: KeyRing, actor: Actor, report_id: UUID, judgement: Judgement) -> Report:
    """Reverse a decision later, with a reason: a new event, and the report is decided anew.

    Raises:
        NotFound: no such report here. NotAllowed: it is a colleague's decision.
        Conflict: nothing was decided, or the report was counted, forgotten or taken back since.
        UnprocessableInput: the reason is not on the list.
    """
    actor.need(Permission.REVIEW)
    report = locked(work, actor, report_id)
    case = Case(work, keyring, actor, report, find_city(work.session, work.city_id))
    check_reason(Verdict.REVERSE, judgement.reason, case.city.policy)
    last = last_of(work, report)
    if last is None or report.state not in RULES[Verdict.REVERSE].since or _is_blanked(report):
        raise Conflict(_nothing_to_undo(report))
    if last.account_id != actor.account_id and not actor.may(Permission.UNDO_OTHERS):
        raise NotAllowed("A colleague decided this; a lead can reverse it.")
    was = report.state
    bring_back(work, report, last)
    sequence = append(work, actor, report, Made(was, judgement.reason))
    write_notes(case, judgement, sequence, public=False)
    to_trail(work, actor, report, "reversed", was=was, reason=judgement.reason)
    return report


def _is_blanked(report: Report) -> bool:
    return report.cell is None


def _nothing_to_undo(report: Report) -> str:
    if report.state is State.COUNTED:
        return "This report has been counted; what is published stays."
    if report.state is State.WITHDRAWN:
        return "The resident took this report back; nothing is left to undo."
    if _is_blanked(report):
        return "Its place and time are forgotten by now, so it could not be counted."
    return "There is no decision to take back."


def try_again(work: Work, actor: Actor, hold: Hold) -> Report:
    """Send a report in quarantine through anonymising again.

    Raises:
        NotFound: no such report here. Conflict: the lease is stale, or it is not in quarantine.
    """
    actor.need(Permission.REVIEW)
    report = held(work, actor, hold)
    was = report.state
    if was is not State.QUARANTINED:
        raise Conflict("Only a report in quarantine can be sent through again.")
    work.move(report, State.RECEIVED)
    drop(report)
    append(work, actor, report, Made(was, TRIED_AGAIN))
    to_trail(work, actor, report, "tried_again")
    return report
