"""The moderators' door for what concerns decided reports, and many reports at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backend.api import staff
from backend.api.base import Blueprint
from backend.api.review import summaries
from backend.api.schemas.review import Summary
from backend.api.schemas.review_moves import BulkAnswers, BulkForm, ReversalForm
from backend.api.services import services
from backend.domain.workflow import Verdict
from backend.errors import Conflict, NotAllowed, NotFound, UnprocessableInput
from backend.steps import review
from backend.store.verdicts import Judgement

if TYPE_CHECKING:
    from uuid import UUID

blueprint = Blueprint("review_moves", __name__, url_prefix="/v1/cities/<city:city>/review")
blueprint.after_request(staff.never_kept)


@blueprint.route("/reports/<uuid:report_id>/reversal", methods=["POST"])
@blueprint.arguments(ReversalForm)
@blueprint.response(200, Summary)
@blueprint.problems(401, 403, 404, 409, 503)
def reverse(told: dict[str, Any], city: str, report_id: UUID) -> dict[str, Any]:
    """Reverse a decision that was not counted yet, as a new event with a reason; it is decided anew."""
    judgement = Judgement(Verdict.REVERSE, **told)
    with staff.acting(city) as (work, actor):
        report = review.reverse(work, services().keys, actor, report_id, judgement)
        return summaries(work, actor, report)[0]


@blueprint.route("/bulk-decision", methods=["POST"])
@blueprint.arguments(BulkForm)
@blueprint.response(200, BulkAnswers)
@blueprint.problems(401, 403, 503)
def decide_many(told: dict[str, Any], city: str) -> dict[str, Any]:
    """Give one verdict on many reports, each in a transaction of its own and answered on its own."""
    ids = told.pop("reports")
    judgement = Judgement(Verdict(told.pop("verdict")), **told)
    with staff.acting(city) as (work, actor):
        review.check_for_many(work, actor, judgement)
    return {"reports": [_one_of_many(city, report_id, judgement) for report_id in ids]}


def _one_of_many(city: str, report_id: UUID, judgement: Judgement) -> dict[str, Any]:
    try:
        with staff.acting(city) as (work, actor):
            report = review.decide_at_once(work, services().keys, actor, report_id, judgement)
            return {"id": report_id, "state": report.state, "problem": None}
    except (Conflict, NotAllowed, NotFound, UnprocessableInput) as refused:
        return {"id": report_id, "state": None, "problem": refused.detail}
