"""How many reports a month's decisions approved and refused, kept by one thing about them and never by two.

Area and language of a report are erased long before two years are over; these counts are all that is
left to tell whether some are treated unlike others. They are made a day at a time and for all
reports of the day at once, so that no row's transaction leads to one report.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from backend.domain.workflow import State
from backend.store.models import Closing, Decision, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement

    from backend.store.work import Work

BY = ("area", "language", "kind")
DAY = "day"
_APPROVED = Report.state.in_((State.APPROVED, State.COUNTED))
_REFUSED = Report.state == State.REJECTED
_BACK = 7  # days that a clock which stood still goes back to


class Tally(NamedTuple):
    """How many reports that share something were approved and refused."""

    value: str
    approved: int
    refused: int


def count_days(work: Work, today: date) -> int:
    """Count what was closed on each of the last days before today, each once; return how many days were new."""
    days = (today - timedelta(days=back) for back in range(_BACK, 0, -1))
    return sum(_count_day(work, day) for day in days)


def _count_day(work: Work, day: date) -> bool:
    whole = list(_closed(work, day, literal(day.isoformat())))
    total = whole[0] if whole else Tally(day.isoformat(), 0, 0)
    if not _add(work, day, DAY, total, again=False):
        return False
    for by in BY:
        for tally in _closed(work, day, func.coalesce(cast(getattr(Report, by), Text), "")):
            _add(work, day, by, tally, again=True)
    return True


def _closed(work: Work, day: date, value: ColumnElement[str]) -> Iterator[Tally]:
    """Count the reports that somebody here decided about on a day; an imported past is none of them."""
    decided = select(Decision.id).where(Decision.city_id == Report.city_id, Decision.report_id == Report.id)
    query = (
        select(value.label("value"), func.count().filter(_APPROVED), func.count().filter(_REFUSED))
        .where(
            Report.city_id == work.city_id, Report.closed_on == day, _APPROVED | _REFUSED, decided.exists()
        )
        .group_by("value")
    )
    return (Tally(*row) for row in work.session.execute(query))


def _add(work: Work, day: date, by: str, tally: Tally, *, again: bool) -> bool:
    row = insert(Closing).values(
        city_id=work.city_id, month=f"{day:%Y-%m}", by=by, value=tally.value,
        approved=tally.approved, refused=tally.refused,
    )  # fmt: skip
    key = ["city_id", "month", "by", "value"]
    more = {name: getattr(Closing, name) + getattr(row.excluded, name) for name in ("approved", "refused")}
    kept = row.on_conflict_do_update(index_elements=key, set_=more) if again else row.on_conflict_do_nothing()
    return work.session.execute(kept.returning(Closing.value)).first() is not None


def of_month(work: Work, month: str) -> dict[str, list[Tally]]:
    """Return the counts of a month: by area, by language, by kind."""
    query = (
        select(Closing.by, Closing.value, Closing.approved, Closing.refused)
        .where(Closing.city_id == work.city_id, Closing.month == month, Closing.by.in_(BY))
        .order_by(Closing.by, Closing.value)
    )
    found: dict[str, list[Tally]] = {by: [] for by in BY}
    for by, value, approved, refused in work.session.execute(query):
        found[by].append(Tally(value, approved, refused))
    return found
