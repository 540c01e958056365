"""Where a release's regions lie, and how each is to be drawn; a pure function of the release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from backend.domain.cells import FINEST, from_quadkey, xyz
from backend.domain.grid import Floats, from_tiles, to_tiles
from workers.publish.cutting import Ground, ground_of
from workers.publish.document import Region, ReleaseDocument
from workers.publish.mvt import Value

CLASSES = 5
_DIGITS = 6  # of a degree: about ten centimetres
_TOLD = {"region": "id", **{name: name for name in "part cross shown estimate low high se".split()}}
PALE = 0.1  # a standard error above this share of the estimate is drawn paler


@dataclass(frozen=True, eq=False)
class Drawing:
    """A release with the shapes of its drawn regions, in units of z17 tiles.

    The sum over a whole city is a number, not a place: it is not drawn.
    """

    document: ReleaseDocument

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """Return the regions that are places."""
        return tuple(region for region in self.document.regions if region.part != "city")

    @cached_property
    def boundary(self) -> BaseGeometry:
        """Return the city's boundary."""
        return to_tiles(self.document.boundary)

    @cached_property
    def shapes(self) -> tuple[BaseGeometry, ...]:
        """Return the shape of each region, clipped to the city."""
        areas = {area.code: to_tiles(area.shape) for area in self.document.areas}
        boundary = self.boundary
        shapely.prepare(boundary)
        cells = [() if region.area else tuple(map(from_quadkey, region.cells)) for region in self.regions]
        whole = _whole_squares(boundary, cells)
        return tuple(
            areas[region.area] if region.area else whole.get(row) or _clipped(boundary, cells[row])
            for row, region in enumerate(self.regions)
        )

    @cached_property
    def degrees(self) -> NDArray[np.object_]:
        """Return the shape of each region in WGS84, rounded, exteriors counter-clockwise."""
        there = np.array([from_tiles(shape) for shape in self.shapes], dtype=object)
        return shapely.orient_polygons(shapely.transform(there, lambda points: points.round(_DIGITS)))

    @cached_property
    def ground(self) -> Ground:
        """Return where the regions lie, ready to be cut into tiles."""
        return ground_of(self.shapes)

    @cached_property
    def densities(self) -> Floats:
        """Return each shown region's reports per unit square, 0 where too few to tell."""
        told = np.array([region.estimate or 0 for region in self.regions], dtype=np.float64)
        return told / shapely.area(np.array(self.shapes, dtype=object))

    @cached_property
    def classes(self) -> tuple[int, ...]:
        """Return 1 (fewer) to 5 (more) for each region, 0 where too few to tell."""
        return tuple(int(one) for one in classify(self.densities))

    @cached_property
    def columns(self) -> dict[str, list[Value | None]]:
        """Return what features say, a value for each region; None where it is not known."""
        told: dict[str, list[Any]] = {
            name: [getattr(region, attribute) for region in self.regions] for name, attribute in _TOLD.items()
        }
        names = {area.code: area.name for area in self.document.areas}
        told["name"] = [names.get(region.area or "") for region in self.regions]
        told["class"] = [one or None for one in self.classes]
        told["pale"] = [is_pale(region) if region.shown else None for region in self.regions]
        means = [_means(region) for region in self.regions]
        for name in sorted({name for mean in means for name in mean}):
            told[name] = [mean.get(name) for mean in means]
        return told


def _means(region: Region) -> dict[str, float]:
    """Return an audit's mean answers and their standard errors, each under a name of its own."""
    told: dict[str, float] = {}
    for question, (mean, se) in (region.means or {}).items():
        told |= {f"mean_{question}": mean, f"mean_{question}_se": se}
    return told


def classify(densities: Floats) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return five classes in equal steps of the logarithm, 3 when all are alike, 0 for 0."""
    there = densities > 0
    levels = np.zeros(len(densities), dtype=np.intp)
    if there.any():
        logs = np.log(densities[there])
        span = float(np.ptp(logs))
        share = (logs - logs.min()) / span if span > 1e-9 else np.full(len(logs), 0.5)  # noqa: PLR2004
        levels[there] = np.minimum(CLASSES, 1 + (share * CLASSES).astype(np.intp))
    return levels


def is_pale(region: Region) -> bool:
    """Tell whether a shown region's number is uncertain enough to be drawn paler."""
    return region.se > PALE * (region.estimate or 0)


def _whole_squares(boundary: BaseGeometry, cells: Sequence[Sequence[int]]) -> dict[int, BaseGeometry]:
    """Return, by row, the squares of those that are one cell and lie inside; most do, so all at once."""
    rows = [row for row, own in enumerate(cells) if len(own) == 1]
    boxes = shapely.box(*np.array([_edges(cells[row][0]) for row in rows]).reshape(-1, 4).T)
    inside = shapely.covers(boundary, boxes)
    return {row: box for row, box, there in zip(rows, boxes, inside, strict=True) if there}


def _edges(cell: int) -> tuple[int, int, int, int]:
    """Return west, north, east and south of a cell in units of z17 tiles."""
    level, x, y = xyz(cell)
    side = 1 << FINEST - level
    return x * side, y * side, (x + 1) * side, (y + 1) * side


def _clipped(boundary: BaseGeometry, cells: Sequence[int]) -> BaseGeometry:
    """Return the union of cells within the city; squares that lie inside stay exact squares."""
    boxes = [shapely.box(*_edges(cell)) for cell in cells]
    whole = shapely.union_all(boxes)
    if shapely.covers(boundary, whole):
        return whole
    return _polygonal(shapely.intersection(boundary, whole))


def _polygonal(shape: BaseGeometry) -> BaseGeometry:
    """Drop the points and lines of an intersection that only touches."""
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.area(parts) > 0])
