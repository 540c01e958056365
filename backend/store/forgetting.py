"""How far forgetting has come, as the doors and the operator may know it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.domain.retention import erased_by_day, kept
from backend.store.models import Forgotten
from backend.store.queries import city_ids

if TYPE_CHECKING:
    from backend.store.work import Work, Works

# Something that stands a day over its term is a promise that is being broken.
MOST_LAG = timedelta(hours=24)
TRACES = "traces"
_NEVER = datetime.min.replace(tzinfo=UTC)


def begin(work: Work) -> None:
    """Note for a new city that nothing is over its term yet."""
    rows = [
        {"city_id": work.city_id, "item": item, "until": work.clock.now(), "erased": 0}
        for item in (*erased_by_day(), TRACES)
    ]
    work.session.execute(insert(Forgotten).values(rows).on_conflict_do_nothing())


def note(work: Work, item: str, count: int, until: datetime | None = None) -> None:
    """Note that nothing of an item was left over its term (now, if not told when), and how much was erased."""
    row = {"city_id": work.city_id, "item": item, "until": until or work.clock.now(), "erased": count}
    made = insert(Forgotten).values(row)
    work.session.execute(
        made.on_conflict_do_update(
            index_elements=["city_id", "item"],
            set_={"until": made.excluded.until, "erased": Forgotten.erased + made.excluded.erased},
        )
    )


def noted(works: Works, city_id: str, item: str) -> datetime:
    """Return what was noted last of an item; the beginning of time where nothing was."""
    with works.database.session(city_id) as session:
        row = session.get(Forgotten, (city_id, item))
    return _NEVER if row is None else row.until


def lag(works: Works) -> timedelta:
    """Return how long ago, in the city that is furthest behind, nothing was over its term."""
    behind = [_lag(works, city_id) for city_id in city_ids(works.database)]
    return max(behind, default=timedelta(0))


def _lag(works: Works, city_id: str) -> timedelta:
    now = works.clock.now()
    with works.database.session(city_id) as session:
        rows = session.scalars(select(Forgotten).where(Forgotten.city_id == city_id)).all()
    # Traces may stay for a while after what they are of; the other notes are of what is over its term.
    behind = [now - row.until - (kept(TRACES) if row.item == TRACES else timedelta(0)) for row in rows]
    return max(behind, default=timedelta.max)
