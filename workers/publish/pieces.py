"""Which piece of which feature lies in which tile, as the commands by which a tile draws it.

Squares of the quadtree are cut by arithmetic, whatever else by geometry; both are laid side by
side in the order of their tiles and of the features in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from backend.domain.grid import Floats
from workers.publish.varints import Numbers, zigzag

Index = NDArray[np.int64]
MOVE, LINE, CLOSE = 1 << 3 | 1, 2, 1 << 3 | 7
_OF_RECTANGLE = 11


def ragged(starts: Index, sizes: Index) -> Index:
    """Return the places from each start on, `sizes` many of each, all in a row."""
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    places: Index = np.arange(total) + np.repeat(starts - (ends - sizes), sizes)
    return places


@dataclass(frozen=True, eq=False)
class Rectangles:
    """Pieces with upright sides: west, north, east and south in units of their tile, a row each."""

    edges: Index

    @property
    def sizes(self) -> Index:
        """Return how many numbers each takes."""
        return np.full(len(self.edges), _OF_RECTANGLE)

    def write(self, numbers: Numbers, at: Index) -> None:
        """Put the commands of each where it belongs."""
        west, north = zigzag(self.edges[:, 0]), zigzag(self.edges[:, 1])
        across, down = 2 * (self.edges[:, 2] - self.edges[:, 0]), 2 * (self.edges[:, 3] - self.edges[:, 1])
        told: tuple[int | Index, ...] = (
            MOVE,
            west,
            north,
            3 << 3 | LINE,
            across,
            0,
            0,
            down,
            across - 1,
            0,
            CLOSE,
        )
        for step, command in enumerate(told):
            numbers[at + step] = np.asarray(command)

    def taken(self, which: Index | slice) -> Rectangles:
        """Return some of them."""
        return Rectangles(self.edges[which])


@dataclass(frozen=True, eq=False)
class Outlines:
    """Pieces of any shape: their commands in a row, and where each begins."""

    commands: Numbers
    starts: Index
    sizes: Index

    def write(self, numbers: Numbers, at: Index) -> None:
        """Put the commands of each where it belongs."""
        numbers[ragged(at, self.sizes)] = self.commands[ragged(self.starts, self.sizes)]

    def taken(self, which: Index | slice) -> Outlines:
        """Return some of them."""
        return Outlines(self.commands, self.starts[which], self.sizes[which])


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

    @property
    def sizes(self) -> Index:
        """Return how many numbers each piece takes."""
        return np.concatenate([self.rectangles.sizes, self.drawn.sizes])[self.turn]

    def write(self, numbers: Numbers, at: Index) -> None:
        """Put the commands of each piece where it belongs."""
        upright = self.turn < len(self.rectangles.edges)
        self.rectangles.taken(self.turn[upright]).write(numbers, at[upright])
        others = self.turn[~upright] - len(self.rectangles.edges)
        self.drawn.taken(others).write(numbers, at[~upright])

    def parts(self, tiles: int, pieces: int) -> Iterator[Pieces]:
        """Yield at most so many tiles and about so many pieces at a time, each part's tiles numbered from 0."""
        starts = np.searchsorted(self.tiles, np.arange(self.count + 1))
        first = 0
        while first < self.count:
            full = int(np.searchsorted(starts, starts[first] + pieces))
            after = min(max(full, first + 1), first + tiles, self.count)
            which = slice(starts[first], starts[after])
            yield Pieces(
                self.tiles[which] - first, self.rows[which], self.turn[which], self.rectangles, self.drawn
            )
            first = after
