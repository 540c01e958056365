"""How a layer is drawn, for programs: a MapLibre style, its hatch, a legend, and the drawn tiles' TileJSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from flask import Response, jsonify, request, url_for

from backend.api.base import Blueprint
from backend.api.headers import keep, open_to_all
from backend.api.layers import SHORT
from backend.api.schemas.cities import Language
from backend.api.services import services
from backend.api.tiles import BINARY, PNG
from backend.domain.colours import HATCH, HATCHED, NOTHING, palette_of
from backend.domain.layers import COUNT, LAYERS, SAFE
from backend.domain.png import write_png
from backend.domain.words import part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.domain.layers import Layer
    from backend.store.releases import Release

blueprint = Blueprint(
    "styles", __name__, url_prefix="/v1/cities/<city:city>/layers/<layer:layer>", description="How to draw."
)
hatch = Blueprint("hatch", __name__, url_prefix="/v1", description="The picture of `too few to tell`.")
for _doors in (blueprint, hatch):
    _doors.after_request(open_to_all)

SVG = "image/svg+xml"
DAY = 86_400
_CLASSES = 5
_STRIPE = 8  # pixels from one line of the hatch to the next
_ROW, _WIDE = 22, 300  # of the legend, in pixels


@blueprint.route("/<period:period>/style.json")
@blueprint.response(200, {"type": "object"}, description="A style of version 8.")
@blueprint.problems(404)
def get_style(city: str, layer: str, period: str) -> Response:
    """Answer a MapLibre style of a layer, to be drawn above a map of streets; the legend is in its metadata."""
    release = services().releases.find(city, layer, period)
    return keep(jsonify(_style(release, period)), SHORT)


@blueprint.route("/<period:period>/images.json")
@blueprint.response(200, {"type": "object"}, description="TileJSON 3.0.0 of drawn tiles.")
@blueprint.problems(404)
def get_images_tilejson(city: str, layer: str, period: str) -> Response:
    """Describe the drawn tiles (PNG) of a release, as TileJSON 3.0.0."""
    release = services().releases.find(city, layer, period)
    zooms = release.images.zooms
    told = {
        "tilejson": "3.0.0",
        "name": release.images.metadata["name"],
        "description": "; ".join(release.head["notes"].values()),
        "scheme": "xyz",
        "tiles": [f"{_root(release)}/{{z}}/{{x}}/{{y}}.png"],
        "bounds": release.head["city"]["bounds"],
        "minzoom": zooms[0],
        "maxzoom": zooms[-1],
        "vector_layers": [],
        "farola": release.head,
    }
    return keep(jsonify(told), SHORT)


@blueprint.route("/legend.svg")
@blueprint.arguments(Language, location="query")
@blueprint.response(200, {"type": "string"}, content_type=SVG, description="The colours and what they mean.")
@blueprint.problems(404)
def get_legend(asked: Mapping[str, str], city: str, layer: str) -> Response:
    """Draw the legend of a layer; it is the same for all its periods."""
    services().releases.find(city, layer, "latest")
    words = part(asked.get("language", "en"), "map")
    return keep(Response(_drawn(LAYERS[layer], words), mimetype=SVG), DAY)


@hatch.route("/hatch.json")
@hatch.response(200, {"type": "object"}, description="A sprite's index.")
def get_hatch_index() -> Response:
    """Say where in the sprite's picture the hatch is."""
    return keep(jsonify(_index(1)), DAY)


@hatch.route("/hatch@2x.json")
@hatch.response(200, {"type": "object"}, description="A sprite's index.")
def get_large_hatch_index() -> Response:
    """Say where in the sprite's picture for fine screens the hatch is."""
    return keep(jsonify(_index(2)), DAY)


@hatch.route("/hatch.png")
@hatch.response(200, BINARY, content_type=PNG, description="A sprite.")
def get_hatch() -> Response:
    """Answer the hatch as a sprite."""
    return keep(Response(_hatch(1), mimetype=PNG), DAY)


@hatch.route("/hatch@2x.png")
@hatch.response(200, BINARY, content_type=PNG, description="A sprite.")
def get_large_hatch() -> Response:
    """Answer the hatch as a sprite for fine screens."""
    return keep(Response(_hatch(2), mimetype=PNG), DAY)


def _index(ratio: int) -> dict[str, Any]:
    side = _STRIPE * ratio
    return {"hatch": {"x": 0, "y": 0, "width": side, "height": side, "pixelRatio": ratio}}


def _hatch(ratio: int) -> bytes:
    steps = np.arange(_STRIPE * ratio)
    lines = np.add.outer(steps, steps) % (_STRIPE * ratio) < 2 * ratio
    return write_png(lines.astype(np.uint8), (NOTHING, (HATCH, HATCHED)))


