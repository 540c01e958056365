"""Which piece of which feature lies in which tile, as the commands by which a tile draws it.

Squares of the quadtree are cut by arithmetic, whatever else by geometry; both are laid side by
side in the order of their tiles and of the features in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from backend.domain.grid import Floats
from workers.publish.varints import Numbers, zigzag

Index = NDArray[np.int64]
MOVE, LINE, CLOSE = 1 << 3 | 1, 2, 1 << 3 | 7


@dataclass(frozen=True, eq=False)
class Rectangles:
    """Pieces with upright sides: west, north, east and south in units of their tile, a row each."""

    edges: Index


class Outlines(NamedTuple):
    """Pieces of any shape: their commands in a row, where each begins, and how many it has."""

    commands: Numbers
    starts: Index
    sizes: Index


def outlines(shapes: NDArray[np.object_]) -> Outlines:
    """Return the commands of polygons whose corners are whole numbers of their tile."""
    parts, piece = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    polygonal = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (shapely.area(parts) > 0)
    rings, part = shapely.get_rings(parts[polygonal], return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    closing = np.append(np.diff(ring) > 0, True)[: len(ring)]
    of_ring = piece[polygonal][part]
    return _commands(points[~closing], ring[~closing], of_ring, len(shapes))


def _commands(points: Floats, ring: Index, of_ring: Index, count: int) -> Outlines:
    """Return move, lines and close of each ring; the pen goes on from ring to ring of a piece."""
    corners = np.rint(points).astype(np.int64)
    sizes = np.bincount(ring, minlength=len(of_ring))
    first = np.cumsum(sizes) - sizes
    moved = corners - np.roll(corners, 1, axis=0)
    begins = first[np.diff(of_ring, prepend=-1) > 0]
    moved[begins] = corners[begins]
    numbers = np.empty(2 * len(corners) + 3 * len(of_ring), dtype=np.uint32)
    at = 2 * first + 3 * np.arange(len(of_ring))
    numbers[at], numbers[at + 3] = MOVE, (sizes - 1) << 3 | LINE
    numbers[at + 2 * sizes + 2] = CLOSE
    place = 2 * np.arange(len(corners)) + 3 * ring + np.where(np.diff(ring, prepend=-1) > 0, 1, 2)
    numbers[place], numbers[place + 1] = zigzag(moved).T
    total = np.bincount(of_ring, weights=2 * sizes + 3, minlength=count).astype(np.int64)
    return Outlines(numbers, np.cumsum(total) - total, total)


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces of features in the order of their tiles: tile and feature by number, then how they are drawn.

    `turn[i]` says where piece i stands among the rectangles followed by the outlines.
    """

    tiles: Index
    rows: Index
    turn: Index
    rectangles: Rectangles
    drawn: Outlines

    @property
    def count(self) -> int:
        """Return how many tiles there are; each holds a piece at least."""
        return int(self.tiles[-1]) + 1 if len(self.tiles) else 0
