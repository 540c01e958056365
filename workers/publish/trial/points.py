"""Real points as reports that were counted: each taken over, or left out for a reason that is told."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from backend.domain.cells import FINEST, cells_of
from backend.domain.grid import Floats, Geography, to_tiles
from backend.domain.taxonomy import Daypart, Group

_DAYS = 92
_FIRST = date(2026, 7, 1)
_WEST, _EAST, _POLE = -180.0, 180.0, 90.0


@dataclass
class Points:
    """Points that can be used, in WGS84 degrees, and how many were left out for which reason."""

    lon: Floats
    lat: Floats
    rejected: Counter[str] = field(default_factory=Counter)


def usable(rows: Iterable[tuple[Any, Any]], city: Geography) -> Points:
    """Take over the (longitude, latitude) rows that lie in a city, and count the others by reason."""
    rejected: Counter[str] = Counter()
    kept = np.array(list(_numbers(rows, rejected))).reshape(-1, 2)
    inside = shapely.contains_xy(city.boundary, kept[:, 0], kept[:, 1])
    rejected["outside the city"] += int((~inside).sum())
    return Points(kept[inside, 0], kept[inside, 1], +rejected)


def _numbers(rows: Iterable[tuple[Any, Any]], rejected: Counter[str]) -> Iterator[tuple[float, float]]:
    for row in rows:
        try:
            lon, lat = (float(value) for value in row)
        except (TypeError, ValueError):
            rejected["no coordinates"] += 1
            continue
        if not (math.isfinite(lon) and math.isfinite(lat)):
            rejected["no coordinates"] += 1
        elif not (_WEST <= lon <= _EAST and abs(lat) <= _POLE):
            rejected["not on Earth"] += 1
        else:
            yield lon, lat


def jittered(points: Points, copies: int, sigma: float, seed: int) -> Points:
    """Return so many points, each a real one moved a little (degrees), repeatable by seed."""
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, len(points.lon), copies)
    return Points(
        points.lon[chosen] + rng.normal(0, sigma, copies), points.lat[chosen] + rng.normal(0, sigma, copies)
    )


def as_reports(points: Points, city: str, seed: int = 1) -> pa.Table:
    """Return points as the columns that counting reads; state, day, group and flag are made up by seed."""
    rng, number = np.random.default_rng(seed), len(points.lon)
    days = [_FIRST + timedelta(days=at) for at in range(_DAYS)]

    def drawn(values: list[Any]) -> pa.Array:
        return pa.array(values).take(pa.array(rng.integers(0, len(values), number)))

    return pa.table(
        {
            "city_id": drawn([city, city, city, "elsewhere"]),
            "kind": drawn(["incident", "condition", "safe_place"]),
            "state": drawn(["approved", "approved", "rejected"]),
            "cell": pa.array(finest_cells(points)),
            "area": drawn(["n", "s", "w"]),
            "primary_group": drawn([group.value for group in Group]),
            "daypart": drawn([part.value for part in Daypart]),
            "countable_on": drawn(days),
            "counts": drawn([True, True, True, False]),
        }
    )


def as_contributions(points: Points, seed: int = 1) -> pa.Table:
    """Return points as what the check of the cap reads, in order of arrival; the flag is settled here, row by row."""
    rng, number = np.random.default_rng(seed), len(points.lon)
    day = np.sort(rng.integers(0, _DAYS, number))
    dates = [_FIRST + timedelta(days=int(at)) for at in range(_DAYS)]
    weeks = [f"{one.isocalendar().year}-W{one.isocalendar().week:02}" for one in dates]
    token = rng.integers(0, max(2, number // 3), number)
    told = {
        "id": np.arange(number),
        "token": [None if one % 10 == 0 else f"t{one}" for one in token],
        "cell": finest_cells(points),
        "about": [list(Group)[one].value for one in rng.integers(0, 2, number)],
        "day": [dates[one] for one in day],
        "week": [weeks[one] for one in day],
        "quarter": ["2026-Q3"] * number,
    }
    return pa.table(told | {"counts": list(_settled(told))})


def _settled(told: dict[str, Any]) -> Iterator[bool]:
    """Settle each report in its turn, as the door does: burst, then week, then quarter; spent is spent."""
    spent: Counter[tuple[Any, ...]] = Counter()

    def take(limit: int, *slot: Any) -> bool:
        free = spent[slot] < limit
        spent[slot] += free
        return free

    rows = zip(*(told[name] for name in ("token", "cell", "about", "day", "week", "quarter")), strict=True)
    for token, cell, about, day, week, quarter in rows:
        counts = take(20, "burst", day, cell)
        if counts and token is not None:
            counts = take(1, "week", week, cell, about, token) and take(3, "quarter", quarter, token)
        yield bool(counts)


def finest_cells(points: Points) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return the finest cell of each point."""
    placed = shapely.get_coordinates(to_tiles(shapely.points(points.lon, points.lat)))  # type: ignore[arg-type]
    x, y = placed.astype(np.int64).T
    return cells_of(FINEST, x, y)
