"""What models and rules propose about a report, with the words that carried it."""

from __future__ import annotations

from marshmallow import Schema, fields


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
        required=True, metadata={"description": "flag (abuse, spam), place_type or time_of_day (day, night)."}
    )
    model = fields.String(required=True, metadata={"description": "The model or rules that spoke."})
