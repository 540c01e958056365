"""What moderators send and see when something sealed is opened by two."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from backend.api.schemas.base import FullMatch, JsonSchema, StrictBoolean, StrictString
from backend.domain.openings import REASONS, Sought
from backend.store.models import OpeningState


class OpeningForm(JsonSchema):
    """What somebody asks to see as it was sent, and why."""

    what = StrictString(required=True, validate=validate.OneOf([str(one) for one in Sought]))
    reason = StrictString(required=True, validate=validate.OneOf(REASONS))
    photo = StrictString(validate=FullMatch("^[1-9]$"), metadata={"description": "Which photo."})


class AnswerForm(JsonSchema):
    """Whether a second person allows it."""

    grant = StrictBoolean(required=True)


class OpeningTold(Schema):
    """A question to open something, and how far it has come."""

    id = fields.UUID(required=True)
    report = fields.UUID(required=True)
    what = fields.Enum(Sought, by_value=True, required=True)
    photo = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)
    state = fields.Enum(OpeningState, by_value=True, required=True)
    asked_by = fields.String(required=True, metadata={"description": "Pseudonym."})
    answered_by = fields.String(required=True, allow_none=True, metadata={"description": "Pseudonym."})
    mine = fields.Boolean(required=True)
    until = fields.AwareDateTime(required=True)


class Openings(Schema):
    """What is asked or open right now."""

    openings = fields.List(fields.Nested(OpeningTold), required=True)


class Opened(Schema):
    """What was opened, as it was sent."""

    content = fields.Dict(keys=fields.String(), required=True)
