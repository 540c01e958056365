"""The moderators' door for messages: which residents wait for an answer, one thread, answering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask.views import MethodView

from backend.api import staff
from backend.api.base import Blueprint
from backend.api.schemas.receipts import MessageIn
from backend.api.schemas.reports import IdempotencyKey
from backend.api.schemas.review_messages import Said, Thread, Unanswered, UnansweredQuery
from backend.api.services import services
from backend.api.strict import needed
from backend.steps import replies

if TYPE_CHECKING:
    from uuid import UUID

    from backend.store import messages

blueprint = Blueprint("review_messages", __name__, url_prefix="/v1/cities/<city:city>/review")
blueprint.after_request(staff.never_kept)


@blueprint.route("/messages")
@blueprint.arguments(UnansweredQuery, location="query")
@blueprint.response(200, Unanswered)
@blueprint.problems(401, 403, 503)
def read_unanswered(told: dict[str, Any], city: str) -> dict[str, Any]:
    """List the reports, closed ones too, on which the resident wrote last, oldest first."""
    with staff.acting(city) as (work, actor):
        return {"reports": replies.unanswered(work, actor, told["limit"])}


@blueprint.route("/reports/<uuid:report_id>/messages")
class ReviewMessages(MethodView):
    """What a resident and the moderators say to each other about one report."""

    @blueprint.response(200, Thread)
    @blueprint.problems(401, 403, 404, 503)
    def get(self, city: str, report_id: UUID) -> dict[str, Any]:
        """Read the messages as they were written; every look at any is noted in the trail."""
        with staff.acting(city) as (work, actor):
            said = replies.read(work, services().keys, actor, report_id)
        return {"messages": [_told(one) for one in said]}

    @blueprint.arguments(IdempotencyKey, location="headers", as_kwargs=True)
    @blueprint.arguments(MessageIn)
    @blueprint.response(201, Said)
    @blueprint.problems(401, 403, 404, 409, 503)
    def post(
        self, told: dict[str, str], city: str, report_id: UUID, key: str | None = None
    ) -> dict[str, Any]:
        """Answer the resident; a retry with the same key adds nothing."""
        reply = replies.Reply(needed("Idempotency-Key", key), told["text"])
        with staff.acting(city) as (work, actor):
            return _told(replies.send(work, services().keys, actor, report_id, reply))


def _told(said: messages.Said) -> dict[str, Any]:
    return {"number": said.number, "from": said.author, "on": said.day, "text": said.text, "by": said.by}
