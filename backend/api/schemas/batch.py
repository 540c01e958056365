"""A phone's waiting queue in one request, and one answer for each report in it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from backend.api.schemas.base import FullMatch, JsonSchema, StrictString
from backend.api.schemas.reports import ReportIn

MOST = 50


class OnItsOwn(fields.Nested):
    """Described here and checked later, so that what is wrong in one does not hinder the others."""

    def deserialize(self, value: Any, *told: Any, **more: Any) -> Any:
        """Return whatever is there."""
        return super().deserialize(value, *told, **more) if value is ma.missing else value


class Waiting(JsonSchema):
    """A report that waited on the phone, with its key."""

    key = StrictString(
        required=True,
        validate=FullMatch(r"^[ -~]{16,64}$", error="This must be 16 to 64 characters of ASCII."),
        metadata={
            "description": "What the header Idempotency-Key would say of this report, without quotes.",
            "example": "8e03978e-40d5-43e8-bc93-6894a57f9324",
        },
    )
    report = OnItsOwn(ReportIn, required=True)


class Batch(JsonSchema):
    """Up to 50 reports."""

    reports = fields.List(fields.Nested(Waiting), required=True, validate=validate.Length(1, MOST))


class BatchAnswer(ma.Schema):
    """What the report would have been answered alone."""

    key = fields.String(required=True)
    status = fields.Integer(required=True, metadata={"example": 201})
    body = fields.Dict(
        required=True,
        metadata={"description": "As of POST .../reports: what was taken in, or a problem document."},
    )


class BatchAnswers(ma.Schema):
    """One answer for each report, in the order they were sent."""

    answers = fields.List(fields.Nested(BatchAnswer), required=True)
