"""A small made-up city with published layers, answered in memory, to look at the pages without a database."""

from __future__ import annotations

import math
import random
from functools import cache

import numpy as np
import shapely
from flask import Blueprint, Response, jsonify, request
from shapely.geometry import Point, Polygon, box, mapping

from backend.domain.audit import QUESTIONS
from backend.domain.cityform import form_words, offered_to_children
from backend.domain.layers import LAYERS, Layer, Place
from backend.domain.taxonomy import AXES_OF_KIND, CATEGORIES, Kind
from tests.tiling import encode_tile
from workers.publish.mvt import EXTENT

blueprint = Blueprint("fake_city", __name__)
CENTRE = (2.15, 41.4)
NAMES = ["Port Vell", "L'Horta", "Sant Pau", "Les Fonts", "La Marina", "Els Turons"]
SMALL, LARGE, LARGER = "fonteria", "vilagran", 12
EMERGENCY = {"name": "112", "phone": "112", "for": "emergency"}
LITTLE = {"estimate": 0, "low": 0, "high": 13, "se": 10.0}
HELP = [
    EMERGENCY,
    {"name": "016", "phone": "016", "for": "violence_against_women"},
    {"name": "116 111", "phone": "116111", "for": "children"},
]


def _blob() -> Polygon:
    rng = random.Random(7)
    ring = []
    for step in range(48):
        angle = 2 * math.pi * step / 48
        reach = 0.075 + 0.012 * math.sin(3 * angle) + 0.004 * rng.random()
        ring.append((CENTRE[0] + 1.2 * reach * math.cos(angle), CENTRE[1] + 0.8 * reach * math.sin(angle)))
    return Polygon(ring)


@cache
def outline() -> Polygon:
    return _blob()


@cache
def areas() -> dict[str, Polygon]:
    cut = {}
    for at, name in enumerate(NAMES):
        low, high = math.radians(60 * at), math.radians(60 * at + 60)
        ends = [(CENTRE[0] + 0.3 * math.cos(a), CENTRE[1] + 0.3 * math.sin(a)) for a in (low, high)]
        cut[f"{at + 1:02}"] = outline().intersection(Polygon([CENTRE, *ends]))
        assert name
    return cut


def _in_tile(geometry, z: int, x: int, y: int):
    """Degrees turned into the units of one tile."""

    def turn(points: np.ndarray) -> np.ndarray:
        across = (points[:, 0] + 180) / 360 * 2**z
        sine = np.sin(np.radians(points[:, 1]))
        down = (0.5 - np.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * 2**z
        return np.column_stack([across - x, down - y]) * EXTENT

    return shapely.transform(geometry, turn)


def _cell(zoom: int, x: int, y: int) -> Polygon:
    def corner(cx, cy):
        lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * cy / 2**zoom))))
        return cx / 2**zoom * 360 - 180, lat

    (west, north), (east, south) = corner(x, y), corner(x + 1, y + 1)
    return box(west, south, east, north)


def cell_at(zoom: int, lon: float, lat: float) -> Polygon:
    """The square of a zoom level in which a point lies."""
    n = 2**zoom
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n
    return _cell(zoom, int((lon + 180) / 360 * n), int(down))


def _cells_of_city(zoom: int) -> list[tuple[int, int, Polygon]]:
    west, south, east, north = outline().bounds
    n = 2**zoom

    def row(lat):
        return int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)

    found = []
    for x in range(int((west + 180) / 360 * n), int((east + 180) / 360 * n) + 1):
        for y in range(row(north), row(south) + 1):
            cell = _cell(zoom, x, y)
            if cell.intersection(outline()).area > 0.25 * cell.area:
                found.append((x, y, cell.intersection(outline())))
    return found


