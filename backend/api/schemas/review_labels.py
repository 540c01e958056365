"""What models and rules propose about a report, with the words that carried it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from backend.domain.taxonomy import Daypart, Kind
from backend.domain.workflow import State


class Label(Schema):
    """A category that a model proposes, and how sure it is (0 to 1)."""

    code = fields.String(required=True)
    score = fields.Float(required=True)


class LabelWithWords(Label):
    """A proposed category with the words that carried it."""

    words = fields.List(fields.String(), required=True)


class Aside(LabelWithWords):
    """Something proposed beside the categories: a flag, the type of place, or the time of day."""

    about = fields.String(
        required=True,
        metadata={"description": "flag (abuse, spam, burst), place_type or time_of_day (day, night)."},
    )
    model = fields.String(required=True, metadata={"description": "The model or rules that spoke."})
    others = fields.Integer(required=True, metadata={"description": "Other reports of the same burst."})


class Alike(LabelWithWords):
    """Another report that may tell the same: a copy in nearly the same words, or the same event told anew."""

    id = fields.UUID(required=True)
    code = fields.String(required=True, validate=validate.OneOf(["copy", "event"]))
    model = fields.String(required=True, metadata={"description": "The rules that spoke."})
    kind = fields.Enum(Kind, by_value=True, required=True)
    state = fields.Enum(State, by_value=True, required=True)
    categories = fields.List(fields.String(), required=True)
    labels = fields.List(fields.Nested(Label), required=True)
    received_on = fields.Date(required=True)
    occurred_on = fields.Date(required=True, allow_none=True)
    daypart = fields.Enum(Daypart, by_value=True, required=True, allow_none=True)
    can_merge = fields.Boolean(
        required=True, metadata={"description": "It was neither refused, taken back nor merged itself."}
    )
