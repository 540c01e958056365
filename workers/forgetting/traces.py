"""Once a day, at night, what was erased also leaves the bytes of the database's files and of its log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from backend.domain.retention import kept
from backend.store import traces
from backend.store.forgetting import TRACES, note, noted
from backend.store.queries import city_ids, find_city

if TYPE_CHECKING:
    from datetime import datetime

    from workers.runtime import Runtime

log = structlog.get_logger(__name__)
_QUIET = range(2, 5)
_AT_LEAST = timedelta(hours=12)


@dataclass
class Traces:
    """Writes out what was erased before a mark; keeps the mark until that is done."""

    runtime: Runtime
    _mark: tuple[str, datetime] | None = None

    def round(self) -> None:
        """Do it when it is due, and try again at the next round while somebody still reads what was erased."""
        if self._mark is not None or _due(self.runtime):
            self.write_out()

    def write_out(self) -> bool:
        """Write the tables anew and move the log on; say whether nothing is left of what the mark covers."""
        database = self.runtime.works.database
        if self._mark is None:
            self._mark = traces.mark(database), self.runtime.clock.now()
        before, at = self._mark
        if not traces.rewrite(database, before):
            return False
        moved = traces.move_log_on(database)
        if moved is None:
            log.warning("log_not_moved_on")
        if moved is False:
            return False
        for city_id in city_ids(database):
            with self.runtime.works.open(city_id) as work:
                note(work, TRACES, 0, at)
        self._mark = None
        return True


def _due(runtime: Runtime) -> bool:
    """Whether a day is over, or it is night in the first city and the last time was another night."""
    works, now = runtime.works, runtime.clock.now()
    cities = city_ids(works.database)
    if not cities:
        return False
    longest = max(now - noted(works, city_id, TRACES) for city_id in cities)
    with works.open(cities[0]) as work:
        here = ZoneInfo(find_city(work.session, cities[0]).timezone)
    is_night = now.astimezone(here).hour in _QUIET
    return longest >= kept(TRACES) or (is_night and longest >= _AT_LEAST)
