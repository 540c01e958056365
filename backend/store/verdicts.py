"""Carrying a verdict out: the move, what it settles for good, notes, and what the resident is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.domain.clock import local_date
from backend.domain.layers import CATEGORY
from backend.domain.settling import countable_on
from backend.domain.taxonomy import primary_group
from backend.domain.workflow import ASK_PATIENCE, CLOSED, RULES, UNDO, State, Verdict
from backend.errors import UnprocessableInput
from backend.store import corrections, desk, notes, replying
from backend.store.decisions import Made, append, to_trail
from backend.store.leases import drop
from backend.store.merging import merge

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from backend.domain.permissions import Actor
    from backend.store.keyring import KeyRing
    from backend.store.models import City, Decision, Report
    from backend.store.work import Work


@dataclass(frozen=True)
class Judgement:
    """What a moderator decided: the verdict, why, and the categories where they were corrected.

    `note` is for colleagues, `public_note` for the resident; `duplicate_of` names the report that
    tells the same.
    """

    verdict: Verdict
    reason: str
    categories: Sequence[str] | None = None
    note: str | None = None
    public_note: str | None = None
    duplicate_of: UUID | None = None


@dataclass(frozen=True)
class Case:
    """A decision under way: who, about what, by whose rules."""

    work: Work
    keyring: KeyRing
    actor: Actor
    report: Report
    city: City


def propose(case: Case, judgement: Judgement) -> None:
    """Note what a first person would do; somebody else has to agree."""
    report, was = case.report, case.report.state
    case.work.move(report, State.SECOND_LOOK)
    report.barred = [case.actor.account_id]
    made = Made(was, judgement.reason, proposed=judgement.verdict, undoable=True)
    sequence = append(case.work, case.actor, report, made)
    write_notes(case, judgement, sequence, public=True)
    to_trail(case.work, case.actor, report, "proposed", verdict=judgement.verdict, reason=judgement.reason)


def carry_out(case: Case, judgement: Judgement) -> None:
    """Do what a verdict says, in the history, the notes and the trail as well.

    Raises:
        Conflict: the report cannot make this move. UnprocessableInput: it cannot be counted as it is.
    """
    work, report, rule = case.work, case.report, RULES[judgement.verdict]
    was = report.state
    work.move(report, rule.becomes)
    _settle(case, judgement, rule.becomes, was)
    sequence = append(work, case.actor, report, Made(was, judgement.reason, undoable=True))
    write_notes(case, judgement, sequence, public=False)
    corrections.keep(work, case.keyring, case.report)
    message = _tell_resident(case, judgement, sequence)
    to_trail(
        work, case.actor, report, "decided", verdict=judgement.verdict, reason=judgement.reason,
        message=message, duplicate_of=report.duplicate_of,
    )  # fmt: skip


def _settle(case: Case, judgement: Judgement, became: State, was: State) -> None:
    """Write down what a state carries with it: the day of closing, who may go on, where it is sent."""
    work, report = case.work, case.report
    if became is State.APPROVED:
        _fix(work, report, case.city)
    if became in CLOSED:
        report.closed_on = local_date(work.clock, case.city.timezone)
    if became is State.ASKED:
        report.due_at = work.clock.now() + ASK_PATIENCE
    # Who took part in closing it does not decide about an appeal; who escalates does not decide next.
    keeps = report.barred if report.appealed or was is not State.IN_REVIEW else []
    report.barred = [] if became is State.ASKED else list(dict.fromkeys([*keeps, case.actor.account_id]))
    if judgement.duplicate_of is not None:
        merge(work, case.actor, report, judgement.duplicate_of)
    if judgement.verdict is Verdict.FORWARD:
        desk.send_later(work, case.actor, report, work.clock.now() + UNDO)


def _fix(work: Work, report: Report, city: City) -> None:
    """Settle at the first approval what the report is counted as, and from which day."""
    in_layer = report.kind in CATEGORY.kinds
    if in_layer and not report.categories:
        raise UnprocessableInput("Choose at least one category before approving.", field="categories")
    if report.countable_on is None:
        today = local_date(work.clock, city.timezone)
        report.countable_on = countable_on(today, report.received_on)
        report.primary_group = primary_group(report.categories) if in_layer else None


def write_notes(case: Case, judgement: Judgement, sequence: int, *, public: bool) -> None:
    """Seal what is for colleagues, and what is for the resident but waits for a second person."""
    if judgement.note:
        notes.write(case.work, case.keyring, case.report, sequence, judgement.note)
    if public and judgement.public_note:
        notes.write(case.work, case.keyring, case.report, sequence, judgement.public_note, field=notes.PUBLIC)


def _tell_resident(case: Case, judgement: Judgement, sequence: int) -> int | None:
    """Write to the resident what is meant for them; return the number of the message."""
    if not judgement.public_note:
        return None
    key = f"decision {sequence}"
    return replying.add(case.work, case.actor, case.report, key, judgement.public_note).number


def bring_back(work: Work, report: Report, last: Decision) -> None:
    """Bring a report back to where it is decided anew; who was appealed against stays shut out."""
    work.move(report, State.QUARANTINED if last.was is State.QUARANTINED else State.IN_REVIEW)
    report.closed_on = report.duplicate_of = None
    report.barred = [one for one in report.barred if report.appealed and one != last.account_id]
    desk.cancel(work, report)
    drop(report)
