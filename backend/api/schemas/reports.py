"""A report as a phone sends it, and the answers to it."""

from __future__ import annotations

import re
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from backend.api.schemas.base import (
    Base64Url,
    FullMatch,
    JsonSchema,
    StrictBoolean,
    StrictDate,
    StrictFloat,
    StrictInteger,
    StrictString,
)
from backend.domain.audit import LEVELS, QUESTIONS
from backend.domain.taxonomy import (
    CATEGORIES,
    PLACE_TYPES,
    TRANSPORT_MODES,
    AgeBand,
    Daypart,
    Form,
    Gender,
    Kind,
)
from backend.domain.workflow import State

MAX_TEXT = 5000
MAX_STOP = 80
MAX_PHOTOS = 4
MAX_PHOTO_BYTES = 15 * 1024 * 1024
MAX_PHOTOS_BYTES = 30 * 1024 * 1024
_MOST_ACCURACY_M = 100_000
_COORDINATES = 2


def _one_of(words: object) -> validate.OneOf:
    return validate.OneOf([str(word) for word in words])  # type: ignore[attr-defined]


def _latitude(coordinates: list[float]) -> None:
    if len(coordinates) == _COORDINATES and abs(coordinates[1]) > 90:  # noqa: PLR2004
        raise ma.ValidationError("A latitude is between -90 and 90; longitude comes first.")


def _no_category_twice(codes: list[str]) -> None:
    if len(set(codes)) != len(codes):
        raise ma.ValidationError("A category is there twice.")


def _photos_together(photos: list[dict[str, Any]]) -> None:
    if len({photo["name"] for photo in photos}) != len(photos):
        raise ma.ValidationError("Two photos have the same name.")
    if sum(photo["size"] for photo in photos) > MAX_PHOTOS_BYTES:
        raise ma.ValidationError("The photos are too large together.")


class Location(JsonSchema):
    """A GeoJSON point in WGS84, longitude first."""

    type = StrictString(required=True, validate=validate.Equal("Point"))
    coordinates = fields.List(
        StrictFloat(validate=validate.Range(-180, 180)),
        required=True,
        validate=[validate.Length(equal=_COORDINATES), _latitude],
        metadata={"example": [2.1734, 41.3851]},
    )


class Setting(JsonSchema):
    """What kind of place it was, and which stop or line."""

    place_type = StrictString(validate=_one_of(PLACE_TYPES))
    transport_mode = StrictString(validate=_one_of(TRANSPORT_MODES))
    stop = StrictString(
        validate=validate.Length(max=MAX_STOP),
        metadata={"description": "A stop or line in words; sealed like them.", "example": "L3, Liceu"},
    )


class AboutMe(JsonSchema):
    """Who the resident is, as far as they want to say; each part is optional."""

    gender = StrictString(validate=_one_of(Gender))
    age_band = StrictString(validate=_one_of(AgeBand))
    disability = StrictBoolean()


class PhotoPromise(JsonSchema):
    """A photo that will follow through the uploads; the name is a number the phone counts."""

    name = StrictString(required=True, validate=FullMatch(r"^[1-9]$"), metadata={"example": "1"})
    size = StrictInteger(required=True, validate=validate.Range(1, MAX_PHOTO_BYTES))
    sha256 = StrictString(
        required=True,
        validate=FullMatch(r"^[0-9a-f]{64}$"),
        metadata={"example": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    )


Audit = JsonSchema.from_dict(
    {name: StrictInteger(validate=validate.OneOf(list(LEVELS))) for name in QUESTIONS}, name="Audit"
)


class ReportIn(JsonSchema):
    """One account by one resident."""

    kind = StrictString(required=True, validate=_one_of(Kind))
    form = StrictString(
        load_default=Form.STANDARD,
        validate=_one_of(Form),
        metadata={"description": "Which form was filled in; trained moderators read what a child sends."},
    )
    categories = fields.List(
        StrictString(validate=_one_of(CATEGORIES)),
        load_default=list,
        validate=[validate.Length(max=8), _no_category_twice],
    )
    location = fields.Nested(Location, required=True)
    accuracy_m = StrictFloat(load_default=None, validate=validate.Range(0, _MOST_ACCURACY_M))
    occurred_on = StrictDate(required=True, metadata={"example": "2026-11-20"})
    daypart = StrictString(required=True, validate=_one_of(Daypart))
    text = StrictString(load_default="", validate=validate.Length(max=MAX_TEXT))
    language = StrictString(load_default=None, validate=FullMatch(r"^[a-z]{2,3}$"))
    setting = fields.Nested(Setting, load_default=dict)
    audit = fields.Nested(Audit, load_default=None)
    about_me = fields.Nested(AboutMe, load_default=dict)
    photos = fields.List(
        fields.Nested(PhotoPromise),
        load_default=list,
        validate=[validate.Length(max=MAX_PHOTOS), _photos_together],
    )
    receipt = Base64Url(32, required=True)
    reply_key = Base64Url(32, load_default=None)
    consent_forward = StrictBoolean(load_default=False)
    contributor = Base64Url(16, load_default=None)


class HelpLine(ma.Schema):
    """Somebody to call."""

    name = fields.String(required=True)
    phone = fields.String(required=True)
    for_ = fields.String(required=True, data_key="for", attribute="for")
    text = fields.String()


class PhotoArrived(ma.Schema):
    """How much of a photo has arrived."""

    name = fields.String(required=True)
    size = fields.Integer()
    received = fields.Integer(required=True, metadata={"description": "Bytes."})
    state = fields.String()


class ReportTaken(ma.Schema):
    """A report was taken in; it will not be lost."""

    id = fields.UUID(required=True)
    state = fields.String(required=True, validate=_one_of(State))
    received_on = fields.String(required=True, metadata={"format": "date"})
    photos = fields.List(fields.Nested(PhotoArrived), required=True)
    help_lines = fields.List(fields.Nested(HelpLine), required=True)


class IdempotencyKey(ma.Schema):
    """The header that makes a retry harmless (IETF draft-ietf-httpapi-idempotency-key-header)."""

    class Meta:
        """Every client sends other headers too."""

        unknown = ma.EXCLUDE

    key = fields.String(
        data_key="Idempotency-Key",
        metadata={"example": '"8e03978e-40d5-43e8-bc93-6894a57f9324"'},
        # A string of structured fields (RFC 8941), or the same key without the quotes.
        validate=FullMatch(
            r'^(?:"(?:[ !#-\[\]-~]|\\["\\]){16,64}"|[A-Za-z0-9_.:\-]{16,64})$',
            error="This must be 16 to 64 characters of ASCII in quotes.",
        ),
    )

    @ma.post_load
    def _unquoted(self, data: dict[str, str], **_: object) -> dict[str, str]:
        return {name: _unquote(value) for name, value in data.items()}


def _unquote(value: str) -> str:
    """Return what a string of structured fields says."""
    return re.sub(r'\\(["\\])', r"\1", value[1:-1]) if value.startswith('"') else value
