"""The same map as pictures, for viewers without vector tiles: PNG tiles of zooms 8 to 15.

A crossed layer is painted as what its shown parts add up to at each spot; a spot where none is
shown is hatched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import STRtree

from backend.domain.colours import palette_of
from backend.domain.png import write_png
from workers.publish.cutting import ground_of
from workers.publish.painting import HATCH, mosaic, paint
from workers.publish.shapes import CLASSES, PALE, Drawing, classify
from workers.publish.tiles import Tile

ZOOMS = range(8, 16)
_CRUMB = 1e-6  # of a finest cell; what only touches is no piece of ground


@dataclass(frozen=True, eq=False)
class Patch:
    """A piece of ground of one colour: its shape in z17 tiles and its index in the palette."""

    shape: shapely.Geometry
    colour: int


def picture_tiles(drawing: Drawing) -> Iterator[tuple[Tile, bytes]]:
    """Yield ((zoom, x, y), PNG bytes) of every tile that shows part of the city."""
    patches = painted(drawing)
    ground = ground_of([patch.shape for patch in patches])
    colours = np.array([patch.colour for patch in patches])
    palette = palette_of(drawing.document.layer)
    squares = mosaic(ground, colours)
    for zoom in ZOOMS:
        for (x, y), picture in paint(ground, colours, squares, zoom):
            yield (zoom, x, y), write_png(picture, palette)


def painted(drawing: Drawing) -> list[Patch]:
    """Return the ground of a release cut into patches that do not overlap."""
    spots = _spots(drawing)
    shown = np.array([region.shown for region in drawing.regions])
    errors = np.array([region.se for region in drawing.regions]) / shapely.area(drawing.shapes)
    members = [np.array(sorted(of), dtype=np.intp) for of in spots]
    told = [of[shown[of]] for of in members]
    densities = np.array([drawing.densities[of].sum() for of in told])
    spread = np.array([np.sqrt((errors[of] ** 2).sum()) for of in told])
    classes = classify(densities)
    pale = np.where(spread > PALE * densities, CLASSES, 0)
    colours = np.where(classes > 0, classes + pale, HATCH)
    return [Patch(spots[of], int(colour)) for of, colour in zip(spots, colours, strict=True)]


Spots = dict[frozenset[int], shapely.Geometry]


def _spots(drawing: Drawing) -> Spots:
    """Return the overlay of all cross values: which regions cover each spot, and its shape."""
    layers: dict[str | None, list[int]] = {}
    for index, region in enumerate(drawing.regions):
        layers.setdefault(region.cross, []).append(index)
    first, *others = layers.values()
    spots: Spots = {frozenset([index]): drawing.shapes[index] for index in first}
    for other in others:
        spots = _overlay(spots, other, drawing)
    return spots


def _overlay(spots: Spots, other: Sequence[int], drawing: Drawing) -> Spots:
    """Cut spots by the regions of one more cross value."""
    tree = STRtree([drawing.shapes[index] for index in other])
    cut: Spots = {}
    for covered, shape in spots.items():
        for at in np.sort(tree.query(shape, predicate="intersects")):
            piece = shapely.intersection(shape, drawing.shapes[other[at]])
            if piece.area > _CRUMB:
                cut[covered | {other[at]}] = piece
    return cut