def _values(estimate: float, floor: float = 8) -> dict:
    se = 2.2 + 0.12 * math.sqrt(estimate) * 3
    shown = estimate >= floor
    return {
        "shown": shown, "estimate": round(estimate) if shown else 0, "se": round(se, 2),
        "low": max(0, round(estimate - 2 * se)), "high": round(estimate + 2 * se),
        "class": min(5, 1 + int(math.log2(max(1, estimate / floor)))) if shown else None, "pale": se > 0.2 * estimate,
    }  # fmt: skip


def _heat(geometry) -> float:
    spots = [((2.155, 41.405), 1.0), ((2.20, 41.39), 0.6), ((2.11, 41.41), 0.5)]
    centre = geometry.centroid
    return sum(w * math.exp(-((centre.distance(Point(p)) / 0.02) ** 2)) for p, w in spots)


def _cell_regions(city: str, cross: str | None) -> list[dict]:
    scale = (1.0 if cross is None else 0.35) * (LARGER if city == LARGE else 1)
    found = []
    for x, y, whole in _cells_of_city(13):
        hot = _heat(whole) > 0.25
        parts = [(14, 2 * x + i, 2 * y + j) for i in (0, 1) for j in (0, 1)] if hot else []
        cells = [_cell(*part).intersection(outline()) for part in parts] or [whole]
        for at, cell in enumerate(cells):
            if cell.is_empty:
                continue
            estimate = scale * (2 + 70 * _heat(cell)) * (1 + 0.2 * math.sin(x + y + at))
            region = f"{13 + bool(parts)}-{x}-{y}-{at}" + (f":{cross}" if cross else "")
            part = "rest" if parts and at == 0 else "cell"
            found.append(
                {"region": region, "part": part, "geometry": cell, "cross": cross, **_values(estimate)}
            )
    return found


def _area_regions(city: str, cross: str | None) -> list[dict]:
    """In the large city as many men as women report, in the other half as many."""
    found = []
    for at, (code, shape_) in enumerate(areas().items()):
        estimate = (9 + 14 * at) * (0.6 if cross else 0.4)
        estimate *= LARGER if city == LARGE else 0.5 if cross == "men" else 1
        region = f"{code}:{cross}" if cross else code
        found.append(
            {"region": region, "part": "area", "geometry": shape_, "cross": cross, **_values(estimate)}
        )
    return found


def _audit_regions(city: str) -> list[dict]:
    """In the large city every place is better lit; all other answers are alike."""
    better = 0.8 if city == LARGE else 0
    found = _area_regions(city, None)
    for region in found:
        if region["shown"]:
            for question in QUESTIONS:
                mean = 1.2 + (better if question == "lighting" else 0)
                region |= {f"mean_{question}": mean, f"mean_{question}_se": 0.05}
    return found


@cache
def regions(city: str, name: str) -> list[dict]:
    layer = LAYERS[name]
    if name == "audit":
        return _audit_regions(city)
    make = _cell_regions if layer.place is Place.CELL else _area_regions
    return [region for cross in (layer.values or (None,)) for region in make(city, cross)]


@cache
def _tile(city: str, name: str, z: int, x: int, y: int) -> bytes:
    frame = _cell(z, x, y)
    features = []
    for region in regions(city, name):
        clipped = region["geometry"].intersection(frame)
        if not clipped.is_empty and clipped.area > 0:
            told = {key: value for key, value in region.items() if key != "geometry" and value is not None}
            features.append((_in_tile(clipped, z, x, y), told))
    return encode_tile(name, features)


def _describe(layer: Layer, city: str = SMALL) -> dict:
    week = layer.period.value == "week"
    periods = ["2026-W45", "2026-W46", "2026-W47"] if week else ["2026-Q3", "2026-Q4"]
    return {
        "name": layer.name, "period_kind": layer.period.value, "kinds": sorted(layer.kinds),
        "epsilon": str(layer.epsilon), "cross": [str(v) for v in layer.values] or None,
        "periods": periods, "latest": periods[-1],
        "tilejson": f"/v1/cities/{city}/layers/{layer.name}/tilejson.json",
    }  # fmt: skip


