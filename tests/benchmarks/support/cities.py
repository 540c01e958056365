"""Releases of made-up cities for the benchmarks of tiles, drawn by the code that draws real ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
import shapely
from shapely import MultiPolygon

from backend.domain.cells import FINEST, addresses, quadkey
from backend.domain.grid import Geography, from_tiles, measured_cells
from backend.domain.layers import MAP
from backend.domain.periods import period_named
from support.cells import NORTH, WEST, Squares
from workers.publish.document import Region, ReleaseDocument, read_document, write_document
from workers.publish.draw import draw
from workers.publish.limits import Limits
from workers.publish.plan import Plan, plan_layer

CITY = "squares"
SMALL = 46  # finest cells to a side: some 2,100 in all
PUBLISHED = datetime(2027, 1, 1, tzinfo=UTC)
QUARTERS = ("2025-Q3", "2025-Q4")  # a plan reads what was released before
ALIKE = 4.5  # standard errors; the real k is simulated for minutes and changes no tile's cost


@dataclass(frozen=True)
class Made:
    """The bytes of a release file."""

    data: bytes

    @cached_property
    def read(self) -> ReleaseDocument:
        """The release read back."""
        return read_document(self.data)


def geography(side: int) -> Geography:
    """A square city whose outline runs along cells."""
    outline = from_tiles(shapely.box(WEST, NORTH, WEST + side, NORTH + side))
    return Geography(CITY, "Squares", "Europe/Madrid", MultiPolygon([outline]), ())


def counts_of(city: Geography, number: int, seed: int) -> list[tuple[int, None, int]]:
    """Reports of a quarter by finest cell: a background and some hot spots, the same on every run."""
    grid, chance = measured_cells(city), np.random.default_rng(seed)
    x, y = addresses(grid.cells, FINEST)
    weight = np.full(len(x), 0.15)
    for spot in np.random.default_rng(7).integers(0, len(x), 25):
        weight += 2 * np.exp(-((x - x[spot]) ** 2 + (y - y[spot]) ** 2) / 6)
    found = chance.multinomial(number, weight / weight.sum())
    return [(int(cell), None, int(one)) for cell, one in zip(grid.cells, found, strict=True) if one]


def release_of(number: int, period: str, side: int = SMALL) -> Made:
    """The map of a small city after so many reports a quarter, planned from two quarters like it."""
    city, earlier = geography(side), []
    for seed, quarter in enumerate((*QUARTERS, period)):
        plan: Plan = plan_layer(MAP, period_named(quarter), city, earlier)
        made = Made(draw(plan, counts_of(city, number, seed), Limits.alike(ALIKE), PUBLISHED))
        earlier.append(made.read)
    return made


def release_of_squares(squares: Squares, period: str) -> Made:
    """A release in which every finest cell of a city of squares is shown."""
    rows = zip(*(column.tolist() for column in squares.columns.values()), strict=True)
    regions = [
        Region(name, "cell", FINEST, (name,), None, None, True, estimate, 2.5, low, high)
        for cell, estimate, low, high, _ in rows
        for name in [quadkey(cell)]
    ]
    return Made(
        write_document(
            ReleaseDocument(
                city=CITY,
                city_name="Squares",
                timezone="Europe/Madrid",
                layer=MAP,
                period=period_named(period),
                correction=False,
                epsilon=MAP.epsilon,
                k=ALIKE,
                plan="0" * 64,
                published_at=PUBLISHED,
                boundary=geography(squares.side).boundary,
                areas=(),
                values=(None,),
                measured=(),
                regions=tuple(regions),
            )
        )
    )
