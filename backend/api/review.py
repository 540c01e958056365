"""The moderators' door: the queue, a report to read, and decisions. Only redacted words leave by it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flask import Response

from backend.api import review_answers, staff
from backend.api.base import Blueprint
from backend.api.schemas.review import (
    Claimed,
    DecisionForm,
    Held,
    LeaseForm,
    NextQuery,
    Queue,
    QueueQuery,
    Summary,
)
from backend.api.schemas.staff import TrailPart, TrailQuery
from backend.api.services import services
from backend.domain.cityreview import terms
from backend.domain.clock import local_date
from backend.domain.permissions import Permission
from backend.domain.workflow import Verdict
from backend.steps import claims, review
from backend.store import trail
from backend.store.leases import Hold
from backend.store.queries import find_city
from backend.store.verdicts import Judgement
from backend.store.waiting import counts, for_trained, photos_of, waiting
from backend.store.wanted import Wanted

if TYPE_CHECKING:
    from uuid import UUID

    from backend.domain.permissions import Actor
    from backend.store.models import Report
    from backend.store.work import Work

# Seconds: what is slow, and how long a slow count is worth; a queue of some ten thousand is counted exactly.
_SLOW, _LONGEST, _WORTH = 0.25, 60.0, 30

blueprint = Blueprint("review", __name__, url_prefix="/v1/cities/<city:city>/review")
blueprint.after_request(staff.never_kept)


@blueprint.route("/queue")
@blueprint.arguments(QueueQuery, location="query")
@blueprint.response(200, Queue)
@blueprint.problems(401, 403, 503)
def read_queue(told: dict[str, Any], city: str) -> dict[str, Any]:
    """List the first reports that wait for a moderator, most urgent and then oldest first."""
    limit = told.pop("limit")
    with staff.acting(city) as (work, actor):
        actor.need(Permission.REVIEW)
        wanted = _wanted(work, told)
        reports, counted = waiting(work, actor, wanted, limit), _counted(work, actor, wanted)
        watching = actor.may(Permission.WATCH_QUEUE)
        return {
            "reports": summaries(work, actor, *reports),
            "waiting": counted["in_review"] + counted["quarantined"],
            "counts": counted,
            **({"waiting_for_trained": for_trained(work)} if watching else {}),
        }


def _wanted(work: Work, told: dict[str, Any]) -> Wanted:
    """Return which part of the queue is wanted; what is overdue today follows from the city's own terms."""
    if told.pop("overdue", None):
        city = find_city(work.session, work.city_id)
        told |= {"due_before": local_date(work.clock, city.timezone), "terms": terms(city.policy)}
    return Wanted(**told)


