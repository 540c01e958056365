"""The release file: canonical JSON, the one truth from which tiles and downloads are made.

`measured` holds every noisy number of the plan, place by place, in the order of `values`: from
them anyone can repeat the estimate, and the next plan reads them. No true count is in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from shapely import MultiPolygon, Polygon, get_parts, make_valid, transform
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from backend.domain.layers import Layer, layer_named
from backend.domain.periods import Period, period_named
from backend.errors import FarolaError, InvalidInput

FORMAT = 1
NOTES = {"what": "reported, not verified", "not": "not a crime rate, not SDG 11.7.2"}
_DIGITS = 7  # of a degree: about a centimetre


@dataclass(frozen=True)
class MeasuredPlace:
    """The noisy numbers of one cell or area, one for each cross value."""

    place: str
    split: bool
    epsilon: Fraction
    values: tuple[int, ...]


@dataclass(frozen=True)
class PublishedArea:
    """An area of the release: one or several neighbouring areas of the city, pooled."""

    code: str
    name: str
    members: tuple[str, ...]
    shape: MultiPolygon


@dataclass(frozen=True)
class Region:
    """A part of the city that is shown with one number, or hatched as too few to tell.

    `part` is `cell`, `rest` (a cell without what is shown of it on its own), `area`, or `city`
    (the sum of all areas). `estimate`, `se`, `low` and `high` count reports; low to high is a
    90 % interval. `means` holds an audit's nine answers as (mean, standard error).
    """

    id: str
    part: str
    zoom: int | None
    cells: tuple[str, ...]
    area: str | None
    cross: str | None
    shown: bool
    estimate: int | None
    se: float
    low: int
    high: int
    means: Mapping[str, tuple[float, float]] | None = None


@dataclass(frozen=True)
class ReleaseDocument:
    """One published layer of one period, as read back from its bytes."""

    city: str
    city_name: str
    timezone: str
    layer: Layer
    period: Period
    correction: bool
    epsilon: Fraction
    k: float
    plan: str
    published_at: datetime
    boundary: MultiPolygon
    areas: tuple[PublishedArea, ...]
    values: tuple[str | None, ...]
    measured: tuple[MeasuredPlace, ...]
    regions: tuple[Region, ...]
    # k of sums of at least so many measured places; files from before sums had their own have none.
    k_of_sums: tuple[tuple[int, float], ...] = ()

    @property
    def withheld(self) -> int:
        """Return how many regions are too few to tell."""
        return sum(not region.shown for region in self.regions)


def canonical(value: object) -> bytes:
    """Return the one JSON text of a value: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def write_document(document: ReleaseDocument) -> bytes:
    """Return the bytes of a release file; equal documents give equal bytes."""
    return canonical(
        {
            **_heading(document),
            "areas": {area.code: _area_out(area) for area in document.areas},
            "boundary": geometry_out(document.boundary),
            "measured": [_measured_out(place) for place in document.measured],
            "regions": [_region_out(region) for region in document.regions],
            "values": list(document.values),
        }
    )


def read_document(data: bytes) -> ReleaseDocument:
    """Return a release file read back.

    Raises:
        InvalidInput: the bytes are not a release file of a format known here.
    """
    try:
        return _document_in(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError, FarolaError) as error:
        raise InvalidInput("This is not a release file that can be read here.") from error


def geometry_out(polygon: BaseGeometry) -> dict[str, Any]:
    """Return GeoJSON with degrees rounded to a centimetre."""
    return dict(mapping(transform(polygon, lambda points: points.round(_DIGITS))))


def multipolygon(geometry: BaseGeometry) -> MultiPolygon:
    """Return the polygons of a shape, repaired where rounding bent them."""
    parts = get_parts(geometry if geometry.is_valid else make_valid(geometry), return_index=False)
    polygons = [p for part in parts for p in get_parts(part) if isinstance(p, Polygon) and not p.is_empty]
    return MultiPolygon(polygons)


def _heading(document: ReleaseDocument) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "city": _city_out(document),
        "layer": document.layer.name,
        "kinds": sorted(document.layer.kinds),
        "period": document.period.name,
        "period_first": document.period.first.isoformat(),
        "period_last": document.period.last.isoformat(),
        "correction": document.correction,
        "epsilon": str(document.epsilon),
        "k": document.k,
        **({"k_of_sums": [list(pair) for pair in document.k_of_sums]} if document.k_of_sums else {}),
        "plan": document.plan,
        "published_at": document.published_at.astimezone(UTC).isoformat(timespec="seconds"),
        "notes": NOTES,
        "regions_withheld": document.withheld,
    }


def _city_out(document: ReleaseDocument) -> dict[str, Any]:
    bounds = [round(edge, _DIGITS) for edge in document.boundary.bounds]
    return {
        "id": document.city,
        "name": document.city_name,
        "timezone": document.timezone,
        "bounds": bounds,
    }


def _area_out(area: PublishedArea) -> dict[str, Any]:
    return {"name": area.name, "members": list(area.members), "geometry": geometry_out(area.shape)}


def _measured_out(place: MeasuredPlace) -> dict[str, Any]:
    return {
        "place": place.place,
        "split": place.split,
        "epsilon": str(place.epsilon),
        "values": list(place.values),
    }


def _region_out(region: Region) -> dict[str, Any]:
    means = region.means and dict(region.means)
    return {**vars(region), "cells": list(region.cells), "means": means}


def _document_in(told: dict[str, Any]) -> ReleaseDocument:
    if told["format"] != FORMAT:
        raise InvalidInput(f"Release files of format {told['format']} are not known here.")
    return ReleaseDocument(
        city=told["city"]["id"],
        city_name=told["city"]["name"],
        timezone=told["city"]["timezone"],
        layer=layer_named(told["layer"]),
        period=period_named(told["period"]),
        correction=told["correction"],
        epsilon=Fraction(told["epsilon"]),
        k=told["k"],
        plan=told["plan"],
        published_at=datetime.fromisoformat(told["published_at"]),
        boundary=multipolygon(shape(told["boundary"])),
        areas=tuple(_area_in(code, area) for code, area in told["areas"].items()),
        values=tuple(told["values"]),
        measured=tuple(_measured_in(place) for place in told["measured"]),
        regions=tuple(_region_in(region) for region in told["regions"]),
        k_of_sums=tuple((size, k) for size, k in told.get("k_of_sums", ())),
    )


def _area_in(code: str, told: dict[str, Any]) -> PublishedArea:
    outline = multipolygon(shape(told["geometry"]))
    return PublishedArea(code, told["name"], tuple(told["members"]), outline)


def _measured_in(told: dict[str, Any]) -> MeasuredPlace:
    return MeasuredPlace(told["place"], told["split"], Fraction(told["epsilon"]), tuple(told["values"]))


def _region_in(told: dict[str, Any]) -> Region:
    means = told["means"] and {name: tuple(pair) for name, pair in told["means"].items()}
    return Region(**{**told, "cells": tuple(told["cells"]), "means": means})
