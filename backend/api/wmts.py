"""WMTS 1.0.0 capabilities of a city's drawn tiles, which desktop GIS list as layers with their periods."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from flask import Response, request

from backend.api.base import Blueprint
from backend.api.headers import keep, open_to_all
from backend.api.layers import SHORT
from backend.api.services import services
from backend.errors import NotFound
from backend.store.releases import LATEST

if TYPE_CHECKING:
    from backend.store.releases import Release

blueprint = Blueprint("wmts", __name__, url_prefix="/v1/cities/<city:city>", description="Tiles for GIS.")
blueprint.after_request(open_to_all)

XML = "application/xml"
_SPACES = {
    "xmlns": "http://www.opengis.net/wmts/1.0",
    "xmlns:ows": "http://www.opengis.net/ows/1.1",
    "xmlns:xlink": "http://www.w3.org/1999/xlink",
}
_SET = "WebMercator"
_EDGE = math.pi * 6378137  # metres from the middle of the map to its edge
_COARSEST = 559_082_264.0287178  # the scale at zoom 0, with pixels of 0.28 mm


@blueprint.route("/wmts.xml")
@blueprint.response(200, {"type": "string"}, content_type=XML, description="Capabilities, RESTful.")
@blueprint.problems(404)
def get_capabilities(city: str) -> Response:
    """Describe a city's drawn tiles as WMTS, a layer for each of what is published, periods as a dimension."""
    releases = services().releases
    newest = [releases.find(city, name, LATEST) for name in releases.layers(city)]
    if not newest:
        raise NotFound("Nothing is published for this city.")
    root = ET.Element("Capabilities", {**_SPACES, "version": "1.0.0"})
    service = _add(root, "ows:ServiceIdentification")
    _add(service, "ows:Title", f"Farola: {newest[0].head['city']['name']}")
    _add(service, "ows:Abstract", "; ".join(newest[0].head["notes"].values()))
    _add(service, "ows:ServiceType", "OGC WMTS")
    _add(service, "ows:ServiceTypeVersion", "1.0.0")
    contents = _add(root, "Contents")
    for release in newest:
        _layer(contents, release, releases.periods(city, release.layer))
    _matrices(contents, newest[0].images.zooms)
    _add(root, "ServiceMetadataURL").set("xlink:href", request.base_url)
    data = ET.tostring(root, "utf-8", xml_declaration=True)
    return keep(Response(data, mimetype=XML), SHORT)


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, name, attributes)
    child.text = text
    return child


def _layer(contents: ET.Element, release: Release, periods: list[str]) -> None:
    head, layer = release.head, _add(contents, "Layer")
    _add(layer, "ows:Title", f"{head['city']['name']}: {release.layer}")
    _add(layer, "ows:Abstract", "; ".join(head["notes"].values()))
    west, south, east, north = head["city"]["bounds"]
    box = _add(layer, "ows:WGS84BoundingBox")
    _add(box, "ows:LowerCorner", f"{west} {south}")
    _add(box, "ows:UpperCorner", f"{east} {north}")
    _add(layer, "ows:Identifier", release.layer)
    style = _add(layer, "Style", isDefault="true")
    _add(style, "ows:Identifier", "default")
    root = f"{request.url_root}v1/cities/{release.city}/layers/{release.layer}"
    legend = _add(style, "LegendURL", format="image/svg+xml")
    legend.set("xlink:href", f"{root}/legend.svg")
    _add(layer, "Format", "image/png")
    dimension = _add(layer, "Dimension")
    _add(dimension, "ows:Identifier", "Period")
    _add(dimension, "Default", release.period)
    for period in reversed(periods):
        _add(dimension, "Value", period)
    _add(_add(layer, "TileMatrixSetLink"), "TileMatrixSet", _SET)
    template = f"{root}/{{Period}}/{{TileMatrix}}/{{TileCol}}/{{TileRow}}.png"
    _add(layer, "ResourceURL", format="image/png", resourceType="tile", template=template)


def _matrices(contents: ET.Element, zooms: range) -> None:
    matrices = _add(contents, "TileMatrixSet")
    _add(matrices, "ows:Identifier", _SET)
    _add(matrices, "ows:SupportedCRS", "urn:ogc:def:crs:EPSG::3857")
    for zoom in zooms:
        matrix = _add(matrices, "TileMatrix")
        _add(matrix, "ows:Identifier", str(zoom))
        _add(matrix, "ScaleDenominator", repr(_COARSEST / (1 << zoom)))
        _add(matrix, "TopLeftCorner", f"{-_EDGE!r} {_EDGE!r}")
        for name, number in (("TileWidth", 256), ("TileHeight", 256)):
            _add(matrix, name, str(number))
        for name in ("MatrixWidth", "MatrixHeight"):
            _add(matrix, name, str(1 << zoom))
