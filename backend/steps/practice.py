"""Practise on invented cases: answer one, and hear what was agreed and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.domain.clock import local_date
from backend.domain.permissions import Permission
from backend.domain.practice import Case, cases, spoken
from backend.errors import NotFound
from backend.store.models import PracticeAnswer
from backend.store.queries import find_city

if TYPE_CHECKING:
    from backend.domain.permissions import Actor
    from backend.domain.practice import Answer
    from backend.store.work import Work


@dataclass(frozen=True)
class Practice:
    """The next case, none after the last one, and how far an account has come."""

    case: Case | None
    answered: int
    of: int
    as_agreed: int


@dataclass(frozen=True)
class Judged:
    """What was agreed on a case, and whether the answer was the same."""

    case: Case
    verdict_right: bool
    right: bool


def next_case(work: Work, actor: Actor) -> Practice:
    """Return the first case in a language of the city that the account has not answered.

    Raises:
        NotAllowed: the account does not moderate.
    """
    actor.need(Permission.PRACTISE)
    shown = spoken(find_city(work.session, work.city_id).languages)
    said = _said(work, actor)
    answered = [one for one in shown if one.code in said]
    right = sum(_judged(one, said[one.code]).right for one in answered)
    open_cases = (one for one in shown if one.code not in said)
    return Practice(next(open_cases, None), len(answered), len(shown), right)


def _said(work: Work, actor: Actor) -> dict[str, PracticeAnswer]:
    query = select(PracticeAnswer).where(
        PracticeAnswer.city_id == work.city_id, PracticeAnswer.account_id == actor.account_id
    )
    return {row.case: row for row in work.session.scalars(query)}


def answer(work: Work, actor: Actor, code: str, told: Answer) -> Judged:
    """Take an answer and tell what was agreed; of several answers to one case the first is kept.

    Raises:
        NotAllowed: the account does not moderate. NotFound: there is no such case.
    """
    actor.need(Permission.PRACTISE)
    case = cases().get(code)
    if case is None:
        raise NotFound("There is no such case to practise on.")
    row = insert(PracticeAnswer).values(
        city_id=work.city_id, account_id=actor.account_id, case=code, verdict=told.verdict,
        categories=sorted(told.categories), reason=told.reason,
        answered_on=local_date(work.clock, find_city(work.session, work.city_id).timezone),
    )  # fmt: skip
    work.session.execute(row.on_conflict_do_nothing())
    return _judged(case, told)


def _judged(case: Case, told: Answer | PracticeAnswer) -> Judged:
    same = told.verdict == case.agreed.verdict
    right = same and set(told.categories) == case.agreed.categories and told.reason == case.agreed.reason
    return Judged(case, same, right)
