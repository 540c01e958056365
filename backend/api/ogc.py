"""OGC API Features over the released regions and areas, for desktop GIS; no database is asked."""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from flask import Response, request
from marshmallow import ValidationError

from backend.api.base import Blueprint
from backend.api.cities import GEOJSON
from backend.api.headers import keep, open_to_all
from backend.api.ogc_links import (
    CONFORMS,
    JSON,
    Link,
    Named,
    collection_named,
    collections,
    described,
    landing_links,
    link,
)
from backend.api.problems import flatten, problem_of
from backend.api.schemas.ogc import Collection, Collections, Conformance, ItemsAsked, Landing, Only
from backend.errors import InvalidInput, NotFound, UnprocessableInput
from backend.store.features import features_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backend.store.features import Features
    from backend.store.releases import Release

blueprint = Blueprint("ogc", __name__, url_prefix="/ogc", description="OGC API Features.")
blueprint.after_request(open_to_all)
SHORT = 60  # seconds; a new release shows within a minute
_ADDED = ("city", "layer", "period", "period_first", "period_last")


def _as_the_standard_says(error: ValidationError | UnprocessableInput) -> Response:
    """Refuse what is unknown or wrong with 400, which the standard asks for, and name it."""
    if isinstance(error, UnprocessableInput):
        return problem_of(InvalidInput(error.detail, field=error.field))
    field, detail = next(flatten(error.messages))
    return problem_of(InvalidInput(detail, field=field or None))


for _kind in (ValidationError, UnprocessableInput):
    blueprint.register_error_handler(_kind, _as_the_standard_says)


@blueprint.route("/", strict_slashes=False)
@blueprint.arguments(Only, location="query")
@blueprint.response(200, Landing)
def get_landing_page(_asked: Mapping[str, Any]) -> Response:
    """Say what is here."""
    what = "Noisy counts of reports about unsafe public space: reported, not verified."
    return _told(Landing().dump({"title": "Farola", "description": what, "links": landing_links()}))


@blueprint.route("/conformance")
@blueprint.arguments(Only, location="query")
@blueprint.response(200, Conformance)
def get_conformance(_asked: Mapping[str, Any]) -> Response:
    """Say which classes of the standard are kept."""
    return _told({"conformsTo": CONFORMS})


@blueprint.route("/collections")
@blueprint.arguments(Only, location="query")
@blueprint.response(200, Collections)
def list_collections(_asked: Mapping[str, Any]) -> Response:
    """List the regions and areas of every city and layer."""
    links = [link("self", "/collections", "This list")]
    told = {"collections": [described(named) for named in collections()], "links": links}
    return _told(Collections().dump(told))


@blueprint.route("/collections/<string:name>")
@blueprint.arguments(Only, location="query")
@blueprint.response(200, Collection)
@blueprint.problems(404)
def get_collection(_asked: Mapping[str, Any], name: str) -> Response:
    """Describe one collection."""
    return _told(Collection().dump(described(collection_named(name))))


@blueprint.route("/collections/<string:name>/items")
@blueprint.arguments(ItemsAsked, location="query")
@blueprint.response(200, {"type": "object"}, content_type=GEOJSON, description="A feature collection.")
@blueprint.alt_response(304, description="It is still the same.")
@blueprint.problems(404)
def list_items(asked: Mapping[str, Any], name: str) -> Response:
    """List the features that touch a box and a time, some at a time."""
    named = collection_named(name)
    found = list(_found(named, asked))
    matched = sum(len(part.numbers) for part in found)
    here = list(islice(_features(found), asked["offset"], asked["offset"] + asked["limit"]))
    told = {
        "type": "FeatureCollection",
        "numberMatched": matched,
        "numberReturned": len(here),
        "features": here,
        "links": _links(named, asked, matched),
    }
    return _told(told, GEOJSON)


@blueprint.route("/collections/<string:name>/items/<string:feature>")
@blueprint.arguments(Only, location="query")
@blueprint.response(200, {"type": "object"}, content_type=GEOJSON, description="One feature.")
@blueprint.alt_response(304, description="It is still the same.")
@blueprint.problems(404)
def get_item(_asked: Mapping[str, Any], name: str, feature: str) -> Response:
    """Answer one feature by its id: its period, a point, and its id within the release."""
    named = collection_named(name)
    period, _, feature_id = feature.partition(".")
    for release in named.releases():
        features = features_of(release, named.file)
        number = features.number_of(feature_id)
        if release.period == period and number is not None:
            place = f"/collections/{named.id}"
            links = [
                link("self", f"{place}/items/{feature}", "This feature", GEOJSON),
                link("collection", place, "Its collection"),
            ]
            return _told(_dressed(release, features.told[number]) | {"links": links}, GEOJSON)
    raise NotFound("There is no such feature here.")


class _Part(NamedTuple):
    """What was found in one release."""

    release: Release
    features: Features
    numbers: Any


def _found(named: Named, asked: Mapping[str, Any]) -> Iterator[_Part]:
    for release in named.releases():
        span = release.head["period_first"], release.head["period_last"]
        asked_span = asked["datetime"]
        if asked_span and (span[0] > asked_span[1].isoformat() or span[1] < asked_span[0].isoformat()):
            continue
        features = features_of(release, named.file)
        yield _Part(release, features, features.within(asked["bbox"]))


def _features(found: list[_Part]) -> Iterator[dict[str, Any]]:
    for release, features, numbers in found:
        yield from (_dressed(release, features.told[number]) for number in numbers)


def _dressed(release: Release, feature: dict[str, Any]) -> dict[str, Any]:
    """Return a feature that says of which release it is."""
    head = release.head
    told = dict(zip(_ADDED, (release.city, *(head[name] for name in _ADDED[1:])), strict=True))
    properties = {**feature["properties"], **told}
    return {**feature, "id": f"{release.period}.{feature['id']}", "properties": properties}


def _links(named: Named, asked: Mapping[str, Any], matched: int) -> list[Link]:
    """Return the links of a page; the ones to its neighbours repeat all that was asked."""
    place, start, many = f"/collections/{named.id}", asked["offset"], asked["limit"]
    links = [
        _page(place, start, many, "self", "This page"),
        link("collection", place, "The collection", JSON),
    ]
    if start + many < matched:
        links.append(_page(place, start + many, many, "next", "The next page"))
    if start:
        links.append(_page(place, max(0, start - many), many, "prev", "The page before"))
    return links


def _page(place: str, start: int, many: int, rel: str, title: str) -> Link:
    kept = {name: value for name, value in request.args.items() if name not in {"offset", "limit"}}
    query = urlencode(kept | {"limit": many, "offset": start}, safe=",:/")
    return link(rel, f"{place}/items?{query}", title, GEOJSON)


def _told(told: Any, kind: str = JSON) -> Response:
    """Answer JSON under a strong ETag: the same question gives the same bytes until something is released."""
    data = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    answer = Response(data, mimetype=kind)
    answer.set_etag(sha256(data).hexdigest()[:32])
    return keep(answer, SHORT).make_conditional(request)  # type: ignore[return-value]
