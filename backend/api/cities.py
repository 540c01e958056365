"""Cities: the list, what a form needs to know of one, and its lines on the map."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flask import Response, request
from sqlalchemy import func, select

from backend.api.base import Blueprint
from backend.api.headers import keep, open_to_all
from backend.api.schemas.cities import Cities, CityTold, Language
from backend.api.services import services
from backend.domain.audit import QUESTIONS
from backend.domain.cityform import form_words, help_lines, offered, offered_to_children
from backend.domain.taxonomy import Kind
from backend.domain.words import say
from backend.store.models import Area, City
from backend.store.queries import find_city

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("cities", __name__, url_prefix="/v1/cities", description="Cities and their lines.")
blueprint.after_request(open_to_all)

GEOJSON = "application/geo+json"
HOUR = 3600  # seconds that caches keep lines that may change some day
_KEPT = {"Cache-Control": "public, max-age=300"}
_DIGITS = 6  # of a degree: about ten centimetres


@blueprint.route("")
@blueprint.response(200, Cities)
def list_cities() -> tuple[dict[str, Any], dict[str, str]]:
    """List the cities served here."""
    with services().public.database.session("") as session:
        rows = session.execute(select(City, *_edges()).order_by(City.city_id)).all()
    return {"cities": [_listed(city, edges) for city, *edges in rows]}, _KEPT


@blueprint.route("/<city:city>")
@blueprint.arguments(Language, location="query")
@blueprint.response(200, CityTold)
@blueprint.problems(404)
def get_city(asked: dict[str, str], city: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Tell what a form needs: categories, questions, help lines and the promise."""
    with services().public.database.session(city) as session:
        found = find_city(session, city)
        edges = session.execute(select(*_edges()).where(City.city_id == city)).one()
    return _listed(found, list(edges)) | _form(found, asked.get("language")), _KEPT


@blueprint.route("/<city:city>/boundary.geojson")
@blueprint.response(
    200,
    {"type": "object"},
    content_type=GEOJSON,
    description="A feature collection: the city first, then its areas with `code` and `name`.",
)
@blueprint.problems(404)
def get_boundary(city: str) -> Response:
    """Answer the outlines of a city and its areas."""
    with services().public.database.session(city) as session:
        text = json.dumps(_boundary(session, city), ensure_ascii=False, separators=(",", ":"))
    answer = Response(text, mimetype=GEOJSON)
    answer.set_etag(sha256(text.encode()).hexdigest()[:32])
    return keep(answer, HOUR).make_conditional(request)  # type: ignore[return-value]


def _form(city: City, language: str | None) -> dict[str, Any]:
    """Return what a form shows, in one language or in all that the city speaks."""
    first = language or city.languages[0]
    return {
        "timezone": city.timezone,
        "categories": {kind: offered(city.policy, kind) for kind in Kind},
        "child": offered_to_children(city.policy),
        "audit": QUESTIONS,
        "leave_url": city.policy.get("leave_url"),
        "help_lines": help_lines(city.help_lines, first) if language else _every_name(city, first),
        "privacy": say(first, "promise"),
        "words": {one: form_words(city.policy, one) for one in ([language] if language else city.languages)},
    }


def _every_name(city: City, first: str) -> list[dict[str, Any]]:
    """Return the help lines as in the city's first language, with their names and texts in the others."""
    resolved = zip(city.help_lines, help_lines(city.help_lines, first), strict=True)
    return [
        {name: line[name] for name in ("names", "texts") if name in line} | said for line, said in resolved
    ]


def _edges() -> tuple[Any, ...]:
    names = ("ST_XMin", "ST_YMin", "ST_XMax", "ST_YMax")
    return tuple(getattr(func, name)(City.boundary) for name in names)


def _listed(city: City, edges: list[float]) -> dict[str, Any]:
    bounds = [round(edge, _DIGITS) for edge in edges]
    return {"id": city.city_id, "name": city.name, "bounds": bounds, "languages": city.languages}


def _boundary(session: Session, city_id: str) -> dict[str, Any]:
    city = find_city(session, city_id)
    outline = session.scalar(select(func.ST_AsGeoJSON(City.boundary, _DIGITS)).where(City.city_id == city_id))
    areas = session.execute(
        select(Area.code, Area.name, func.ST_AsGeoJSON(Area.boundary, _DIGITS))
        .where(Area.city_id == city_id)
        .order_by(Area.code)
    )
    features = [_feature(outline, name=city.name)]
    features += [_feature(geometry, code=code, name=name) for code, name, geometry in areas]
    return {"type": "FeatureCollection", "features": features}


def _feature(geometry: str | None, **properties: str) -> dict[str, Any]:
    return {"type": "Feature", "geometry": json.loads(geometry or "null"), "properties": properties}
