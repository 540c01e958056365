"""The door for challenges: what must be answered before a report is taken in."""

from __future__ import annotations

from typing import Any

from backend.api.base import Blueprint
from backend.api.proof import client_address, make_challenge
from backend.api.schemas.challenge import Challenge, Wanted
from backend.api.services import services
from backend.store.standing import standing

blueprint = Blueprint("challenge", __name__, url_prefix="/v1/cities/<city:city>/challenge")


@blueprint.route("")
@blueprint.arguments(Wanted, location="query")
@blueprint.response(200, Challenge)
@blueprint.problems(404, 503)
def get_challenge(asked: dict[str, int], city: str) -> dict[str, Any]:
    """Tell what work to do before a report; the more come, the harder, and nobody is refused."""
    database, now = services().works("residents").database, services().clock.now()
    standing(database, city, now)  # nobody should work for a city that is not there
    needed = services().crowd.came(now, client_address(), busy=database.is_busy)
    return make_challenge(city, max(asked["level"], needed))
