"""What hardly changes in a city and every report needs: kept in the process for a minute."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backend.store.queries import MonthKey, find_city, month_key, month_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from backend.store.database import Database

KEPT_SECONDS = 60.0


@dataclass(frozen=True)
class Standing:
    """What intake needs to know of a city before a report is written."""

    timezone: str
    policy: Mapping[str, Any]
    help_lines: Sequence[dict[str, Any]]
    key: MonthKey
    until: float


def standing(database: Database, city_id: str, now: datetime) -> Standing:
    """Return what is known of a city, read anew after a minute and in another month.

    Raises:
        NotFound: there is no such city. Unavailable: this month's key was not made yet.
    """
    found: Standing | None = database.kept.get(city_id)
    if found is None or found.until < time.monotonic() or not found.key.month.startswith(month_of(now)):
        found = database.kept[city_id] = _read(database, city_id, now)
    return found


def _read(database: Database, city_id: str, now: datetime) -> Standing:
    until = time.monotonic() + KEPT_SECONDS
    with database.session(city_id) as session:
        city = find_city(session, city_id)
        return Standing(city.timezone, city.policy, city.help_lines, month_key(session, city_id, now), until)
