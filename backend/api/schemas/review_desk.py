"""What moderators see of the work as a whole, of what lies near, and of what was decided last."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from backend.api.schemas.base import QueryInteger, QuerySchema
from backend.api.schemas.review import MOST, Summary


class Figures(Schema):
    """How the work of the last 24 hours went; what comes in is known by the day only."""

    came_today = fields.Integer(required=True)
    came_yesterday = fields.Integer(required=True)
    decided = fields.Integer(
        required=True, allow_none=True,
        metadata={
            "description": "In the last 24 hours; null below ten, or by fewer than three accounts, as are the others."
        },
    )  # fmt: skip
    action_rate = fields.Float(
        required=True, allow_none=True,
        metadata={"description": "Share of these that were approved or forwarded."},
    )  # fmt: skip
    handling_s = fields.Float(
        required=True, allow_none=True,
        metadata={"description": "Median seconds from taking a report to deciding it, in the last 24 hours."},
    )  # fmt: skip


class Near(Schema):
    """Other reports of the same cell, newest first."""

    reports = fields.List(fields.Nested(Summary), required=True)


class DecidedQuery(QuerySchema):
    """How much of the list."""

    limit = QueryInteger(load_default=50, validate=validate.Range(1, MOST))


class DecidedReport(Summary):
    """A decided report, and the decision that closed it."""

    reason = fields.String(required=True)
    decided_on = fields.Date(required=True)
    by = fields.String(required=True, metadata={"description": "Pseudonym."})


class Decided(Schema):
    """What was decided last and may be reversed."""

    reports = fields.List(fields.Nested(DecidedReport), required=True)
