"""What moderators see of messages, and what they ask for."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from backend.api.schemas.base import QueryInteger, QuerySchema
from backend.api.schemas.review import MOST
from backend.domain.messages import Author
from backend.domain.workflow import State


class UnansweredQuery(QuerySchema):
    """How much of the list."""

    limit = QueryInteger(load_default=50, validate=validate.Range(1, MOST))


class Waiting(Schema):
    """A report on which the resident wrote last."""

    report = fields.UUID(required=True, attribute="report_id")
    state = fields.Enum(State, by_value=True, required=True)
    minor = fields.Boolean(required=True)
    number = fields.Integer(required=True, metadata={"description": "Of the last message."})
    on = fields.Date(required=True, attribute="day")


class Unanswered(Schema):
    """The reports whose residents wait for an answer."""

    reports = fields.List(fields.Nested(Waiting), required=True)


class Said(Schema):
    """One message, opened for a moderator: not anonymised."""

    number = fields.Integer(required=True)
    from_ = fields.String(
        required=True,
        data_key="from",
        attribute="from",
        validate=validate.OneOf([str(author) for author in Author]),
    )
    on = fields.Date(required=True)
    text = fields.String(required=True)
    by = fields.String(required=True, allow_none=True, metadata={"description": "Pseudonym of a moderator."})


class Thread(Schema):
    """The thread, oldest first."""

    messages = fields.List(fields.Nested(Said), required=True)
