"""How many reports a month's decisions approved and refused, kept by one thing about them and never by two.

Area and language of a report are erased long before two years are over; these counts are all that is
left to tell whether some are treated unlike others. No row tells of one day, all rows of a month are
written in each transaction, and when a month is over what stands for fewer than ten becomes one row, so
that nothing leads from here to one report.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Text, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from backend.domain.agreement import FEWEST
from backend.domain.workflow import State
from backend.store.models import Closing, Decision, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement

    from backend.store.work import Work

BY = ("area", "language", "kind")
OTHER = "*"
"""Stands for all values of fewer than ten reports; no code of an area, a language or a kind is written so."""
_UNTIL = "until"
_APPROVED = Report.state.in_((State.APPROVED, State.COUNTED))
_REFUSED = Report.state == State.REJECTED
_BACK = 7  # days that a clock which stood still goes back to


class Tally(NamedTuple):
    """How many reports that share something were approved and refused."""

    value: str
    approved: int
    refused: int


def count_days(work: Work, today: date) -> None:
    """Count what was closed on each of the last days before today, each once; months that are over tell of no few."""
    last = today - timedelta(days=1)
    first = max(_counted_until(work) + timedelta(days=1), last - timedelta(days=_BACK - 1))
    for step in range((last - first).days + 1):
        _count_day(work, first + timedelta(days=step))
    for month in _over(work, f"{today:%Y-%m}"):
        _fold(work, month)


def _of_city(work: Work, *more: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    return (Closing.city_id == work.city_id, *more)


def _counted_until(work: Work) -> date:
    told = work.session.scalar(select(Closing.value).where(*_of_city(work, Closing.by == _UNTIL)))
    return date.fromisoformat(told) if told else date.min


def _count_day(work: Work, day: date) -> None:
    month = f"{day:%Y-%m}"
    for by in BY:
        for tally in _closed(work, day, by):
            _add(work, month, by, tally)
    # A row that is written alone would lead, by its transaction, to the reports it was written for.
    work.session.execute(
        update(Closing).where(*_of_city(work, Closing.month == month)).values(approved=Closing.approved)
    )
    work.session.execute(delete(Closing).where(*_of_city(work, Closing.by == _UNTIL)))
    _add(work, "", _UNTIL, Tally(day.isoformat(), 0, 0))


def _closed(work: Work, day: date, by: str) -> Iterator[Tally]:
    """Count the reports that somebody here decided about on a day; an imported past is none of them."""
    value = func.coalesce(cast(getattr(Report, by), Text), "").label("value")
    decided = select(Decision.id).where(Decision.city_id == Report.city_id, Decision.report_id == Report.id)
    query = (
        select(value, func.count().filter(_APPROVED), func.count().filter(_REFUSED))
        .where(
            Report.city_id == work.city_id, Report.closed_on == day, _APPROVED | _REFUSED, decided.exists()
        )
        .group_by("value")
    )
    return (Tally(*row) for row in work.session.execute(query))


def _add(work: Work, month: str, by: str, tally: Tally) -> None:
    row = insert(Closing).values(
        city_id=work.city_id, month=month, by=by, value=tally.value,
        approved=tally.approved, refused=tally.refused,
    )  # fmt: skip
    more = {name: getattr(Closing, name) + getattr(row.excluded, name) for name in ("approved", "refused")}
    work.session.execute(
        row.on_conflict_do_update(index_elements=["city_id", "month", "by", "value"], set_=more)
    )


def _over(work: Work, month: str) -> list[str]:
    """Return the months before one that still tell of few."""
    few = (Closing.approved + Closing.refused < FEWEST, Closing.value != OTHER, Closing.by.in_(BY))
    query = select(Closing.month).where(*_of_city(work, Closing.month < month, *few)).distinct()
    return list(work.session.scalars(query))


def _fold(work: Work, month: str) -> None:
    for by, tallies in of_month(work, month).items():
        work.session.execute(delete(Closing).where(*_of_city(work, Closing.month == month, Closing.by == by)))
        for tally in folded(tallies):
            _add(work, month, by, tally)


def folded(tallies: list[Tally]) -> list[Tally]:
    """Put together what stands for fewer than ten reports, and so much more that together it is ten.

    The whole of a month is known from what each report has, so a rest of few would be told by what is missing.
    """
    few = [one for one in tallies if _closed_of(one) < FEWEST or one.value == OTHER]
    shown = sorted((one for one in tallies if one not in few), key=lambda one: (-_closed_of(one), one.value))
    while few and shown and sum(map(_closed_of, few)) < FEWEST:
        few.append(shown.pop())
    rest = Tally(OTHER, sum(one.approved for one in few), sum(one.refused for one in few))
    return [*sorted(shown), *([rest] if few else [])]


def _closed_of(tally: Tally) -> int:
    return tally.approved + tally.refused


def of_month(work: Work, month: str) -> dict[str, list[Tally]]:
    """Return the counts of a month: by area, by language, by kind."""
    query = (
        select(Closing.by, Closing.value, Closing.approved, Closing.refused)
        .where(*_of_city(work, Closing.month == month, Closing.by.in_(BY)))
        .order_by(Closing.by, Closing.value)
    )
    found: dict[str, list[Tally]] = {by: [] for by in BY}
    for by, value, approved, refused in work.session.execute(query):
        found[by].append(Tally(value, approved, refused))
    return found
