"""Whether moderators agree with each other, and whether all are treated alike."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from backend.domain.agreement import FEWEST, FEWEST_PEOPLE, Agreement, Share, agreement, share
from backend.domain.clock import local_date
from backend.domain.permissions import Permission
from backend.domain.practice import cases
from backend.domain.workflow import State, Verdict
from backend.errors import UnprocessableInput
from backend.store import closings
from backend.store.models import Decision, PracticeAnswer
from backend.store.queries import find_city

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from backend.domain.permissions import Actor
    from backend.store.work import Work

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_PAIR = 2
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Agreements:
    """How far answers in practice agree, on verdicts and on each category; and the two of four eyes."""

    verdicts: Agreement | None
    categories: dict[str, Agreement]
    four_eyes: Agreement | None


@dataclass(frozen=True)
class Row:
    """What became of the reports of a month that share something; below ten of them nothing is told."""

    value: str
    closed: int | None
    approved: Share | None


def read_agreement(work: Work, actor: Actor) -> Agreements:
    """Return how far moderators agree; no account is told apart.

    Raises:
        NotAllowed: the account does not lead.
    """
    actor.need(Permission.READ_FAIRNESS)
    find_city(work.session, work.city_id)
    query = select(PracticeAnswer).where(PracticeAnswer.city_id == work.city_id)
    said: dict[str, dict[str, PracticeAnswer]] = defaultdict(dict)
    for row in work.session.scalars(query):
        if row.case in cases():
            said[row.case][str(row.account_id)] = row
    verdicts = {case: {who: row.verdict for who, row in of.items()} for case, of in said.items()}
    return Agreements(agreement(verdicts), _by_category(said), _of_four_eyes(work))


def _by_category(said: Mapping[str, Mapping[str, PracticeAnswer]]) -> dict[str, Agreement]:
    """Return the agreement on each category that some case was agreed to carry."""
    approved = {
        case: {who: row for who, row in of.items() if row.verdict == Verdict.APPROVE}
        for case, of in said.items()
    }
    codes = {code for case in approved for code in cases()[case].agreed.categories}
    found = {
        code: agreement(
            {case: {w: code in row.categories for w, row in of.items()} for case, of in approved.items()}
        )
        for code in sorted(codes)
    }
    return {code: one for code, one in found.items() if one is not None}


def _of_four_eyes(work: Work) -> Agreement | None:
    """Return how far the first and the second of four eyes agreed within a year, where three or more took part."""
    since = local_date(work.clock, find_city(work.session, work.city_id).timezone) - _YEAR
    mine = (Decision.city_id == work.city_id, Decision.decided_on >= since)
    proposed = select(Decision.report_id).where(*mine, Decision.proposed.is_not(None))
    query = (
        select(Decision.report_id, Decision.proposed, Decision.became, Decision.account_id)
        .where(*mine, Decision.report_id.in_(proposed))
        .order_by(Decision.report_id, Decision.sequence)
    )
    rows = work.session.execute(query).all()
    if len({row.account_id for row in rows}) < FEWEST_PEOPLE:
        return None
    return agreement(_pairs(rows), fewest=_PAIR)


def _pairs(rows: Sequence[Any]) -> dict[str, dict[str, Hashable]]:
    """Return what the first and the second said of each report, without who they are."""
    found: dict[str, dict[str, Hashable]] = {}
    for first, second in pairwise(rows):
        same_report = first.report_id == second.report_id
        if same_report and first.proposed is not None and first.account_id != second.account_id:
            found.setdefault(
                str(first.report_id),
                {"first": str(first.proposed), "second": _said_by(second.proposed, second.became)},
            )
    return found


def _said_by(proposed: Verdict | None, became: State) -> str:
    if proposed is not None:
        return str(proposed)
    return str({State.APPROVED: Verdict.APPROVE, State.REJECTED: Verdict.REJECT}.get(became, became))


def read_month(work: Work, actor: Actor, month: str) -> dict[str, list[Row]]:
    """Return, by area, language and kind, which share of a month's decided reports was approved.

    Raises:
        NotAllowed: the account may not. UnprocessableInput: this is no month that is over.
    """
    actor.need(Permission.READ_FAIRNESS)
    return month_of(work, month)


def month_of(work: Work, month: str) -> dict[str, list[Row]]:
    """Return the same for an operator.

    Raises:
        NotFound: there is no such city. UnprocessableInput: this is no month.
    """
    today = local_date(work.clock, find_city(work.session, work.city_id).timezone)
    if not _MONTH.fullmatch(month):
        raise UnprocessableInput("A month is written like 2026-10.", field="month")
    # What grows from day to day would tell by its differences of single reports.
    if month >= f"{today:%Y-%m}":
        raise UnprocessableInput("A month is told when it is over.", field="month")
    found = closings.of_month(work, month)
    return {by: [_row(tally) for tally in closings.folded(tallies)] for by, tallies in found.items()}


def _row(tally: closings.Tally) -> Row:
    closed = tally.approved + tally.refused
    return Row(tally.value, closed if closed >= FEWEST else None, share(tally.approved, closed))
