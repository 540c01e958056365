"""The moderators' door for what a desk looks up: how the work goes, what lies near, what was decided last."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from backend.api import staff
from backend.api.base import Blueprint
from backend.api.review import summaries
from backend.api.schemas.review_desk import Decided, DecidedQuery, Figures, Near
from backend.api.services import services
from backend.domain.permissions import Permission
from backend.store import waiting, worked
from backend.store.leases import locked

if TYPE_CHECKING:
    from uuid import UUID

    from backend.store.work import Work

# Seconds for which figures are told again; they are read by every desk, and hardly change meanwhile.
_KEPT = 30.0

blueprint = Blueprint("review_desk", __name__, url_prefix="/v1/cities/<city:city>/review")
blueprint.after_request(staff.never_kept)


@blueprint.route("/figures")
@blueprint.response(200, Figures)
@blueprint.problems(401, 403, 503)
def read_figures(city: str) -> dict[str, Any]:
    """Tell how the city's work goes: counts of a day, nothing about one report or one moderator."""
    with staff.acting(city) as (work, actor):
        actor.need(Permission.REVIEW)
        return _figures(work)


def _figures(work: Work) -> dict[str, Any]:
    kept = services().works("staff").database.kept
    key = f"figures {work.city_id}"
    until, told = kept.get(key, (0.0, {}))
    if time.monotonic() >= until:
        found = worked.figures(work)
        told = asdict(found) | {"action_rate": found.action_rate}
        kept[key] = (time.monotonic() + _KEPT, told)
    return dict(told)


@blueprint.route("/reports/<uuid:report_id>/near")
@blueprint.response(200, Near)
@blueprint.problems(401, 403, 404, 503)
def read_near(city: str, report_id: UUID) -> dict[str, Any]:
    """List the newest other reports of the same cell within 90 days; any of them may tell the same."""
    with staff.acting(city) as (work, actor):
        actor.need(Permission.REVIEW)
        report = locked(work, actor, report_id)
        return {"reports": summaries(work, actor, *waiting.nearest(work, actor, report))}


@blueprint.route("/decided")
@blueprint.arguments(DecidedQuery, location="query")
@blueprint.response(200, Decided)
@blueprint.problems(401, 403, 503)
def read_decided(told: dict[str, Any], city: str) -> dict[str, Any]:
    """List what the account could reverse, decided last first: its own decisions, or a lead everybody's."""
    with staff.acting(city) as (work, actor):
        actor.need(Permission.REVIEW)
        closed = worked.last_decided(work, actor, told["limit"])
        rows = summaries(work, actor, *[one.report for one in closed])
        return {"reports": [row | _decision(one) for row, one in zip(rows, closed, strict=True)]}


def _decision(one: worked.Closed) -> dict[str, Any]:
    return {"reason": one.decision.reason, "decided_on": one.decision.decided_on, "by": one.pseudonym}
