"""What counts per contributor, settled at intake in arrival order, and forgotten in time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from backend.domain.periods import period_named, period_of
from backend.domain.taxonomy import primary_group
from backend.errors import FarolaError
from backend.store.models import Counter, CounterKey

if TYPE_CHECKING:
    from backend.store.work import Work


def slots(told: dict[str, Any], today: date) -> dict[str, Any]:
    """Return what a report's slots are named after, as `take_report` settles them in arrival order.

    A report without a contributor's token is a token of its own: nobody can be held to a
    bound who changes tokens, and the promise says so.
    """
    return {
        "the_day": today,
        "the_week": period_of("week", today).name,
        "the_quarter": period_of("quarter", today).name,
        "the_about": str(primary_group(told["categories"]) or told["kind"]),
        "the_token": told["contributor"],
    }


def forget_counters(work: Work, today: date) -> None:
    """Delete the counters of days, weeks and quarters that have ended, and their keys.

    Without the key nobody can find out whose or which cell's slots they were; without the
    rows, not even that there were some.
    """
    query = select(CounterKey.period).where(CounterKey.city_id == work.city_id)
    for period in work.session.scalars(query).all():
        if _last_day(period) < today:
            for table in (Counter, CounterKey):
                of_period = (table.city_id == work.city_id, table.period == period)
                work.session.execute(delete(table).where(*of_period))


def _last_day(period: str) -> date:
    try:
        return period_named(period).last
    except FarolaError:
        return date.fromisoformat(period)
