"""Cities as they are told: the list, and all that a form needs to know of one."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from backend.api.schemas import told
from backend.api.schemas.base import FullMatch, JsonSchema, QuerySchema, StrictString
from backend.domain.audit import QUESTIONS
from backend.domain.cityfile import PURPOSES
from backend.domain.taxonomy import Kind

_PROMISE = "Whatever anyone already knows, all maps we ever publish can change the odds ..."


class Language(QuerySchema):
    """In which language to say a sentence."""

    language = StrictString(
        validate=FullMatch("^[a-z]{2,3}$"),
        metadata={"example": "ca", "description": "By default the first of the city's languages."},
    )


class CityListed(JsonSchema):
    """A city, in the list."""

    id = told.text("barcelona")
    name = told.text("Barcelona")
    bounds = told.bounds()
    languages = told.texts(["ca", "es", "en"])


class Cities(JsonSchema):
    """Every city."""

    cities = fields.List(fields.Nested(CityListed), required=True)


def _by_language(example: str, description: str) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"example": {"ca": example}, "description": description},
    )


class HelpLine(JsonSchema):
    """Whom to call."""

    name = told.text("Emergències", "In the language asked for, else in the city's first.")
    phone = told.text("112")
    purpose = fields.String(
        required=True,
        data_key="for",
        attribute="for",
        validate=ma.validate.OneOf(PURPOSES),
        metadata={"example": "emergency"},
    )
    text = fields.String(metadata={"example": "Day and night."})
    names = _by_language("Emergències", "Every name the city gave, when no language was asked for.")
    texts = _by_language("Dia i nit.", "Every text the city gave, when no language was asked for.")


def _codes(example: dict[str, list[str]], description: str) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(validate=ma.validate.OneOf(list(Kind))),
        values=fields.List(fields.String()),
        required=True,
        metadata={"description": description, "example": example},
    )


class QuestionSaid(JsonSchema):
    """One question of the audit, and what each of its levels means."""

    name = told.text("Light")
    levels = told.texts(
        ["No light at all", "A little light", "Light enough", "Bright"], "From 0 (poor) to 3 (good)."
    )


class WordsTold(JsonSchema):
    """All that a form says in one language, the city's own words included."""

    names = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.String()),
        required=True,
        metadata={
            "description": "Names of codes, by what they are codes of.",
            "example": {"category": {"following": "Following"}, "kind": {"incident": "Incident"}},
        },
    )
    audit = fields.Dict(
        keys=fields.String(validate=ma.validate.OneOf(QUESTIONS)),
        values=fields.Nested(QuestionSaid),
        required=True,
    )
    child = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={
            "description": "Categories as children are asked for them.",
            "example": {"following": "Somebody followed me"},
        },
    )
    privacy = told.text(_PROMISE, "What is promised to whoever reports.")
    privacy_note = fields.String(metadata={"description": "What the city adds to the promise."})


class CityTold(CityListed):
    """A city with everything a form needs to know."""

    timezone = told.text("Europe/Madrid")
    categories = _codes(
        {"incident": ["following", "badly_lit"], "safe_place": ["well_lit"]},
        "The category codes of each kind; others are refused.",
    )
    child = _codes(
        {"incident": ["following"], "condition": ["badly_lit"]}, "Those of them that children are asked for."
    )
    audit = told.texts(
        list(QUESTIONS), "The questions of a safety audit, each answered 0 (poor) to 3 (good)."
    )
    help_lines = fields.List(fields.Nested(HelpLine), required=True)
    leave_url = fields.Url(
        required=True,
        allow_none=True,
        schemes={"https"},
        metadata={
            "description": "The page that leaving at once leads to; null where the app chooses one.",
            "example": "https://weather.example/",
        },
    )
    privacy = told.text(_PROMISE, "What is promised to whoever reports.")
    words = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(WordsTold),
        required=True,
        metadata={"description": "By language: the one asked for, else all that the city speaks."},
    )
