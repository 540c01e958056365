"""The moderators' door for masks: cover more of a photo, or show again what was covered for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backend.api import review_answers, staff
from backend.api.base import Blueprint
from backend.api.schemas.review import Photo
from backend.api.schemas.review_masks import LiftForm, MaskForm
from backend.domain.masks import Edges
from backend.steps import masks
from backend.store.leases import Hold

if TYPE_CHECKING:
    from uuid import UUID

blueprint = Blueprint("review_masks", __name__, url_prefix="/v1/cities/<city:city>/review")
blueprint.after_request(staff.never_kept)
_PHOTO = "/reports/<uuid:report_id>/photos/<photo:name>"


@blueprint.route(f"{_PHOTO}/masks", methods=["POST"])
@blueprint.arguments(MaskForm)
@blueprint.response(202, Photo)
@blueprint.problems(401, 403, 404, 409, 503)
def add_mask(told: dict[str, Any], city: str, report_id: UUID, name: str) -> dict[str, Any]:
    """Cover a rectangle of a photo; the photo is `received`, and not shown, until a worker has made it anew."""
    edges = Edges(told["x0"], told["y0"], told["x1"], told["y1"])
    with staff.acting(city) as (work, actor):
        picture = masks.Picture(Hold(report_id, told["lease"]), name)
        return review_answers.photo(masks.add(work, actor, picture, edges, told["reason"]))


@blueprint.route(f"{_PHOTO}/masks/<int:number>/lift", methods=["POST"])
@blueprint.arguments(LiftForm)
@blueprint.response(202, Photo)
@blueprint.problems(401, 403, 404, 409, 503)
def lift_mask(told: dict[str, Any], city: str, report_id: UUID, name: str, number: int) -> dict[str, Any]:
    """Show again what a mask covers; its number is its place in the photo's list, from 0."""
    with staff.acting(city) as (work, actor):
        picture = masks.Picture(Hold(report_id, told["lease"]), name)
        return review_answers.photo(masks.lift(work, actor, picture, number, told["reason"]))
