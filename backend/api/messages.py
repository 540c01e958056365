"""The residents' door for messages: the thread of one report, for who holds its receipt."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from backend.api import holder
from backend.api.base import Blueprint
from backend.api.schemas.receipts import Message, MessageIn, Messages
from backend.api.schemas.reports import IdempotencyKey
from backend.api.services import services
from backend.api.strict import needed
from backend.steps import messages

blueprint = Blueprint("messages", __name__, url_prefix="/v1/cities/<city:city>/receipt/messages")


@blueprint.route("")
class ReceiptMessages(MethodView):
    """What a resident and the moderators say to each other about one report."""

    @blueprint.response(200, Messages)
    @blueprint.problems(401, 404, 503)
    def get(self, city: str) -> dict[str, Any]:
        """Read the messages; each is sealed to the phone that left a reply_key."""
        with services().works("residents").open(city) as work:
            return {"messages": messages.read(work, services().pepper, holder.receipt())}

    @blueprint.arguments(IdempotencyKey, location="headers", as_kwargs=True)
    @blueprint.arguments(MessageIn)
    @blueprint.response(201, Message)
    @blueprint.problems(401, 404, 409, 503)
    def post(self, told: dict[str, str], city: str, key: str | None = None) -> dict[str, Any]:
        """Write to the moderators; a retry with the same key adds nothing."""
        attempt = messages.Attempt(needed("Idempotency-Key", key), told["text"])
        with services().works("residents").open(city) as work:
            return messages.send(work, services().pepper, holder.receipt(), attempt)
