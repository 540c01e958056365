"""The staff's door for what the city says it did: written, published, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backend.api import staff
from backend.api.base import Blueprint
from backend.api.schemas.citynotes import NoteForm, NotesTold, NoteTold, PublishForm
from backend.domain.citynotes import ADVICE
from backend.steps import citynotes

if TYPE_CHECKING:
    from uuid import UUID

    from backend.steps.citynotes import Told

blueprint = Blueprint("review_notes", __name__, url_prefix="/v1/cities/<city:city>/review")
blueprint.after_request(staff.never_kept)

_OWN = ("id", "area", "period", "day", "texts", "state", "published_on")


@blueprint.route("/city-notes", methods=["POST"])
@blueprint.arguments(NoteForm)
@blueprint.response(201, NoteTold)
@blueprint.problems(401, 403, 503)
def write_city_note(told: dict[str, Any], city: str) -> dict[str, Any]:
    """Write what the city did in an area, as a draft; it must not quote or retell a report."""
    with staff.acting(city) as (work, actor):
        return _told(citynotes.write(work, actor, **told))


@blueprint.route("/city-notes")
@blueprint.response(200, NotesTold)
@blueprint.problems(401, 403, 503)
def read_city_notes(city: str) -> dict[str, Any]:
    """List every note and what became of it."""
    with staff.acting(city) as (work, actor):
        return {"advice": ADVICE, "notes": [_told(one) for one in citynotes.every(work, actor)]}


@blueprint.route("/city-notes/<uuid:note_id>/publish", methods=["POST"])
@blueprint.arguments(PublishForm)
@blueprint.response(204)
@blueprint.problems(401, 403, 404, 409, 503)
def publish_city_note(told: dict[str, bool], city: str, note_id: UUID) -> None:
    """Let everybody read a draft; whoever publishes vouches that it quotes no report."""
    with staff.acting(city) as (work, actor):
        citynotes.publish(work, actor, note_id, **told)


@blueprint.route("/city-notes/<uuid:note_id>/withdraw", methods=["POST"])
@blueprint.response(204)
@blueprint.problems(401, 403, 404, 409, 503)
def withdraw_city_note(city: str, note_id: UUID) -> None:
    """Take a note back; its words are gone when this answers."""
    with staff.acting(city) as (work, actor):
        citynotes.withdraw(work, actor, note_id)


def _told(one: Told) -> dict[str, Any]:
    return {name: getattr(one.note, name) for name in _OWN} | {"written_by": one.written_by}
