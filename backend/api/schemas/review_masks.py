"""What moderators send to change the masks of a photo."""

from __future__ import annotations

from marshmallow import validate

from backend.api.schemas.base import StrictInteger, StrictString
from backend.api.schemas.review import LeaseForm
from backend.domain.masks import TO_ADD, TO_LIFT

# No public picture is longer.
_LONGEST = 12_000


def _edge() -> StrictInteger:
    return StrictInteger(required=True, validate=validate.Range(0, _LONGEST))


class MaskForm(LeaseForm):
    """A rectangle in pixels of the photo that is shown, the far edges outside, and why it is covered."""

    x0 = _edge()
    y0 = _edge()
    x1 = _edge()
    y1 = _edge()
    reason = StrictString(required=True, validate=validate.OneOf(TO_ADD))


class LiftForm(LeaseForm):
    """Why what a mask covers may be seen."""

    reason = StrictString(required=True, validate=validate.OneOf(TO_LIFT))
