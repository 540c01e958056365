"""Views of a photo: smaller or larger, and turned, because detectors know upright things of some sizes only."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from workers.anonymise.boxes import Box, Pixels, Size, scaled, turned_back

# Beyond this a small picture gains nothing from being enlarged.
MOST_ENLARGED = 5.0
# A thing that lies on a cut and is larger than what the pieces share is found in a smaller view as well.
TILE, SHARED = 1088, 96


@dataclass(frozen=True)
class View:
    """A photo at some size, turned by `angle` degrees counter-clockwise; `size` is that before the turn."""

    pixels: Pixels
    size: Size
    angle: int
    # How many of its pixels go into one of the photo's.
    factor: float

    def back(self, box: Box, *, oval: bool) -> Box:
        """Where a box of the view lies in the photo; see `turned_back` for `oval`."""
        turned = (self.pixels.shape[1], self.pixels.shape[0])
        return scaled(turned_back(box, self.angle, turned, self.size, oval=oval), 1 / self.factor)


def sized(pixels: Pixels, longest: int, *, enlarge: bool) -> Image.Image:
    """The photo with a longer side of `longest` pixels; a smaller one is enlarged if asked to."""
    height, width, _ = pixels.shape
    factor = min(longest / max(height, width), MOST_ENLARGED if enlarge else 1)
    picture = Image.fromarray(pixels)
    if factor == 1:
        return picture
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return picture.resize(size, Image.Resampling.BILINEAR)


def turned(picture: Image.Image, angle: int, width: int) -> View:
    """The view of a photo that was `width` pixels wide; around a turned one it is black."""
    whole = picture.rotate(angle, Image.Resampling.BILINEAR, expand=True) if angle else picture
    return View(np.asarray(whole), picture.size, angle, picture.width / width)


def tiles(pixels: Pixels) -> Iterator[tuple[int, int, Pixels]]:
    """Pieces of a picture, each with the place of its corner: x, y, pixels; neighbours share `SHARED` pixels."""
    for y0, y1 in _cuts(pixels.shape[0]):
        for x0, x1 in _cuts(pixels.shape[1]):
            yield x0, y0, pixels[y0:y1, x0:x1]


def _cuts(length: int) -> list[tuple[int, int]]:
    """As few pieces of a length as there can be when none is longer than `TILE`, all equally long."""
    pieces = max(1, math.ceil((length - SHARED) / (TILE - SHARED)))
    step = (length - SHARED) / pieces
    return [(round(piece * step), min(length, round((piece + 1) * step) + SHARED)) for piece in range(pieces)]
