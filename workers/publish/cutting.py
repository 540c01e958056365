"""Cutting what lies on the ground into the tiles of a zoom, each a little larger than its square."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from backend.domain.cells import FINEST
from workers.publish.compiled import compiled
from workers.publish.mvt import EXTENT
from workers.publish.pieces import Index, Outlines, Pieces, Rectangles, outlines

BUFFER = 64  # units around a tile, so that outlines are not cut at its edge
_RECTANGLE = 5  # points of a closed ring with four corners
_SPREAD = 1_000_000  # tiles that are looked at one by one, with or without something in them


@dataclass(frozen=True, eq=False)
class Ground:
    """Features where they lie, in units of z17 tiles: upright rectangles of whole units, and the others.

    `edges` holds west, north, east and south of the feature numbered by the same row of `upright`.
    """

    upright: Index
    edges: Index
    others: Index
    shapes: NDArray[np.object_]


def ground_of(shapes: Sequence[Geometry]) -> Ground:
    """Return features sorted into rectangles, which are cut by arithmetic, and the others."""
    told = np.array(shapes, dtype=object)
    bounds = shapely.bounds(told).reshape(-1, 4)
    whole = np.all(bounds == np.rint(bounds), axis=1) & (shapely.get_num_coordinates(told) == _RECTANGLE)
    whole &= shapely.area(told) == (bounds[:, 2] - bounds[:, 0]) * (bounds[:, 3] - bounds[:, 1])
    upright, others = np.flatnonzero(whole), np.flatnonzero(~whole)
    return Ground(upright, bounds[upright].astype(np.int64), others, told[others])


@dataclass(frozen=True, eq=False)
class _Cut:
    """Pieces before they are sorted: x and y of the tile, the feature, and whether more than a seam is there."""

    x: Index
    y: Index
    rows: Index
    inside: NDArray[np.bool_]


_NAMES = tuple(field.name for field in fields(_Cut))


def cut(ground: Ground, zoom: int) -> tuple[Index, Pieces]:
    """Return x and y of the tiles of a zoom in which something lies, and the pieces in them, in that order.

    A tile into which only the seam of its neighbour reaches is left out.
    """
    upright, rectangles = _cut_upright(ground, zoom)
    others, drawn = _cut_others(ground, zoom)
    found = _together(upright, others)
    if not len(found.x):
        nothing = np.empty(0, dtype=np.int64)
        return np.empty((0, 2), dtype=np.int64), Pieces(nothing, nothing, nothing, rectangles, drawn)
    west, north = found.x.min(), found.y.min()
    high = found.y.max() - north + 1
    places = (found.x - west) * high + (found.y - north)
    known, places = _close(places)
    # A seam may reach beyond the edge of the map, where there is no tile.
    within = (found.x >= 0) & (found.y >= 0) & (found.x < 1 << zoom) & (found.y < 1 << zoom)
    order = np.argsort(found.rows, kind="stable")
    numbers, tiles, turn = _by_tile(places, order, found.inside, within, len(known))
    addresses = known[numbers >= 0]
    pieces = Pieces(tiles, found.rows[turn], turn, rectangles, drawn)
    return np.column_stack([addresses // high + west, addresses % high + north]), pieces


def _close(places: Index) -> tuple[Index, Index]:
    """Return the places there may be and where each is among them; few of a city that is spread out."""
    most = int(places.max()) + 1
    if most <= _SPREAD + 8 * len(places):
        return np.arange(most), places
    known, found = np.unique(places, return_inverse=True)
    return known, found


def _together(upright: _Cut, others: _Cut) -> _Cut:
    if not len(others.x):
        return upright
    return _Cut(*(np.concatenate([getattr(upright, name), getattr(others, name)]) for name in _NAMES))


@compiled
def _by_tile(
    places: Index, order: Index, inside: NDArray[np.bool_], within: NDArray[np.bool_], count: int
) -> tuple[Index, Index, Index]:
    """Sort pieces by their tiles, in `order` within one; a tile that only seams reach is left out.

    Returns:
        The number of each tile, -1 for none; then, piece by piece, its tile's number and which it is.
    """
    sizes, held = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    for piece in range(len(places)):
        if within[piece]:
            sizes[places[piece]] += 1
            held[places[piece]] |= inside[piece]
    numbers, begins, tile, at = np.full(count, -1, np.int64), np.zeros(count, np.int64), 0, 0
    for place in range(count):
        if held[place]:
            numbers[place], begins[place] = tile, at
            tile += 1
            at += sizes[place]
    tiles, turn = np.empty(at, np.int64), np.empty(at, np.int64)
    for piece in order:
        place = places[piece]
        if within[piece] and numbers[place] >= 0:
            tiles[begins[place]], turn[begins[place]] = numbers[place], piece
            begins[place] += 1
    return numbers, tiles, turn


def _cut_upright(ground: Ground, zoom: int) -> tuple[_Cut, Rectangles]:
    edges = ground.edges * EXTENT >> FINEST - zoom
    which, x, y = tiles_under(edges, EXTENT, BUFFER)
    local, inside = _local(edges, which, x, y)
    return _Cut(x, y, ground.upright[which], inside), Rectangles(local)


@compiled
def _local(edges: Index, which: Index, x: Index, y: Index) -> tuple[Index, NDArray[np.bool_]]:
    """Return what of rectangles lies in a tile and its seam, and whether more than in the seam."""
    local, inside = np.empty((len(which), 4), np.int64), np.empty(len(which), np.bool_)
    for each in range(len(which)):
        corner = x[each] * EXTENT, y[each] * EXTENT
        for side in range(4):
            place = edges[which[each], side] - corner[side % 2]
            local[each, side] = min(max(place, -BUFFER), EXTENT + BUFFER)
        west, north, east, south = local[each]
        inside[each] = max(west, north) < EXTENT and min(east, south) > 0
    return local, inside


def tiles_under(edges: Index, side: int, seam: int = 0) -> tuple[Index, Index, Index]:
    """Return which rectangle reaches which tile or its seam: its number, and the tile's x and y.

    `edges`, the `side` of a tile and the `seam` around it are in one unit.
    """
    found: tuple[Index, Index, Index] = _under(edges, side, seam)
    return found


@compiled
def _under(edges: Index, side: int, seam: int) -> tuple[Index, Index, Index]:
    first, last = (edges[:, :2] - seam) // side, (edges[:, 2:] + seam - 1) // side
    total = 0
    for each in range(len(edges)):
        wide, high = last[each, 0] - first[each, 0] + 1, last[each, 1] - first[each, 1] + 1
        total += max(wide, 0) * max(high, 0)
    which, x, y = np.empty(total, np.int64), np.empty(total, np.int64), np.empty(total, np.int64)
    at = 0
    for each in range(len(edges)):
        for south in range(first[each, 1], last[each, 1] + 1):
            for east in range(first[each, 0], last[each, 0] + 1):
                which[at], x[at], y[at] = each, east, south
                at += 1
    return which, x, y


def _cut_others(ground: Ground, zoom: int) -> tuple[_Cut, Outlines]:
    """Cut on the tile's own grid of whole numbers, which keeps polygons valid."""
    if not len(ground.others):
        return _checked(ground.others, ground.others, ground.others, ground.shapes)
    scale = float(EXTENT) / (1 << FINEST - zoom)
    shapes = shapely.transform(ground.shapes, lambda points: points * scale)
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    edges = np.concatenate([np.floor(bounds[:, :2]), np.ceil(bounds[:, 2:])], axis=1).astype(np.int64)
    which, x, y = tiles_under(edges, EXTENT, BUFFER)
    shapely.prepare(shapes)
    boxes = _boxes(x, y)
    near = shapely.intersects(shapes[which], boxes)
    which, x, y = which[near], x[near], y[near]
    clipped = _clipped(shapes[which], boxes[near], np.column_stack([x, y]) * EXTENT)
    there = shapely.area(clipped) > 0
    return _checked(ground.others[which[there]], x[there], y[there], clipped[there])


def _clipped(shapes: NDArray[np.object_], boxes: NDArray[np.object_], corners: Index) -> NDArray[np.object_]:
    """Return what of each shape lies in its box, as its tile counts; a line or a point is no area."""
    found = shapely.intersection(shapes, boxes, grid_size=1.0)
    points = np.repeat(corners, shapely.get_num_coordinates(found), axis=0)
    return shapely.set_coordinates(found, shapely.get_coordinates(found) - points)


def _checked(rows: Index, x: Index, y: Index, shapes: NDArray[np.object_]) -> tuple[_Cut, Outlines]:
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    inside = np.all((bounds[:, :2] < EXTENT) & (bounds[:, 2:] > 0), axis=1)
    return _Cut(x, y, rows, inside), outlines(shapes)


def _boxes(x: Index, y: Index) -> NDArray[np.object_]:
    west, north = x * EXTENT - BUFFER, y * EXTENT - BUFFER
    side = EXTENT + 2 * BUFFER
    return shapely.box(west, north, west + side, north + side)
