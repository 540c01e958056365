"""Squares of the public web-mercator quadtree, each named by one integer.

A cell is `(1 << 2 * zoom) | morton(x, y)`: the position of the leading bit tells the zoom, a
parent is a shift by two bits, and the order of the numbers is the order of the quadkeys. The
arithmetic works on single integers and on numpy arrays of int64 alike.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from backend.errors import InvalidInput

Cells = NDArray[np.int64]
_Any = TypeVar("_Any", int, Cells)

ROOT, FINEST = 13, 17
MAX_LATITUDE = 85.0511287798066
_MASKS = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def mercator(lon: float, lat: float, zoom: int) -> tuple[float, float]:
    """Return the fractional tile coordinates (x east, y south) of a WGS84 point."""
    sine = math.sin(math.radians(max(-MAX_LATITUDE, min(MAX_LATITUDE, lat))))
    size = 1 << zoom
    return (lon + 180) / 360 * size, (0.5 - math.atanh(sine) / (2 * math.pi)) * size


def geographic(x: float, y: float, zoom: int) -> tuple[float, float]:
    """Return longitude and latitude of fractional tile coordinates."""
    size = 1 << zoom
    return x / size * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / size))))


def cell_at(lon: float, lat: float, zoom: int = FINEST) -> int:
    """Return the cell that holds a WGS84 point."""
    last = (1 << zoom) - 1
    x, y = mercator(lon, lat, zoom)
    return cell_of(zoom, min(max(int(x), 0), last), min(max(int(y), 0), last))


def cell_of(zoom: int, x: int, y: int) -> int:
    """Return the cell of a tile address."""
    return (1 << 2 * zoom) | spread(x) | spread(y) << 1


def zoom(cell: int) -> int:
    """Return the zoom of one cell."""
    return (cell.bit_length() - 1) // 2


def parent(cell: _Any, levels: int = 1) -> _Any:
    """Return the cell (or array of cells) so many levels up."""
    return cell >> 2 * levels


def ancestor(cell: int, at: int) -> int:
    """Return the cell of zoom `at` that holds this cell."""
    return parent(cell, zoom(cell) - at)


def children(cell: int) -> tuple[int, int, int, int]:
    """Return the four cells one level down, in quadkey order."""
    first = cell << 2
    return first, first + 1, first + 2, first + 3


def xyz(cell: int) -> tuple[int, int, int]:
    """Return (zoom, x, y) of one cell."""
    level = zoom(cell)
    code = cell ^ (1 << 2 * level)
    return level, squeeze(code), squeeze(code >> 1)


def bounds(cell: int) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a cell in degrees."""
    level, x, y = xyz(cell)
    west, north = geographic(x, y, level)
    east, south = geographic(x + 1, y + 1, level)
    return west, south, east, north


def quadkey(cell: int) -> str:
    """Return the cell's name in digits 0 to 3, one a level."""
    return "".join(str(cell >> 2 * level & 3) for level in reversed(range(zoom(cell))))


def from_quadkey(name: str) -> int:
    """Return the cell of a quadkey.

    Raises:
        InvalidInput: the name holds anything but the digits 0 to 3, or is longer than 31.
    """
    if not name or len(name) > 31 or set(name) - set("0123"):  # noqa: PLR2004 (63 bits)
        raise InvalidInput("A quadkey is written with the digits 0 to 3.")
    return int(name, 4) | 1 << 2 * len(name)


def cells_of(level: int, x: Cells, y: Cells) -> Cells:
    """Return the cells of arrays of tile addresses of one zoom."""
    return spread(x) | spread(y) << 1 | np.int64(1 << 2 * level)


def addresses(cells: Cells, level: int) -> tuple[Cells, Cells]:
    """Return the x and y of an array of cells of one zoom."""
    code = cells ^ np.int64(1 << 2 * level)
    return squeeze(code), squeeze(code >> 1)


def spread(value: _Any) -> _Any:
    """Put a zero before every bit of numbers below 2**31."""
    for shift, mask in _MASKS:
        value = (value | value << shift) & mask
    return value


def squeeze(value: _Any) -> _Any:
    """Undo `spread`, leaving out every second bit."""
    value = value & _MASKS[-1][1]
    for (shift, _), (_, mask) in zip(reversed(_MASKS), reversed(_WIDER), strict=True):
        value = (value | value >> shift) & mask
    return value


_WIDER = ((32, 0x00000000FFFFFFFF), *_MASKS[:-1])