@blueprint.get("/v1/cities")
def cities():
    bounds = list(outline().bounds)
    return jsonify(
        cities=[{"id": "fonteria", "name": "Fonteria", "bounds": bounds, "languages": ["ca", "es", "en"]}]
    )


@blueprint.get("/v1/cities/fonteria")
def city():
    language = request.args.get("language", "en")
    by_kind = {
        kind.value: [code for code, category in CATEGORIES.items() if category.axis in AXES_OF_KIND[kind]]
        for kind in Kind
        if kind is not Kind.AUDIT
    }
    return jsonify(
        id="fonteria", name="Fonteria", languages=["ca", "es", "en"], bounds=list(outline().bounds),
        categories=by_kind, audit=["lighting", "openness", "visibility", "crowd", "security", "walk_path",
                                   "transport", "gender_diversity", "feeling"],
        help_lines=HELP, privacy="...", child=offered_to_children({}), words={language: form_words({}, language)},
    )  # fmt: skip


@blueprint.get("/v1/cities/<any(fonteria, vilagran):city>/boundary.geojson")
def boundary(city: str):
    whole = {"type": "Feature", "properties": {"name": "Fonteria"}, "geometry": mapping(outline())}
    parts = [
        {"type": "Feature", "properties": {"code": code, "name": NAMES[at]}, "geometry": mapping(geometry)}
        for at, (code, geometry) in enumerate(areas().items())
    ]
    return jsonify(type="FeatureCollection", features=[whole, *parts])


@blueprint.get("/v1/cities/<any(fonteria, vilagran):city>/layers")
def layers(city: str):
    gone = {"layer": "map", "period": "2026-Q2", "withdrawn_on": "2026-08-05", "corrected_by": "2026-Q3"}
    told = [_describe(layer, city) for layer in LAYERS.values()]
    return jsonify(layers=told, withdrawn=[gone])


@blueprint.get("/v1/cities/<any(fonteria, vilagran):city>/layers/notes.json")
def notes(city: str):
    told = [
        {"id": "1", "area": "02", "period": None, "day": "2026-11-02", "published_on": "2026-11-03",
         "texts": {"en": "Twelve lamps were mended at the market.", "ca": "S'han reparat dotze fanals al mercat."}},
        {"id": "2", "area": "05", "period": "2026-Q3", "day": None, "published_on": "2026-10-01",
         "texts": {"es": "<b>El paso</b> tiene ahora luz."}},
    ]  # fmt: skip
    return jsonify(notes=told if city == SMALL else [])


@blueprint.get("/v1/cities/<any(fonteria, vilagran):city>/layers/<name>/<period>/tilejson.json")
def tilejson(city: str, name: str, period: str):
    """Of the later period, other numbers than of the earlier."""
    is_latest = period == _describe(LAYERS[name])["latest"]
    whole = {"estimate": 150, "low": 126, "high": 174, "se": 14.1} if is_latest else {**LITTLE}
    return jsonify(
        tilejson="3.0.0", bounds=list(outline().bounds), minzoom=8, maxzoom=14,
        tiles=[f"{request.host_url}v1/cities/{city}/layers/{name}/{period}/{{z}}/{{x}}/{{y}}.mvt"],
        vector_layers=[{"id": name, "fields": {}}],
        farola={
            "period": period, "epsilon": str(LAYERS[name].epsilon), "k": 3.1 if is_latest else 2.7, "notes": {},
            "regions_withheld": 4 if is_latest else 7, "whole_city": whole if name == "pulse" else None,
        },
    )  # fmt: skip


@blueprint.get("/v1/cities/<any(fonteria, vilagran):city>/layers/<name>/<period>/<int:z>/<int:x>/<int:y>.mvt")
def tile(city: str, name: str, period: str, z: int, x: int, y: int):
    assert period.startswith("2026-")
    return Response(_tile(city, name, z, x, y), mimetype="application/vnd.mapbox-vector-tile")
