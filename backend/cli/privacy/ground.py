"""The small made-up city in which the release code is attacked: public, and the same every time."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
from shapely import box
from shapely.geometry import mapping

from backend.domain.cells import Cells, addresses
from backend.domain.grid import Area, Geography, measured_cells
from backend.domain.layers import MAP, PULSE, Layer
from backend.domain.periods import Period, PeriodKind, period_named, period_of
from workers.publish.assemble import build_document
from workers.publish.document import ReleaseDocument, multipolygon, read_document
from workers.publish.plan import plan_layer, roll_up

TIMEZONE = "Europe/Madrid"
STARTED = "2026-09-14"
QUARTER = period_named("2026-Q3")
BEFORE = ("2025-Q4", "2026-Q1", "2026-Q2")
WEEK = period_of(PeriodKind.WEEK, datetime(2026, 9, 21, tzinfo=UTC).date())
WEST, SOUTH, EAST, NORTH = 2.07, 41.37, 2.14, 41.43
MIDDLE = 2.105
WHOLE = 0.99


def outlines() -> dict[str, Any]:
    """Return the two areas as GeoJSON, by code."""
    halves = {"w": (WEST, MIDDLE), "e": (MIDDLE, EAST)}
    return {code: mapping(box(west, SOUTH, east, NORTH)) for code, (west, east) in halves.items()}


def geography() -> Geography:
    """Return what is public about the city."""
    areas = (
        Area("e", "East", multipolygon(box(MIDDLE, SOUTH, EAST, NORTH))),
        Area("w", "West", multipolygon(box(WEST, SOUTH, MIDDLE, NORTH))),
    )
    return Geography("audit", "Audit", TIMEZONE, multipolygon(box(WEST, SOUTH, EAST, NORTH)), areas)


def period_for(layer: Layer) -> Period:
    """Return the period that is attacked."""
    return WEEK if layer is PULSE else QUARTER


def residents(number: int, seed: int = 7) -> Cells:
    """Return finest cells of reports that gather around three spots, repeatable by seed."""
    grid = measured_cells(geography())
    x, y = addresses(grid.cells, 17)
    rng = np.random.default_rng(seed)
    weight = np.full(len(x), 0.05)
    for spot in rng.integers(0, len(x), 3):
        weight += np.exp(-((x - x[spot]) ** 2 + (y - y[spot]) ** 2) / 6)
    weight *= grid.cover > WHOLE  # the middle of each is in the city
    chosen: Cells = rng.choice(grid.cells, number, p=weight / weight.sum())
    return chosen


@lru_cache
def earlier() -> tuple[ReleaseDocument, ...]:
    """Return the releases of three quarters before, so that plans have depth; their numbers are made up."""
    rows = residents(300).tolist()
    made: list[ReleaseDocument] = []
    for name in BEFORE:
        plan = plan_layer(MAP, period_named(name), geography(), made)
        counts = roll_up(plan, rows, [None] * len(rows), [1] * len(rows))
        made.append(read_document(build_document(plan, counts, (), 4.0, datetime(2026, 7, 1, tzinfo=UTC))))
    return tuple(made)
