"""What moderators send and see when they decide many reports at once, or reverse a decision."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validate

from backend.api.schemas.base import JsonSchema, StrictString, StrictUUID
from backend.api.schemas.review import LONGEST_NOTE, VerdictForm
from backend.domain.workflow import State

MOST_AT_ONCE = 50


def _no_two_alike(told: list[object]) -> None:
    if len(set(told)) != len(told):
        raise ValidationError("A report is there twice.")


class BulkForm(VerdictForm):
    """One verdict on many reports; only verdicts that can be undone are taken."""

    reports = fields.List(
        StrictUUID(), required=True, validate=[validate.Length(1, MOST_AT_ONCE), _no_two_alike]
    )


class BulkAnswer(Schema):
    """What became of one of many."""

    id = fields.UUID(required=True)
    state = fields.Enum(State, by_value=True, required=True, allow_none=True)
    problem = fields.String(required=True, allow_none=True, metadata={"description": "Why nothing changed."})


class BulkAnswers(Schema):
    """What became of each, in the order that was sent."""

    reports = fields.List(fields.Nested(BulkAnswer), required=True)


class ReversalForm(JsonSchema):
    """Why a decision is reversed."""

    reason = StrictString(required=True, validate=validate.Length(1, 64))
    note = StrictString(
        validate=validate.Length(1, LONGEST_NOTE), metadata={"description": "For colleagues; sealed."}
    )
