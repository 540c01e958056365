"""Tiles of releases, straight from their files: nothing here asks the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from flask import Response, request

from backend.api.base import Blueprint
from backend.api.headers import keep, open_to_all
from backend.api.services import services
from backend.domain.colours import NOTHING
from backend.domain.png import write_png
from backend.errors import UnprocessableInput
from backend.store.releases import IMAGES, LATEST, VECTOR

if TYPE_CHECKING:
    from backend.config import Settings

blueprint = Blueprint(
    "tiles", __name__, url_prefix="/v1/cities/<city:city>/layers/<layer:layer>", description="Tiles."
)
blueprint.after_request(open_to_all)


@blueprint.before_request
def refuse_conditions_of_writers() -> None:
    """What is published is only read: a failed condition would send the bytes with a 412."""
    for name in ("If-Match", "If-Unmodified-Since"):
        if name in request.headers:
            raise UnprocessableInput("This is only read here; send If-None-Match instead.", field=name)


MVT, PNG = "application/vnd.mapbox-vector-tile", "image/png"
YEAR, MINUTES = 31_536_000, 300
BINARY = {"type": "string", "format": "binary"}
_TILE = "/<period:period>/<number:z>/<number:x>/<number:y>"


CLEAR = write_png(np.zeros((256, 256), dtype=np.uint8), (NOTHING,))


@blueprint.route(f"{_TILE}.mvt")
@blueprint.response(200, BINARY, content_type=MVT, description="A vector tile; no bytes where nothing lies.")
@blueprint.alt_response(304, description="It is still the same.")
@blueprint.problems(404)
def get_vector_tile(city: str, layer: str, period: str, *, z: int, x: int, y: int) -> Response:
    """Answer a vector tile (MVT) of a period, or of the latest."""
    release = services().releases.find(city, layer, period)
    archive, tag = release.tiles, release.tag(VECTOR)
    packed = request.accept_encodings["gzip"] > 0
    answer = Response(archive.packed(z, x, y) if packed else archive.plain(z, x, y), mimetype=MVT)
    answer.headers["Vary"] = "Accept-Encoding"
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    return kept(answer, f"{tag}-gzip" if packed else tag, period)


@blueprint.route(f"{_TILE}.png")
@blueprint.response(200, BINARY, content_type=PNG, description="A picture of 256 by 256 pixels.")
@blueprint.alt_response(304, description="It is still the same.")
@blueprint.problems(404)
def get_image_tile(city: str, layer: str, period: str, *, z: int, x: int, y: int) -> Response:
    """Answer a drawn tile (PNG) of a period, or of the latest."""
    release = services().releases.find(city, layer, period)
    return kept(Response(release.images.tile(z, x, y) or CLEAR, mimetype=PNG), release.tag(IMAGES), period)


def kept(answer: Response, tag: str, period: str) -> Response:
    """Name the bytes of an answer, so that who has them is told nothing new, and let caches keep them."""
    answer.set_etag(tag)
    return lasting(answer, period).make_conditional(request)  # type: ignore[return-value]


def lasting(answer: Response, period: str) -> Response:
    """Let caches keep a named period for ever: it is never drawn again."""
    if period == LATEST or not is_immutable(services().settings):
        return keep(answer, MINUTES)
    return keep(answer, YEAR, immutable=True)


def is_immutable(settings: Settings) -> bool:
    """Say whether a named period is never drawn again.

    With a clock that can be moved it may be, since each demo draws the same periods anew.
    """
    return settings.clock_file is None
