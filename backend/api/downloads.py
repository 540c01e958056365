"""Whole releases as files: regions in four formats, and the archive of tiles, whole or in parts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Response, request, send_file

from backend.api.base import Blueprint
from backend.api.cities import GEOJSON
from backend.api.headers import keep, open_to_all
from backend.api.services import services
from backend.api.tiles import BINARY, MINUTES, lasting, refuse_conditions_of_writers
from backend.store.releases import REGIONS, VECTOR

if TYPE_CHECKING:
    from backend.store.releases import Release

blueprint = Blueprint(
    "downloads",
    __name__,
    url_prefix="/v1/cities/<city:city>/layers/<layer:layer>",
    description="Whole releases.",
)
blueprint.before_request(refuse_conditions_of_writers)
blueprint.after_request(open_to_all)


class Format(NamedTuple):
    """A way in which a release can be had: its file, its media type and its name for people."""

    file: str
    kind: str
    title: str


FORMATS = {
    "geojson": Format(REGIONS, GEOJSON, "GeoJSON"),
    "gpkg": Format("regions.gpkg", "application/geopackage+sqlite3", "GeoPackage"),
    "csv": Format("regions.csv", "text/csv; charset=utf-8", "CSV"),
    "parquet": Format("regions.parquet", "application/vnd.apache.parquet", "GeoParquet"),
    "pmtiles": Format(VECTOR, "application/vnd.pmtiles", "PMTiles"),
}


@blueprint.route("/<period:period>.geojson")
@blueprint.response(
    200, {"type": "object"}, content_type=GEOJSON, description="A feature collection of the regions."
)
@blueprint.alt_response(304, description="It is still the same.")
@blueprint.problems(404)
def download_regions(city: str, layer: str, period: str) -> Response:
    """Answer the regions of a release as GeoJSON."""
    return _file(city, layer, period, "geojson")


@blueprint.route("/<period:period>.gpkg")
@blueprint.response(200, BINARY, content_type=FORMATS["gpkg"].kind, description="One table of the regions.")
@blueprint.alt_response(304, description="It is still the same.")
@blueprint.problems(404)
def download_geopackage(city: str, layer: str, period: str) -> Response:
    """Answer the regions of a release as GeoPackage, for desktop GIS."""
    return _file(city, layer, period, "gpkg")


@blueprint.route("/<period:period>.csv")
@blueprint.response(200, {"type": "string"}, content_type="text/csv", description="A row for each region.")
@blueprint.alt_response(304, description="It is still the same.")
@blueprint.problems(404)
def download_table(city: str, layer: str, period: str) -> Response:
    """Answer the regions of a release as CSV, for spreadsheets; outlines are WKT."""
    return _file(city, layer, period, "csv")


@blueprint.route("/<period:period>.parquet")
@blueprint.response(200, BINARY, content_type=FORMATS["parquet"].kind, description="A row for each region.")
@blueprint.alt_response(304, description="It is still the same.")
@blueprint.problems(404)
def download_parquet(city: str, layer: str, period: str) -> Response:
    """Answer the regions of a release as GeoParquet, for statistics programs."""
    return _file(city, layer, period, "parquet")


@blueprint.route("/<period:period>.pmtiles")
@blueprint.response(
    200, BINARY, content_type=FORMATS["pmtiles"].kind, description="The archive of all vector tiles."
)
@blueprint.alt_response(
    206,
    schema=BINARY,
    content_type=FORMATS["pmtiles"].kind,
    description="The part that `Range` asked for.",
)
@blueprint.alt_response(304, description="It is still the same.")
@blueprint.problems(404, 416)
def download_tiles(city: str, layer: str, period: str) -> Response:
    """Answer the vector tiles of a release in one PMTiles file, whole or in parts."""
    return _file(city, layer, period, "pmtiles")


def _file(city: str, layer: str, period: str, ending: str) -> Response:
    release = services().releases.find(city, layer, period)
    name, kind, _ = FORMATS[ending]
    path, tag = release.file(name), release.tag(name)
    told = f"{release.city}-{release.layer}-{release.period}.{ending}"
    answer = send_file(path, kind, download_name=told, conditional=True, etag=tag)
    withdrawn = release.withdrawn
    return lasting(answer, period) if withdrawn is None else _taken_back(answer, release, ending, withdrawn)


def _taken_back(answer: Response, release: Release, ending: str, withdrawn: dict[str, Any]) -> Response:
    """Say beside the same bytes that they should not be used any more, and what stands instead (RFC 9745, 5829)."""
    root = f"{request.url_root}v1/cities/{release.city}/layers/{release.layer}"
    if withdrawn["withdrawn_on"]:
        day = datetime.combine(date.fromisoformat(withdrawn["withdrawn_on"]), time(), UTC)
        answer.headers["Deprecation"] = f"@{int(day.timestamp())}"
    answer.headers.add("Link", f'<{root}/{release.period}/tilejson.json>; rel="deprecation"')
    if withdrawn["corrected_by"]:
        other = f"{root}/{withdrawn['corrected_by']}.{ending}"
        answer.headers.add("Link", f'<{other}>; rel="successor-version"')
    return keep(answer, MINUTES)
