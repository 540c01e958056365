"""Geometry of boundary files: read, repaired or refused, and made one partition without overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from backend.errors import InvalidInput

# A repair may move this share of an area, no more: beyond it nobody can say what was meant.
REPAIRABLE = 0.02
# Neighbours drawn apart overlap a little; more than this share means that they are no partition.
OVERLAP = 0.05
# Degrees; a border that was drawn twice differs by less.
HAIR = 1e-9
# Degrees of longitude. A ring from 179 to -179 is meant to cross the antimeridian, and says everything else.
_HALF_ROUND = 180
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326", "WGS84")


def check_crs(crs: Any) -> None:
    """Accept an absent `crs` member and WGS84 under its usual names.

    Raises:
        InvalidInput: the coordinates are in another system.
    """
    if crs is None:
        return
    name = str((crs.get("properties") or {}).get("name", "")) if isinstance(crs, dict) else str(crs)
    if not name.upper().endswith(_WGS84):
        raise InvalidInput(
            f"Coordinates must be WGS84, longitude first; the file says {name[:80]}.", field="crs"
        )


def read(told: Any, what: str) -> MultiPolygon:
    """Return a GeoJSON polygon or multipolygon, flat, valid and in degrees.

    Raises:
        InvalidInput: it is none, cannot be repaired, or its numbers are no degrees.
    """
    try:
        found = shapely.force_2d(shape(told))
    except Exception as error:  # shapely raises by the kind of nonsense it meets: any of them means the same
        raise InvalidInput(f"The geometry of {what} cannot be read.", field=what) from error
    if not isinstance(found, Polygon | MultiPolygon) or found.is_empty:
        raise InvalidInput(f"The geometry of {what} is no polygon.", field=what)
    _check_degrees(found, what)
    return _repaired(found, what)


def gathered(coded: Iterable[tuple[str, Any]]) -> dict[str, MultiPolygon]:
    """Return geometry by code; several features of one code become one."""
    parts: dict[str, list[MultiPolygon]] = {}
    for code, told in coded:
        parts.setdefault(code, []).append(read(told, code))
    return {code: whole(shapes) for code, shapes in parts.items()}


def partition(shapes: Mapping[str, MultiPolygon]) -> dict[str, MultiPolygon]:
    """Return areas without overlaps: what two share goes to the first.

    Raises:
        InvalidInput: two areas share so much that they are no partition.
    """
    codes, kept = list(shapes), list(shapes.values())
    tree = shapely.STRtree(kept)
    for later, earlier in sorted(zip(*tree.query(kept, predicate="intersects").tolist(), strict=True)):
        if earlier < later:
            kept[later] = _without(kept[later], kept[earlier], f"{codes[later]} and {codes[earlier]}")
    return dict(zip(codes, kept, strict=True))


def whole(shapes: Iterable[BaseGeometry]) -> MultiPolygon:
    """Return the union as a multipolygon."""
    return _polygons(shapely.union_all(list(shapes)))


def check_cover(boundary: BaseGeometry, areas: Iterable[BaseGeometry]) -> None:
    """Refuse areas that do not fill the boundary.

    Raises:
        InvalidInput: more than a hair of the city lies in no area, or an area lies outside.
    """
    if whole(areas).symmetric_difference(boundary).area > REPAIRABLE * boundary.area:
        raise InvalidInput("The areas do not fill the boundary.", field="areas")


def _check_degrees(found: BaseGeometry, what: str) -> None:
    west, south, east, north = found.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004 (degrees of a sphere)
        raise InvalidInput(f"The numbers of {what} are no degrees of longitude and latitude.", field=what)
    for part in shapely.get_parts(found):
        if part.bounds[2] - part.bounds[0] > _HALF_ROUND:
            raise InvalidInput(
                f"A polygon of {what} goes more than half around the world; cut it in two where it crosses the"
                " antimeridian.",
                field=what,
            )


def _repaired(found: BaseGeometry, what: str) -> MultiPolygon:
    if found.is_valid:
        return _polygons(found)
    mended = _polygons(shapely.make_valid(found, method="structure", keep_collapsed=False))
    drawn = abs(found.area)
    if mended.is_empty or abs(mended.area - drawn) > REPAIRABLE * drawn:
        why = shapely.is_valid_reason(found).split("[")[0].strip().lower()
        raise InvalidInput(f"The geometry of {what} is invalid ({why}) and cannot be repaired.", field=what)
    return mended


def _without(later: MultiPolygon, earlier: MultiPolygon, who: str) -> MultiPolygon:
    shared = later.intersection(earlier).area
    if shared > OVERLAP * min(later.area, earlier.area):
        raise InvalidInput(f"Areas overlap: {who}.", field="areas")
    return _polygons(later.difference(earlier)) if shared > HAIR**2 else later


def _polygons(found: BaseGeometry) -> MultiPolygon:
    """Keep the polygons of a geometry; lines and points have no place in an area."""
    parts = [part for part in shapely.get_parts(found) if isinstance(part, Polygon)]
    nested = [part for part in shapely.get_parts(found) if isinstance(part, MultiPolygon)]
    return MultiPolygon(parts + [piece for part in nested for piece in part.geoms])
