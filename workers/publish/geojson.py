"""A release's regions as GeoJSON (RFC 7946): WGS84, longitude first, exteriors counter-clockwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import shapely
from shapely.geometry import mapping

from workers.publish.about import about
from workers.publish.document import ReleaseDocument, canonical, geometry_out
from workers.publish.mvt import Value
from workers.publish.shapes import Drawing


def regions_geojson(drawing: Drawing) -> bytes:
    """Return a feature collection of the regions, with what must be known about the release."""
    return _collection(drawing.document, _features(drawing))


def areas_geojson(document: ReleaseDocument) -> bytes:
    """Return a feature collection of the areas that a release counts in."""
    features = [
        {
            "type": "Feature",
            "id": area.code,
            "geometry": geometry_out(shapely.orient_polygons(area.shape)),
            "properties": {"area": area.code, "name": area.name, "members": list(area.members)},
        }
        for area in document.areas
    ]
    return _collection(document, features)


def _collection(document: ReleaseDocument, features: list[dict[str, Any]]) -> bytes:
    return canonical({"type": "FeatureCollection", "farola": about(document), "features": features})


def _features(drawing: Drawing) -> list[dict[str, Any]]:
    told = zip(*drawing.columns.values(), strict=True)
    return [
        {"type": "Feature", "id": region.id, "geometry": mapping(shape), "properties": _known(names)}
        for region, shape, values in zip(drawing.regions, drawing.degrees, told, strict=True)
        for names in [zip(drawing.columns, values, strict=True)]
    ]


def _known(told: Iterable[tuple[str, Value | None]]) -> dict[str, Value]:
    """Leave out what is not known."""
    return {name: value for name, value in told if value is not None}
