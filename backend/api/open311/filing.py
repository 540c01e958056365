"""From what a client of Open311 fills in to a report as a phone would send it."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from backend.api.open311.services import service_named
from backend.domain.open311 import MAX_DESCRIPTION, YES, attributes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.api.open311.base import Jurisdiction
    from backend.api.open311.forms import Form
    from backend.domain.open311 import Attribute

_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,20})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_SETTING = ("place_type", "transport_mode", "stop")


def read_instant(told: str) -> datetime | None:
    """Return the instant that a date of the standard names, None when it names none.

    A plus sign that was put into an address as it is arrives as a space.
    """
    told = re.sub(r" (?=[0-9]{2}:[0-9]{2}$)", "+", told)
    if not _INSTANT.fullmatch(told):
        return None
    try:
        return datetime.fromisoformat(told)
    except ValueError:
        return None


def report_of(form: Form, today: date, place: Jurisdiction) -> dict[str, Any]:
    """Return the report that a form tells, without its receipt.

    Raises:
        NotFound: there is no such service.
        ValidationError: something is missing or cannot be understood; all of it is named.
    """
    if "service_code" not in form.fields:
        raise ValidationError({"service_code": ["service_code was not provided."]})
    service = service_named(form.fields["service_code"], place.policy)
    questions = attributes_of(service, place.policy)
    wrong = dict(_wrong(form, questions, needs_words=service.category is None))
    if wrong:
        raise ValidationError(wrong)
    answers = {code: values[0] for code, values in form.attributes.items()}
    occurred_on = _day(answers["occurred_on"], place.timezone) if "occurred_on" in answers else today
    return {
        "kind": str(service.kind),
        "categories": [*filter(None, [service.category]), *form.attributes.get("also", [])],
        "location": {"type": "Point", "coordinates": [float(form.fields[axis]) for axis in ("long", "lat")]},
        "occurred_on": str(occurred_on),
        "daypart": answers["daypart"],
        "text": form.fields.get("description", ""),
        "setting": {name: answers[name] for name in _SETTING if name in answers},
        "consent_forward": answers.get("forward") == YES,
    }


def _wrong(form: Form, questions: list[Attribute], *, needs_words: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield what is wrong with a form, by field."""
    yield from _wrong_place(form)
    description = form.fields.get("description", "")
    if len(description) > MAX_DESCRIPTION:
        yield "description", [f"This is longer than {MAX_DESCRIPTION} characters."]
    if needs_words and not description:
        yield "description", ["This service needs a description."]
    known = {question.code: question for question in questions if question.asks}
    for code in form.attributes.keys() - known.keys():
        yield f"attribute.{code}", ["This service has no such attribute."]
    for code, question in known.items():
        sentence = _wrong_answer(question, form.attributes.get(code, []))
        if sentence:
            yield f"attribute.{code}", [sentence]


def _wrong_place(form: Form) -> Iterator[tuple[str, list[str]]]:
    if not {"lat", "long"} <= form.fields.keys():
        yield "location", ["Coordinates are needed here; an address alone is not looked up."]
        return
    for axis, most in (("lat", 90), ("long", 180)):
        told = form.fields[axis]
        if not _DEGREES.fullmatch(told) or abs(float(told)) > most:
            yield axis, ["These must be degrees, in decimal digits."]


def _wrong_answer(question: Attribute, answers: list[str]) -> str | None:
    if not answers:
        return "This attribute is required." if question.required else None
    if len(answers) > 1 and question.datatype != "multivaluelist":
        return "This attribute takes one value."
    if question.values and not set(answers) <= set(question.values):
        return "This is none of the values of this attribute."
    if len(set(answers)) < len(answers):
        return "A value is there twice."
    if question.datatype == "datetime" and _day(answers[0], "UTC") is None:
        return "This must be a day like 2026-11-20, or a date and time with an offset."
    return None


def _day(told: str, timezone: str) -> date | None:
    """Return the day that is meant, in the city's time; of a time only the day is used."""
    try:
        if _DAY.fullmatch(told):
            return date.fromisoformat(told)
        instant = read_instant(told)
        return instant and instant.astimezone(ZoneInfo(timezone)).date()
    except (ValueError, OverflowError):
        return None
