"""Painting pieces of ground onto pictures of palette indices, a tile at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from shapely.geometry.base import BaseGeometry

from backend.domain.cells import FINEST
from workers.publish.cutting import Ground, tiles_under
from workers.publish.pieces import Index
from workers.publish.shapes import CLASSES

SIZE = 256
HATCH = 2 * CLASSES + 1
_STRIPE = 8  # pixels from one line of the hatch to the next; divides the tile, so lines meet
_GAPS = np.add.outer(np.arange(SIZE), np.arange(SIZE)) % _STRIPE > 1
_BASE = 9  # the zoom at which a z17 cell is a pixel
_SEAM = 2.0  # pixels around a tile that are still drawn, so that no edge shows
Picture = NDArray[np.uint8]
Address = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Mosaic:
    """Rectangles of one colour each, painted once with a pixel for each z17 cell, in tiles of z9.

    Every finer tile is a part of one of these, enlarged; z8 takes every second pixel.
    """

    pictures: Mapping[Address, Picture]

    def tiles(self, zoom: int) -> set[Address]:
        """Return x and y of the tiles of a zoom with something in them."""
        if zoom < _BASE:
            return {(x >> _BASE - zoom, y >> _BASE - zoom) for x, y in self.pictures}
        many = 1 << zoom - _BASE
        return {
            (x * many + across, y * many + down)
            for (x, y), picture in self.pictures.items()
            for down, across in np.argwhere(_blocks(picture, many)).tolist()
        }

    def picture(self, x: int, y: int, zoom: int) -> Picture:
        """Return a picture of a tile, its own copy."""
        if zoom < _BASE:
            return self._smaller(x, y)
        levels = zoom - _BASE
        base = self.pictures.get((x >> levels, y >> levels))
        if base is None:
            return np.zeros((SIZE, SIZE), dtype=np.uint8)
        side, mask = SIZE >> levels, (1 << levels) - 1
        west, north = (x & mask) * side, (y & mask) * side
        return base[north : north + side, west : west + side].repeat(1 << levels, 0).repeat(1 << levels, 1)

    def _smaller(self, x: int, y: int) -> Picture:
        whole = np.zeros((2 * SIZE, 2 * SIZE), dtype=np.uint8)
        for down, across in ((0, 0), (0, 1), (1, 0), (1, 1)):
            part = self.pictures.get((2 * x + across, 2 * y + down))
            if part is not None:
                whole[down * SIZE : (down + 1) * SIZE, across * SIZE : (across + 1) * SIZE] = part
        return whole[1::2, 1::2].copy()


def mosaic(ground: Ground, colours: Index) -> Mosaic:
    """Paint the rectangles of some ground; `colours` are palette indices above 0, one for each feature."""
    pictures: dict[Address, Picture] = {}
    for (x, y), rows in _by_tile(*tiles_under(ground.edges, SIZE)).items():
        picture = pictures[x, y] = np.zeros((SIZE, SIZE), dtype=np.uint8)
        inside = np.clip(ground.edges[rows] - [x * SIZE, y * SIZE] * 2, 0, SIZE)
        told = colours[ground.upright[rows]].tolist()
        for (west, north, east, south), colour in zip(inside.tolist(), told, strict=True):
            picture[north:south, west:east] = colour
    return Mosaic(pictures)


def paint(ground: Ground, colours: Index, squares: Mosaic, zoom: int) -> Iterator[tuple[Address, Picture]]:
    """Yield x and y of every tile of a zoom with something in it, and its picture of palette indices.

    A pixel has the colour of the rectangle that holds its middle. What is no rectangle lies
    below, and its own border belongs to it.
    """
    drawn = _by_tile(*_drawn(ground, zoom))
    for x, y in sorted(drawn.keys() | squares.tiles(zoom)):
        picture = np.zeros((SIZE, SIZE), dtype=np.uint8)
        for row in drawn.get((x, y), ()):
            _draw(picture, ground.shapes[row], int(colours[ground.others[row]]), (x, y, zoom))
        upright = squares.picture(x, y, zoom)
        picture = np.where(upright > 0, upright, picture)
        if picture.any():
            yield (x, y), _hatched(picture)


def _blocks(picture: Picture, many: int) -> NDArray[np.bool_]:
    """Say of each of so many by so many parts of a picture whether there is anything in it."""
    side = SIZE // many
    found: NDArray[np.bool_] = picture.reshape(many, side, many, side).any(axis=(1, 3))  # type: ignore[assignment]
    return found


def _drawn(ground: Ground, zoom: int) -> tuple[Index, Index, Index]:
    """Return which other shape touches which tile: its number, and the tile's x and y."""
    side = 1 << FINEST - zoom
    bounds = shapely.bounds(ground.shapes).reshape(-1, 4)
    edges = np.concatenate([np.floor(bounds[:, :2]), np.ceil(bounds[:, 2:])], axis=1).astype(np.int64)
    which, x, y = tiles_under(edges, side)
    shapely.prepare(ground.shapes)
    boxes = shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side)
    near = shapely.intersects(ground.shapes[which], boxes)
    return which[near], x[near], y[near]


def _by_tile(which: Index, x: Index, y: Index) -> dict[Address, Index]:
    """Return the numbers of what lies in each tile, in their order."""
    order = np.lexsort((which, y, x))
    x, y = x[order], y[order]
    starts = np.flatnonzero((np.diff(x, prepend=-1) != 0) | (np.diff(y, prepend=-1) != 0))
    tiles = zip(x[starts].tolist(), y[starts].tolist(), strict=True)
    return dict(zip(tiles, np.split(which[order], starts[1:]), strict=True)) if len(starts) else {}


def _draw(picture: Picture, shape: BaseGeometry, colour: int, tile: tuple[int, int, int]) -> None:
    """Draw polygons with their holes."""
    x, y, zoom = tile
    side = 1 << FINEST - zoom
    scale = SIZE / side
    seam = _SEAM / scale
    near = shapely.clip_by_rect(
        shape, x * side - seam, y * side - seam, (x + 1) * side + seam, (y + 1) * side + seam
    )
    image = Image.new("1", (SIZE, SIZE))
    draw = ImageDraw.Draw(image)
    for polygon in shapely.get_parts(near):
        for hole, ring in enumerate(shapely.get_rings(polygon)):
            points = shapely.get_coordinates(ring) * scale - [x * SIZE, y * SIZE]
            draw.polygon(points.ravel().tolist(), fill=not hole)
    picture[np.asarray(image)] = colour


def _hatched(picture: Picture) -> Picture:
    gaps = (picture == HATCH) & _GAPS
    return np.where(gaps, np.uint8(0), picture) if gaps.any() else picture
