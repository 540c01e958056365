"""A challenge, as ALTCHA's second version writes it."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from backend.api.schemas.base import QueryInteger, QuerySchema
from backend.domain.difficulty import TOP


class Wanted(QuerySchema):
    """What a client may say about the challenge it wants."""

    level = QueryInteger(
        load_default=0,
        validate=validate.Range(0, TOP),
        metadata={
            "description": "At least this hard; an answer that asks for a fresh challenge says how hard."
        },
    )


class ChallengeUse(ma.Schema):
    """What the answer is good for."""

    action = fields.String(required=True, metadata={"example": "report"})
    city = fields.String(required=True, metadata={"example": "barcelona"})
    level = fields.Integer(required=True, metadata={"example": 0})


class ChallengeParameters(ma.Schema):
    """What must be found: a counter with which the derived key begins with `keyPrefix`."""

    algorithm = fields.String(required=True, metadata={"example": "PBKDF2/SHA-256"})
    cost = fields.Integer(required=True, metadata={"example": 5000, "description": "Iterations."})
    keyLength = fields.Integer(required=True, metadata={"example": 32})  # noqa: N815 (ALTCHA's name)
    keyPrefix = fields.String(required=True, metadata={"example": "00"})  # noqa: N815 (ALTCHA's name)
    nonce = fields.String(required=True, metadata={"example": "c3f1a96e0c0c4a86b2f8a5a0a0d2b9d7"})
    salt = fields.String(required=True, metadata={"example": "5a8e3b3bd1d94f8e9d7b0a6f2c1e4d60"})
    expiresAt = fields.Integer(required=True, metadata={"example": 1795341600})  # noqa: N815 (ALTCHA's name)
    data = fields.Nested(ChallengeUse, required=True)


class Challenge(ma.Schema):
    """Work to be done before a report is taken in; the answer comes back in the header `Altcha`."""

    parameters = fields.Nested(ChallengeParameters, required=True)
    signature = fields.String(required=True, metadata={"description": "To be sent back unchanged."})
