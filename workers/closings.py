"""Once a day the clock counts what the day before was approved and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.domain.clock import local_date
from backend.store.closings import count_days
from backend.store.queries import city_ids, find_city

if TYPE_CHECKING:
    from datetime import date

    from workers.runtime import Runtime


class Closings:
    """Counts in each city, after its midnight, and remembers that it did."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._done: dict[str, date] = {}

    def round(self) -> None:
        """Count what is not counted yet."""
        for city_id in city_ids(self._runtime.works.database):
            with self._runtime.works.open(city_id) as work:
                today = local_date(work.clock, find_city(work.session, city_id).timezone)
                if self._done.get(city_id) != today:
                    count_days(work, today)
            self._done[city_id] = today
