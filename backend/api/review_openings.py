"""The moderators' door for opening what is sealed, by two: asking, allowing, looking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from backend.api import review_answers, staff
from backend.api.base import Blueprint
from backend.api.schemas.review_openings import AnswerForm, Opened, OpeningForm, Openings, OpeningTold
from backend.api.services import services
from backend.domain.openings import Sought
from backend.steps import openings

if TYPE_CHECKING:
    from uuid import UUID

blueprint = Blueprint("review_openings", __name__, url_prefix="/v1/cities/<city:city>/review")
blueprint.after_request(staff.never_kept)

_BYTES = "application/octet-stream"


@blueprint.route("/reports/<uuid:report_id>/openings", methods=["POST"])
@blueprint.arguments(OpeningForm)
@blueprint.response(201, OpeningTold)
@blueprint.problems(401, 403, 404, 409, 503)
def ask_opening(told: dict[str, Any], city: str, report_id: UUID) -> dict[str, Any]:
    """Ask to see the words, the exact place or a photo as they were sent."""
    what = Sought(told.pop("what"))
    with staff.acting(city) as (work, actor):
        return review_answers.opening(openings.ask(work, actor, report_id, what, **told), actor)


@blueprint.route("/openings")
@blueprint.response(200, Openings)
@blueprint.problems(401, 403, 503)
def read_openings(city: str) -> dict[str, Any]:
    """List what is asked or open right now."""
    with staff.acting(city) as (work, actor):
        told = openings.pending(work, actor)
        return {"openings": [review_answers.opening(one, actor) for one in told]}


@blueprint.route("/openings/<uuid:opening_id>/answer", methods=["POST"])
@blueprint.arguments(AnswerForm)
@blueprint.response(204)
@blueprint.problems(401, 403, 404, 409, 503)
def answer_opening(told: dict[str, bool], city: str, opening_id: UUID) -> None:
    """Allow or refuse what somebody else asked for; it stands open for fifteen minutes."""
    with staff.acting(city) as (work, actor):
        openings.answer(work, actor, opening_id, grant=told["grant"])


@blueprint.route("/openings/<uuid:opening_id>/content")
@blueprint.response(200, Opened)
@blueprint.problems(401, 403, 404, 409, 503)
def read_opened(city: str, opening_id: UUID) -> dict[str, Any]:
    """Read opened words, or an exact place; every look leaves an entry in the trail."""
    with staff.acting(city) as (work, actor):
        return {"content": openings.read(work, services().keys, actor, opening_id)}


@blueprint.route("/openings/<uuid:opening_id>/photo")
@blueprint.response(200, content_type=_BYTES)
@blueprint.problems(401, 403, 404, 409, 503)
def read_opened_photo(city: str, opening_id: UUID) -> Response:
    """Save an opened photo, byte for byte as it was sent and never shown in place."""
    with staff.acting(city) as (work, actor):
        found = openings.read_photo(work, services().keys, services().blobs, actor, opening_id)
    headers = {"Content-Disposition": "attachment; filename=photo.bin", "X-Content-Type-Options": "nosniff"}
    return Response(found, mimetype=_BYTES, headers=headers)
