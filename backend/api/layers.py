"""What is published for a city, and how programs find the tiles."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request, url_for

from backend.api.base import Blueprint
from backend.api.headers import keep, open_to_all
from backend.api.schemas.citynotes import NotesPublic
from backend.api.schemas.publication import Layers, TileJson
from backend.api.services import services
from backend.domain.layers import LAYERS
from backend.store.citynotes import published
from backend.store.queries import find_city
from backend.store.releases import LATEST

if TYPE_CHECKING:
    from backend.store.releases import Release, Releases

blueprint = Blueprint(
    "layers", __name__, url_prefix="/v1/cities/<city:city>/layers", description="What is published."
)
blueprint.after_request(open_to_all)

SHORT = 60  # seconds; a new release shows within a minute


@blueprint.route("")
@blueprint.response(200, Layers)
@blueprint.problems(404)
def list_layers(city: str) -> Response:
    """List the published layers of a city with their periods."""
    releases = services().releases
    names = releases.layers(city)
    withdrawn = [release.withdrawn for release in releases.withdrawn(city)]
    if not names and not withdrawn:
        with services().public.database.session(city) as session:
            find_city(session, city)
    told = {"layers": [_layer(releases, city, name) for name in names], "withdrawn": withdrawn}
    return keep(jsonify(Layers().dump(told)), SHORT)


@blueprint.route("/notes.json")
@blueprint.response(200, NotesPublic)
@blueprint.alt_response(304, description="They are still the same.")
@blueprint.problems(404, 503)
def list_notes(city: str) -> Response:
    """List what the city says it did, area by area; of all that is published, this alone asks the database."""
    with services().public.database.session(city) as session:
        find_city(session, city)
        told = NotesPublic().dump({"notes": published(session, city)})
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    answer = Response(text, mimetype="application/json")
    answer.set_etag(sha256(text.encode()).hexdigest()[:32])
    return keep(answer, SHORT).make_conditional(request)  # type: ignore[return-value]


@blueprint.route("/<layer:layer>/tilejson.json")
@blueprint.response(200, TileJson)
@blueprint.problems(404)
def get_tilejson(city: str, layer: str) -> Response:
    """Describe the tiles of a layer's latest release, as TileJSON 3.0.0."""
    release = services().releases.find(city, layer, LATEST)
    return _described(city, release)


@blueprint.route("/<layer:layer>/<period:period>/tilejson.json")
@blueprint.response(200, TileJson)
@blueprint.problems(404)
def get_tilejson_of_period(city: str, layer: str, period: str) -> Response:
    """Describe the tiles of a layer's release of one period, as TileJSON 3.0.0."""
    return _described(city, services().releases.find(city, layer, period))


def _described(city: str, release: Release) -> Response:
    return keep(jsonify(TileJson().dump(_tilejson(city, release))), SHORT)


def _layer(releases: Releases, city: str, name: str) -> dict[str, Any]:
    layer, periods = LAYERS[name], releases.periods(city, name)
    return {
        "name": name,
        "period_kind": layer.period,
        "place": layer.place,
        "kinds": sorted(layer.kinds),
        "epsilon": str(layer.epsilon),
        "cross": list(layer.values) or None,
        "periods": periods,
        "latest": periods[-1],
        "tilejson": url_for("layers.get_tilejson", city=city, layer=name),
    }


def _tilejson(city: str, release: Release) -> dict[str, Any]:
    archive, head, withdrawn = release.tiles, release.head, release.withdrawn
    root = f"{request.url_root}v1/cities/{city}/layers/{release.layer}/{release.period}"
    zooms = {"minzoom": archive.zooms[0], "maxzoom": archive.zooms[-1]}
    geojson = f"{root}.geojson"
    return {
        "tilejson": "3.0.0",
        "name": archive.metadata["name"],
        "description": "; ".join([*([withdrawn["note"]] if withdrawn else []), *head["notes"].values()]),
        "scheme": "xyz",
        "tiles": [f"{root}/{{z}}/{{x}}/{{y}}.mvt"],
        "data": [geojson],
        "bounds": head["city"]["bounds"],
        **zooms,
        "vector_layers": [{**layer, **zooms} for layer in archive.metadata["vector_layers"]],
        "farola": {
            **head,
            "withdrawn": withdrawn,
            "images": f"{root}/{{z}}/{{x}}/{{y}}.png",
            "geojson": geojson,
            "pmtiles": f"{root}.pmtiles",
        },
    }