def _root(release: Release) -> str:
    return f"{request.url_root}v1/cities/{release.city}/layers/{release.layer}/{release.period}"


def _style(release: Release, period: str) -> dict[str, Any]:
    """Return a style; of a crossed layer, all values have layers of their own and the first is visible."""
    layer = LAYERS[release.layer]
    tilejson = f"{request.url_root}v1/cities/{release.city}/layers/{release.layer}/{period}/tilejson.json"
    if period == "latest":
        tilejson = f"{request.url_root}v1/cities/{release.city}/layers/{release.layer}/tilejson.json"
    crossed = layer.values if layer.values and layer.values[0] != COUNT else (None,)
    return {
        "version": 8,
        "name": release.tiles.metadata["name"],
        "metadata": {
            "farola:legend": legend(layer),
            "farola:legend_image": url_for(
                "styles.get_legend", city=release.city, layer=layer.name, _external=True
            ),
            "farola:release": release.head,
        },
        "sources": {"farola": {"type": "vector", "url": tilejson}},
        "sprite": f"{request.url_root}v1/hatch",
        "layers": [drawn for value in crossed for drawn in _layers(layer, value, crossed[0])],
    }


def _layers(layer: Layer, value: str | None, first: str | None) -> list[dict[str, Any]]:
    """Return how shown regions, their outlines and withheld ones are drawn, for one cross value."""
    name, paint = "-".join(filter(None, (layer.name, value))), palette_of(layer)
    shared = {
        "source": "farola",
        "source-layer": layer.name,
        "layout": {"visibility": "visible" if value == first else "none"},
    }
    of_value: list[Any] = [["==", ["get", "cross"], value]] if value else []
    colours = [step for number in range(1, _CLASSES + 1) for step in (number, _hex(paint[number][0]))]
    filled = {
        "fill-color": ["match", ["get", "class"], *colours, "#000000"],
        "fill-opacity": ["case", ["get", "pale"], _share(paint[_CLASSES + 1][1]), _share(paint[1][1])],
        "fill-antialias": False,
    }
    shown, few = ["all", ["get", "shown"], *of_value], ["all", ["!", ["get", "shown"]], *of_value]
    return [
        {"id": f"{name}-few", "type": "fill", "filter": few, "paint": {"fill-pattern": "hatch"}, **shared},
        {"id": f"{name}-shown", "type": "fill", "filter": shown, "paint": filled, **shared},
        {
            "id": f"{name}-edge",
            "type": "line",
            "filter": shown,
            "paint": {"line-color": "#ffffff", "line-width": 0.5, "line-opacity": 0.6},
            **shared,
        },
    ]


def legend(layer: Layer, words: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Return the entries of a layer's legend from fewer to more, then the paler and the hatched."""
    told, paint = words or part("en", "map"), palette_of(layer)
    ends = {1: told["map.legend.fewer"], _CLASSES: told["map.legend.more"]}
    return [
        *(
            {"class": number, "colour": _hex(paint[number][0]), "opacity": _share(paint[number][1]),
             "label": ends.get(number, "")}
            for number in range(1, _CLASSES + 1)
        ),
        {"pale": True, "colour": _hex(paint[_CLASSES + 3][0]), "opacity": _share(paint[_CLASSES + 3][1]),
         "label": told["map.legend.unsure"]},
        {"shown": False, "colour": _hex(HATCH), "opacity": _share(HATCHED), "label": told["map.legend.hatch"]},
    ]  # fmt: skip


def _drawn(layer: Layer, words: Mapping[str, str]) -> str:
    title = words["map.legend.safe" if layer is SAFE else "map.legend.density"]
    entries = legend(layer, words)
    rows = [_swatch(number, entry) for number, entry in enumerate(entries, 1)]
    high = _ROW * (len(entries) + 1) + 8
    lines = (
        '<pattern id="h" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    )
    lines += f'<rect width="2" height="8" fill="{_hex(HATCH)}"/></pattern>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{high}" viewBox="0 0 {_WIDE} {high}" '
        f'font-family="sans-serif" font-size="13" fill="#16243a"><title>{title}</title><defs>{lines}</defs>'
        f'<text x="8" y="17">{title}</text>{"".join(rows)}</svg>'
    )


def _swatch(number: int, entry: Mapping[str, Any]) -> str:
    top = number * _ROW + 4
    fill = "url(#h)" if entry.get("shown") is False else entry["colour"]
    box = f'<rect x="8" y="{top}" width="28" height="16" fill="{fill}" fill-opacity="{entry["opacity"]}"/>'
    return f'{box}<text x="44" y="{top + 13}">{entry["label"]}</text>'


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _share(opacity: int) -> float:
    return round(opacity / 255, 2)
