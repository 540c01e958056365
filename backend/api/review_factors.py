"""The door where staff add and remove their own second factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backend.api import staff
from backend.api.base import Blueprint
from backend.api.schemas.factors import CodeForm, Factors, KeyOptions, MadeForm, OfferedApp
from backend.api.schemas.staff import Session
from backend.api.services import services
from backend.steps import factors

if TYPE_CHECKING:
    from uuid import UUID

blueprint = Blueprint("review_factors", __name__, url_prefix="/v1/cities/<city:city>/review/factors")
blueprint.after_request(staff.never_kept)


@blueprint.route("")
@blueprint.response(200, Factors)
@blueprint.problems(401, 503)
def list_factors(city: str) -> factors.Mine:
    """List the account's second factors."""
    told, _ = staff.token()
    with staff.acting(city, unfinished=True) as (work, _):
        return factors.mine(work, told)


@blueprint.route("/apps", methods=["POST"])
@blueprint.response(201, OfferedApp)
@blueprint.problems(401, 403, 409, 503)
def offer_app(city: str) -> factors.Offered:
    """Get a secret for an authenticator app, which is told once and counts once a code of it was sent."""
    told, _ = staff.token()
    with staff.acting(city, unfinished=True) as (work, _):
        return factors.offer_app(work, services().sealing_staff, told)


@blueprint.route("/apps/<uuid:factor_id>/code", methods=["POST"])
@blueprint.arguments(CodeForm)
@blueprint.response(200, Session)
@blueprint.problems(401, 403, 404, 409, 503)
def confirm_app(told: dict[str, Any], city: str, factor_id: UUID) -> dict[str, Any]:
    """Send a first code, from which on the app counts. The token changes, other sessions end."""
    token, _ = staff.token()
    with staff.acting(city, unfinished=True) as (work, _):
        login = factors.confirm_app(work, services().sealing_staff, token, factor_id, told["code"])
    return staff.begun(city, login)


@blueprint.route("/key-challenge", methods=["POST"])
@blueprint.response(200, KeyOptions)
@blueprint.problems(401, 403, 409, 503)
def offer_key(city: str) -> dict[str, Any]:
    """Ask for what a browser needs to make a security key. It is good for one try."""
    told, _ = staff.token()
    with staff.acting(city, unfinished=True) as (work, _):
        return {"options": factors.offer_key(work, staff.site(), told)}


@blueprint.route("/keys", methods=["POST"])
@blueprint.arguments(MadeForm)
@blueprint.response(201, Session)
@blueprint.problems(401, 403, 409, 503)
def add_key(told: dict[str, Any], city: str) -> dict[str, Any]:
    """Add a security key. The token changes, other sessions end."""
    token, _ = staff.token()
    with staff.acting(city, unfinished=True) as (work, _):
        login = factors.add_key(work, staff.site(), token, told)
    return staff.begun(city, login)


@blueprint.route("/<uuid:factor_id>", methods=["DELETE"])
@blueprint.response(204)
@blueprint.problems(401, 403, 404, 409, 503)
def remove_factor(city: str, factor_id: UUID) -> None:
    """Remove a second factor of one's own; other sessions end."""
    told, _ = staff.token()
    with staff.acting(city, unfinished=True) as (work, _):
        factors.remove(work, told, factor_id)
