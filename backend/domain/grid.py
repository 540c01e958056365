"""Which quadtree cells cover a city: whole squares inside, slivers joined to a neighbour.

Everything here follows from the boundary alone, so it is the same in every period whatever was
reported. Shapes are handled in units of z17 tiles, where a finest cell is the unit square.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from backend.domain.cells import FINEST, MAX_LATITUDE, ROOT, Cells, addresses, cells_of

Floats = NDArray[np.float64]
SLIVER = 0.25  # a cell with less than this share inside the city joins a neighbour
_SIZE = float(1 << FINEST)


@dataclass(frozen=True)
class Area:
    """A district or neighbourhood of a city."""

    code: str
    name: str
    polygon: Polygon | MultiPolygon


@dataclass(frozen=True)
class Geography:
    """What is public about a city before anybody reports anything (WGS84 degrees)."""

    city: str
    name: str
    timezone: str
    boundary: MultiPolygon
    areas: tuple[Area, ...]
    population: Mapping[int, float] | None = field(default=None, hash=False)


@dataclass(frozen=True, eq=False)
class Grid:
    """The finest cells of a city in ascending order, and who owns each of them at each zoom.

    `owners[z][i]` is the cell of zoom z that `cells[i]` is counted in: its ancestor, or where a
    sliver joined a neighbour, that neighbour's. Owners nest: two finest cells with one owner
    share all coarser owners. `cover[i]` is the share of the finest cell inside the boundary.
    """

    cells: Cells
    cover: Floats
    owners: Mapping[int, Cells]

    def positions(self, cells: Cells) -> NDArray[np.intp]:
        """Return where finest cells stand in `cells`, -1 for those outside the city."""
        found = np.minimum(np.searchsorted(self.cells, cells), len(self.cells) - 1)
        return np.where(self.cells[found] == cells, found, -1)

    def compact(self, member: NDArray[np.bool_]) -> tuple[int, ...]:
        """Return the fewest cells that cover exactly the marked finest cells within the city."""
        kept, loose = [], self.cells[member]
        for level in range(FINEST, ROOT, -1):
            parents, counts = np.unique(loose >> 2, return_counts=True)
            whole = parents[counts == _lookup(self.below[level], parents)]
            kept.append(loose[~np.isin(loose >> 2, whole)])
            loose = whole
        return tuple(int(cell) for cell in np.concatenate([loose, *reversed(kept)]))

    @cached_property
    def below(self) -> Mapping[int, tuple[Cells, Cells]]:
        """For each zoom, the parents one level up and how many cells of that zoom they hold."""
        tables = {}
        for level in range(FINEST, ROOT, -1):
            there = np.unique(self.cells >> 2 * (FINEST - level))
            tables[level] = np.unique(there >> 2, return_counts=True)
        return tables


@lru_cache(maxsize=8)
def measured_cells(geography: Geography) -> Grid:
    """Return the grid of a city's boundary."""
    boundary = to_tiles(geography.boundary)
    shapely.prepare(boundary)
    cells = _touching(boundary)
    cover = _cover(boundary, cells)
    owners, owner = {}, cells
    for level in range(FINEST, ROOT - 1, -1):
        owner = _join(boundary, owner, cover, level)
        owners[level] = owner
        owner = owner >> 2
    return Grid(cells, cover, owners)


def to_tiles(shape: BaseGeometry) -> BaseGeometry:
    """Project a WGS84 shape to web-mercator in units of z17 tiles, y to the south."""
    return shapely.transform(shape, _project)


def from_tiles(shape: BaseGeometry) -> BaseGeometry:
    """Undo `to_tiles`."""
    return shapely.transform(shape, _unproject)


def squares(cells: Cells, level: int) -> NDArray[np.object_]:
    """Return the squares of cells of one zoom, in units of z17 tiles."""
    side = 1 << FINEST - level
    x, y = addresses(cells, level)
    return shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side)


def _project(points: Floats) -> Floats:
    sine = np.sin(np.radians(np.clip(points[:, 1], -MAX_LATITUDE, MAX_LATITUDE)))
    x = (points[:, 0] + 180) / 360
    return np.column_stack([x, 0.5 - np.arctanh(sine) / (2 * np.pi)]) * _SIZE


def _unproject(points: Floats) -> Floats:
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * points[:, 1] / _SIZE))))
    return np.column_stack([points[:, 0] / _SIZE * 360 - 180, lat])


def _touching(boundary: BaseGeometry) -> Cells:
    """Walk down from the roots, keeping the cells that touch the boundary's inside or edge."""
    side, last = 1 << FINEST - ROOT, (1 << ROOT) - 1
    # What ends at the antimeridian touches a square that would lie beyond the map.
    west, north, east, south = (min(int(edge // side), last) for edge in boundary.bounds)
    x, y = np.meshgrid(np.arange(west, east + 1), np.arange(north, south + 1))
    cells = cells_of(ROOT, x.ravel(), y.ravel())
    for level in range(ROOT, FINEST + 1):
        cells = cells[shapely.intersects(boundary, squares(cells, level))]
        if level < FINEST:
            cells = (cells[:, None] * 4 + np.arange(4)).ravel()
    return np.sort(cells)


def _cover(boundary: BaseGeometry, cells: Cells) -> Floats:
    boxes = squares(cells, FINEST)
    cover = np.ones(len(cells))
    cut = ~shapely.covers(boundary, boxes)
    cover[cut] = shapely.area(shapely.intersection(boundary, boxes[cut]))
    return cover


def _join(boundary: BaseGeometry, owner: Cells, cover: Floats, level: int) -> Cells:
    """Return the owners after each sliver of this zoom joined a cell that is none."""
    nodes, inverse = np.unique(owner, return_inverse=True)
    inside = np.bincount(inverse, weights=cover) / 4 ** (FINEST - level)
    sliver = inside < SLIVER
    sliver[np.argmax(inside)] = False  # something must own the place, however small the city
    target = nodes.copy()
    for index in np.flatnonzero(sliver):
        target[index] = _neighbour(boundary, nodes[index], nodes[~sliver], level)
    return target[inverse]


def _neighbour(boundary: BaseGeometry, cell: np.int64, others: Cells, level: int) -> np.int64:
    """Return the cell that shares the longest border inside the city, else the nearest."""
    square, boxes = squares(np.array([cell]), level)[0], squares(others, level)
    distance = shapely.distance(square.centroid, shapely.centroid(boxes))
    near = distance < 1.1 * (1 << FINEST - level)
    border = np.zeros(len(others))
    edges = shapely.intersection(square, boxes[near])
    border[near] = shapely.length(shapely.intersection(boundary, edges))
    best: np.int64 = others[np.lexsort((others, distance, -border))[0]]
    return best


def _lookup(table: tuple[Cells, Cells], keys: Cells) -> Cells:
    return table[1][np.searchsorted(table[0], keys)]
