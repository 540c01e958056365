"""Service discovery: where the door is, and what it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from backend.api.headers import keep
from backend.api.open311.base import FORM, ROOT, answer, blueprint

if TYPE_CHECKING:
    from flask import Response

KEPT_SECONDS = 300
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
# When the services or this document last changed; clients compare it as text.
CHANGESET = "2026-11-22T00:00:00Z"


@blueprint.route(f"/discovery.{FORM}")
def discovery(form: str) -> Response:
    """Tell which endpoint is served, since when, in which formats."""
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{request.host_url.rstrip('/')}{ROOT}/v2",
        "changeset": CHANGESET,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    told = {
        "changeset": CHANGESET,
        "contact": "Ask the city that this server names as jurisdiction_id.",
        "key_service": "The city's operator hands out importer keys; one is the api_key.",
        "endpoints": [endpoint],
    }
    return keep(answer("discovery", told, form), KEPT_SECONDS)
