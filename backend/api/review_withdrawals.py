"""The staff's door for taking a release back, by two: asking, and agreeing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backend.api import staff
from backend.api.base import Blueprint
from backend.api.schemas.review_openings import AnswerForm
from backend.api.schemas.review_withdrawals import WithdrawalForm, Withdrawals, WithdrawalTold
from backend.steps import withdrawals

if TYPE_CHECKING:
    from uuid import UUID

    from backend.domain.permissions import Actor
    from backend.steps.withdrawals import Told

blueprint = Blueprint("review_withdrawals", __name__, url_prefix="/v1/cities/<city:city>/review")
blueprint.after_request(staff.never_kept)

_OWN = ("id", "layer", "period", "reason", "corrects", "state", "until")


@blueprint.route("/withdrawals", methods=["POST"])
@blueprint.arguments(WithdrawalForm)
@blueprint.response(201, WithdrawalTold)
@blueprint.problems(401, 403, 404, 409, 503)
def ask_withdrawal(told: dict[str, Any], city: str) -> dict[str, Any]:
    """Ask to take a release back, and to draw the map once more from its reserve where that is possible."""
    with staff.acting(city) as (work, actor):
        return _told(withdrawals.ask(work, actor, **told), actor)


@blueprint.route("/withdrawals")
@blueprint.response(200, Withdrawals)
@blueprint.problems(401, 403, 503)
def read_withdrawals(city: str) -> dict[str, Any]:
    """List what was asked, and how far it has come."""
    with staff.acting(city) as (work, actor):
        return {"withdrawals": [_told(one, actor) for one in withdrawals.every(work, actor)]}


@blueprint.route("/withdrawals/<uuid:withdrawal_id>/answer", methods=["POST"])
@blueprint.arguments(AnswerForm)
@blueprint.response(204)
@blueprint.problems(401, 403, 404, 409, 503)
def answer_withdrawal(told: dict[str, bool], city: str, withdrawal_id: UUID) -> None:
    """Agree to what somebody else asked for, or refuse it; workers do the rest within a minute."""
    with staff.acting(city) as (work, actor):
        withdrawals.answer(work, actor, withdrawal_id, grant=told["grant"])


def _told(one: Told, actor: Actor) -> dict[str, Any]:
    row = one.withdrawal
    return {name: getattr(row, name) for name in _OWN} | {
        "asked_by": one.asked_by,
        "answered_by": one.answered_by,
        "mine": row.asked_by == actor.account_id,
    }