def _counted(work: Work, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """Return how much waits; where counting took long it is told again for a while, not counted anew."""
    kept = services().works("staff").database.kept
    key = f"counts {work.city_id} {actor.account_id} {wanted}"
    until, told = kept.get(key, (0.0, {}))
    began = time.monotonic()
    if began < until:
        return dict(told)
    counted = counts(work, actor, wanted)
    took = time.monotonic() - began
    kept.pop(key, None)
    if took > _SLOW:
        kept[key] = (began + min(_LONGEST, took * _WORTH), counted)
    return counted


def summaries(work: Work, actor: Actor, *reports: Report) -> list[dict[str, Any]]:
    """Return reports as the queue shows them."""
    photos, now = photos_of(work, [report.id for report in reports]), work.clock.now()
    policy = find_city(work.session, work.city_id).policy
    return [
        review_answers.summary(report, actor, now, photos.get(report.id, 0), policy) for report in reports
    ]


@blueprint.route("/claim-next", methods=["POST"])
@blueprint.arguments(NextQuery, location="query")
@blueprint.response(200, Claimed)
@blueprint.alt_response(204, description="Nothing waits that nobody holds.", success=True)
@blueprint.problems(401, 403, 503)
def claim_next(told: dict[str, Any], city: str) -> dict[str, Any] | Response:
    """Take the first report that nobody holds."""
    with staff.acting(city) as (work, actor):
        reading = claims.claim_next(work, services().keys, actor, _wanted(work, told))
    return Response(status=204) if reading is None else review_answers.claimed(reading)


@blueprint.route("/reports/<uuid:report_id>/claim", methods=["POST"])
@blueprint.response(200, Claimed)
@blueprint.problems(401, 403, 404, 409, 503)
def claim(city: str, report_id: UUID) -> dict[str, Any]:
    """Take one report; taken again by the same account, the earlier lease ends."""
    with staff.acting(city) as (work, actor):
        reading = claims.claim(work, services().keys, actor, report_id)
    return review_answers.claimed(reading)


@blueprint.route("/reports/<uuid:report_id>/heartbeat", methods=["POST"])
@blueprint.arguments(LeaseForm)
@blueprint.response(200, Held)
@blueprint.problems(401, 403, 404, 409, 503)
def heartbeat(told: dict[str, Any], city: str, report_id: UUID) -> dict[str, Any]:
    """Hold a report for another five minutes."""
    with staff.acting(city) as (work, actor):
        return {"until": claims.heartbeat(work, actor, Hold(report_id, told["lease"]))}


@blueprint.route("/reports/<uuid:report_id>/release-claim", methods=["POST"])
@blueprint.arguments(LeaseForm)
@blueprint.response(204)
@blueprint.problems(401, 403, 404, 409, 503)
def release_claim(told: dict[str, Any], city: str, report_id: UUID) -> None:
    """Give a report back to the queue undecided."""
    with staff.acting(city) as (work, actor):
        claims.release(work, actor, Hold(report_id, told["lease"]))


@blueprint.route("/reports/<uuid:report_id>/decision", methods=["POST"])
@blueprint.arguments(DecisionForm)
@blueprint.response(200, Summary)
@blueprint.problems(401, 403, 404, 409, 503)
def decide(told: dict[str, Any], city: str, report_id: UUID) -> dict[str, Any]:
    """Give a verdict on a report that is held: with four eyes it is a proposal, until another agrees."""
    lease, verdict = told.pop("lease"), Verdict(told.pop("verdict"))
    judgement = Judgement(verdict, **told)
    with staff.acting(city) as (work, actor):
        report = review.decide(work, services().keys, actor, Hold(report_id, lease), judgement)
        return summaries(work, actor, report)[0]


@blueprint.route("/reports/<uuid:report_id>/undo", methods=["POST"])
@blueprint.response(200, Summary)
@blueprint.problems(401, 403, 404, 409, 503)
def undo(city: str, report_id: UUID) -> dict[str, Any]:
    """Take the last decision back within ten minutes; later it is reversed, with a reason."""
    with staff.acting(city) as (work, actor):
        return summaries(work, actor, review.undo(work, actor, report_id))[0]


@blueprint.route("/reports/<uuid:report_id>/try-again", methods=["POST"])
@blueprint.arguments(LeaseForm)
@blueprint.response(200, Summary)
@blueprint.problems(401, 403, 404, 409, 503)
def try_again(told: dict[str, Any], city: str, report_id: UUID) -> dict[str, Any]:
    """Send a report in quarantine through anonymising again."""
    with staff.acting(city) as (work, actor):
        return summaries(work, actor, review.try_again(work, actor, Hold(report_id, told["lease"])))[0]


@blueprint.route("/reports/<uuid:report_id>/photos/<photo:name>")
@blueprint.response(200, content_type="image/jpeg")
@blueprint.problems(401, 403, 404, 409, 503)
def read_photo(city: str, report_id: UUID, name: str) -> Response:
    """Look at a redacted photo of a report that is held; every look is noted in the trail."""
    with staff.acting(city) as (work, actor):
        jpeg = claims.look_at_photo(
            work, services().keys, services().blobs, actor, report_id=report_id, name=name
        )
    return Response(jpeg, mimetype="image/jpeg", headers={"Content-Disposition": "inline"})


@blueprint.route("/trail")
@blueprint.arguments(TrailQuery, location="query")
@blueprint.response(200, TrailPart)
@blueprint.problems(401, 403, 503)
def read_trail(told: dict[str, Any], city: str) -> dict[str, Any]:
    """Read what staff did, newest first; note a digest elsewhere to prove later that nothing was cut off."""
    with staff.acting(city) as (work, actor):
        actor.need(Permission.READ_TRAIL)
        rows = trail.newest(work.session, city, told.get("before"), told["limit"])
        names = trail.pseudonyms(work.session, city, rows)
    return {"entries": [review_answers.trail_entry(row, names) for row in rows]}
