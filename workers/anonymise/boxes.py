"""Boxes around what must go: grown, turned back, merged, and filled with one flat colour."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# RGB, shape (height, width, 3).
Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
# Width and height in pixels.
Size = tuple[int, int]

# Boxes that overlap by this share (intersection over union) or lie this deep inside another are one thing.
SAME = 0.3
INSIDE = 0.8
FILL = (32, 36, 44)
TINY = 1e-9
QUARTERS: dict[float, tuple[float, float]] = {
    0: (1.0, 0.0),
    90: (0.0, 1.0),
    180: (-1.0, 0.0),
    270: (0.0, -1.0),
}


class Box(NamedTuple):
    """A found thing: edges in pixels (x to the right, y down), and the detector's score from 0 to 1."""

    x0: float
    y0: float
    x1: float
    y1: float
    score: float

    @property
    def area(self) -> float:
        """Square pixels; zero for a box that is turned inside out."""
        return max(0.0, self.x1 - self.x0) * max(0.0, self.y1 - self.y0)


class Mask(NamedTuple):
    """A filled rectangle of the published picture, in its whole pixels; `kind` is 'face', 'plate' or 'text'."""

    kind: str
    x0: int
    y0: int
    x1: int
    y1: int
    score: float


def scaled(box: Box, factor: float) -> Box:
    """Place the box in a picture that is `factor` times as large."""
    return Box(box.x0 * factor, box.y0 * factor, box.x1 * factor, box.y1 * factor, box.score)


def moved(box: Box, x: float, y: float) -> Box:
    """Place the box so many pixels further to the right and down."""
    return Box(box.x0 + x, box.y0 + y, box.x1 + x, box.y1 + y, box.score)


def grown(box: Box, share: float) -> Box:
    """Wider by `share` of its width on the left and on the right, and likewise in height."""
    dx, dy = share * (box.x1 - box.x0), share * (box.y1 - box.y0)
    return Box(box.x0 - dx, box.y0 - dy, box.x1 + dx, box.y1 + dy, box.score)


def turned_back(box: Box, angle: float, turned: Size, size: Size, *, oval: bool = False) -> Box:
    """Where a box lies in a picture of `size` that was found after a turn by `angle` degrees counter-clockwise.

    `turned` is the size of the turned picture, which holds all of the other; both are (width, height). The box is
    the smallest upright one around the turned rectangle or, if `oval`, around the ellipse within the rectangle.
    """
    cos, sin = _cos_sin(angle)
    x, y = (box.x0 + box.x1 - turned[0]) / 2, (box.y0 + box.y1 - turned[1]) / 2
    x, y = x * cos - y * sin + size[0] / 2, x * sin + y * cos + size[1] / 2
    half_width, half_height = (box.x1 - box.x0) / 2, (box.y1 - box.y0) / 2
    reach = math.hypot if oval else _sum
    dx, dy = reach(half_width * cos, half_height * sin), reach(half_width * sin, half_height * cos)
    return Box(x - dx, y - dy, x + dx, y + dy, box.score)


def _cos_sin(angle: float) -> tuple[float, float]:
    """Cosine and sine, exact for quarter turns."""
    quarter = QUARTERS.get(angle % 360)
    return quarter or (math.cos(math.radians(angle)), math.sin(math.radians(angle)))


def _sum(one: float, other: float) -> float:
    return abs(one) + abs(other)


def best(boxes: Iterable[Box]) -> list[Box]:
    """Of boxes that one look found around the same thing, the one it is surest of."""
    found = np.array(sorted(boxes, key=lambda box: -box.score), np.float64).reshape(-1, 5)
    kept = []
    while len(found):
        kept.append(Box(*found[0].tolist()))
        found = found[_shared(found[0], found) <= SAME]
    return kept


def _shared(one: Floats, others: Floats) -> Floats:
    """Intersection over union of a box with each of the others."""
    low, high = np.maximum(one[:2], others[:, :2]), np.minimum(one[2:4], others[:, 2:4])
    both = np.clip(high - low, 0, None).prod(axis=1)
    areas = (others[:, 2:4] - others[:, :2]).prod(axis=1)
    shares: Floats = both / np.maximum((one[2:4] - one[:2]).prod() + areas - both, TINY)
    return shares


def hull(one: Box, other: Box) -> Box:
    """Return the smallest box around two."""
    return Box(
        min(one.x0, other.x0),
        min(one.y0, other.y0),
        max(one.x1, other.x1),
        max(one.y1, other.y1),
        max(one.score, other.score),
    )


def _same(one: Box, other: Box) -> bool:
    shared = Box(
        max(one.x0, other.x0), max(one.y0, other.y0), min(one.x1, other.x1), min(one.y1, other.y1), 0
    ).area
    smaller = min(one.area, other.area)
    return shared > SAME * (one.area + other.area - shared) or shared > INSIDE * smaller


def merged(boxes: Iterable[Box]) -> list[Box]:
    """Boxes around the same thing become one that covers them all: a doubt is settled by covering more."""
    kept: list[Box] = []
    for found in sorted(boxes, key=lambda box: -box.score):
        box = found
        for other in [other for other in kept if _same(box, other)]:
            kept.remove(other)
            box = hull(box, other)
        kept.append(box)
    return kept


def mask(kind: str, box: Box, size: Size) -> Mask | None:
    """Take the whole pixels that a box touches in a picture of `size` (width, height); None when it lies outside."""
    x0, y0 = max(0, int(np.floor(box.x0))), max(0, int(np.floor(box.y0)))
    x1, y1 = min(size[0], int(np.ceil(box.x1))), min(size[1], int(np.ceil(box.y1)))
    return Mask(kind, x0, y0, x1, y1, round(box.score, 3)) if x0 < x1 and y0 < y1 else None


def filled(pixels: Pixels, masks: Iterable[Mask]) -> Pixels:
    """Return a copy in which every mask is one flat colour. Never a blur: a blur can be undone."""
    result = pixels.copy()
    for area in masks:
        result[area.y0 : area.y1, area.x0 : area.x1] = FILL
    return result
