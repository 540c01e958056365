"""Who is logged in on the staff's door, and the trail of what staff did."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from backend.api.schemas.base import JsonSchema, QueryInteger, QuerySchema, StrictString
from backend.domain.factors import FactorKind, Step
from backend.domain.permissions import Permission, Role

_MOST = 200
_LONGEST_NAME = 100
_LONGEST_PASSWORD = 128


class LogInForm(JsonSchema):
    """Name and password of a member of staff."""

    name = StrictString(required=True, validate=validate.Length(1, _LONGEST_NAME))
    password = StrictString(required=True, validate=validate.Length(1, _LONGEST_PASSWORD), load_only=True)


class Account(Schema):
    """Who is logged in; colleagues see the pseudonym only."""

    pseudonym = fields.String(required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    permissions = fields.List(fields.Enum(Permission, by_value=True), required=True)
    trained = fields.Boolean(required=True, metadata={"description": "May read what children tell."})


class Reason(Schema):
    """A reason of the city's list; `names` by language where the city added it."""

    code = fields.String(required=True)
    names = fields.Dict(keys=fields.String(), values=fields.String())


class Reasons(Schema):
    """The reasons there are for each verdict; the first is the most usual."""

    approve = fields.List(fields.Nested(Reason), required=True)
    reject = fields.List(fields.Nested(Reason), required=True)
    duplicate = fields.List(fields.Nested(Reason), required=True)
    forward = fields.List(fields.Nested(Reason), required=True)
    ask = fields.List(fields.Nested(Reason), required=True)
    escalate = fields.List(fields.Nested(Reason), required=True)
    reverse = fields.List(fields.Nested(Reason), required=True)


class Session(Schema):
    """A running session. The token is told once, when it begins."""

    token = fields.String(metadata={"description": "For `Authorization: Bearer`; only at log-in."})
    csrf = fields.String(required=True, metadata={"description": "For `X-CSRF-Token` beside the cookie."})
    expires_at = fields.AwareDateTime(required=True, metadata={"description": "At the latest."})
    step = fields.Enum(
        Step,
        by_value=True,
        required=True,
        metadata={"description": "`factor` and `enrol`: what is still to come before anything else is open."},
    )
    factors = fields.List(
        fields.Enum(FactorKind, by_value=True),
        required=True,
        metadata={"description": "The kinds of second factors this account has."},
    )
    account = fields.Nested(Account, metadata={"description": "Only once the log-in is complete."})
    reasons = fields.Nested(Reasons, metadata={"description": "Only once the log-in is complete."})


class TrailQuery(QuerySchema):
    """Which part of the trail: the newest entries, or those before a sequence."""

    limit = QueryInteger(load_default=50, validate=validate.Range(1, _MOST))
    before = QueryInteger(validate=validate.Range(min=1))


class TrailEntry(Schema):
    """One thing that staff did, in ids and codes."""

    sequence = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    entry = fields.Dict(keys=fields.String(), required=True)
    by = fields.String(
        required=True, allow_none=True,
        metadata={"description": "Pseudonym; null for what no account did, or one that was forgotten."},
    )  # fmt: skip
    digest = fields.String(required=True, metadata={"description": "SHA-256 over all until here, in hex."})


class TrailPart(Schema):
    """A part of the trail, newest first."""

    entries = fields.List(fields.Nested(TrailEntry), required=True)
