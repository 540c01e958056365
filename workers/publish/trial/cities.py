"""Where reports come from in a trial: made-up cities with known truth, and thinned real points.

A made-up city is a rectangle of whole z13 to z17 cells (L ends inside some). The rate of a finest
cell is a background, log-normal and independent between cells, mixed with hot spots: bell-shaped,
at uniform places, of log-normal weight. The parameters were chosen so that releasing without any
noise shows what the design's table says it shows, with no look at what the plan makes of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, box

from backend.domain.cells import ROOT, addresses, cell_at, geographic
from backend.domain.grid import Area, Floats, Geography, Grid, measured_cells, squares
from backend.domain.grid import to_tiles as project

Numbers = NDArray[np.int64]
_CORNER = (66304, 48960)  # x and y at z17: a corner of a z13 cell near 41 degrees north
_INSET = 1e-6  # of a cell, so that a rectangle does not touch the next ones
_SPREAD_OF_SPOTS = 0.5  # sigma of the logarithm of their weights


@dataclass(frozen=True)
class Parameters:
    """What a made-up city is made of.

    `width` and `height` count z17 cells, `columns` and `rows` its areas; `sigma` is the background's
    standard deviation of the logarithm, `spots` how many hot spots there are, `radius` their standard
    deviation in z17 cells, `share` their part of all reports.
    """

    width: int
    height: int
    columns: int
    rows: int
    sigma: float
    spots: int
    radius: float
    share: float


MADE_UP = {
    "S": Parameters(48, 44, 2, 5, sigma=1.5, spots=12, radius=1.5, share=0.5),  # 2,112 cells
    "L": Parameters(176, 170, 7, 10, sigma=2.5, spots=100, radius=1.0, share=0.3),  # 29,920 cells
}


@dataclass(frozen=True, eq=False)
class Ground:
    """A city to release for: its grid, the area of each finest cell, and how likely a report is there."""

    geography: Geography
    grid: Grid
    areas: Sequence[str]
    rate: Floats

    def quarter(self, reports: int, rng: np.random.Generator) -> Numbers:
        """Return how many of so many reports fall into each finest cell."""
        drawn: Numbers = rng.multinomial(reports, self.rate)
        return drawn


def made_up(name: str, seed: int) -> Ground:
    """Return a made-up city; another seed moves its hot spots."""
    told, geography = MADE_UP[name], _rectangle(name)
    grid, rng = measured_cells(geography), np.random.default_rng(seed)
    x, y = addresses(grid.cells, 17)
    background = np.exp(rng.normal(0, told.sigma, len(x))) * grid.cover
    weights = np.exp(rng.normal(0, _SPREAD_OF_SPOTS, told.spots))
    hot = np.zeros(len(x))
    for weight, middle in zip(weights, rng.integers(0, len(x), told.spots), strict=True):
        near = np.exp(-((x - x[middle]) ** 2 + (y - y[middle]) ** 2) / (2 * told.radius**2))
        hot += weight * near / near.sum()
    rate = (1 - told.share) * background / background.sum() + told.share * hot / hot.sum()
    return Ground(geography, grid, areas_of(geography), rate / rate.sum())


def real(geography: Geography, lon: Floats, lat: Floats) -> Ground:
    """Return a city whose rates are where real points lie; those outside are left out."""
    grid = measured_cells(geography)
    cells = np.array([cell_at(*point) for point in zip(lon, lat, strict=True)], dtype=np.int64)
    at = grid.positions(cells)
    counts = np.bincount(at[at >= 0], minlength=len(grid.cells)).astype(np.float64)
    return Ground(geography, grid, areas_of(geography), counts / counts.sum())


@lru_cache
def areas_of(geography: Geography) -> tuple[str, ...]:
    """Return the code of the area that the middle of each finest cell lies in or is nearest to."""
    import shapely

    grid = measured_cells(geography)
    shapes = [project(area.polygon) for area in geography.areas]
    middles = shapely.centroid(squares(grid.cells, 17))
    nearest = shapely.STRtree(shapes).query_nearest(middles, all_matches=False)[1]
    return tuple(geography.areas[at].code for at in nearest)


@lru_cache
def _rectangle(name: str) -> Geography:
    told = MADE_UP[name]
    west, north = geographic(_CORNER[0] + _INSET, _CORNER[1] + _INSET, 17)
    east, south = geographic(_CORNER[0] + told.width - _INSET, _CORNER[1] + told.height - _INSET, 17)
    return boxed(name, (west, south, east, north), told.columns, told.rows)


def boxed(name: str, bounds: tuple[float, float, float, float], columns: int, rows: int) -> Geography:
    """Return a rectangular city (WGS84 degrees) of so many areas."""
    west, south, east, north = bounds
    across, up = (east - west) / columns, (north - south) / rows
    areas = tuple(
        Area(
            f"{column}-{row}",
            f"{column}-{row}",
            MultiPolygon(
                [
                    box(
                        west + column * across,
                        south + row * up,
                        west + (column + 1) * across,
                        south + (row + 1) * up,
                    )
                ]
            ),
        )
        for column in range(columns)
        for row in range(rows)
    )
    return Geography(name, name, "UTC", MultiPolygon([box(*bounds)]), areas)


def roots(ground: Ground) -> int:
    """Return how many coarsest cells a city has."""
    return len(np.unique(ground.grid.owners[ROOT]))
