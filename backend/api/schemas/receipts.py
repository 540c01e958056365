"""What the holder of a receipt sends and is answered."""

from __future__ import annotations

from enum import StrEnum

import marshmallow as ma
from marshmallow import fields, validate

from backend.api.schemas.base import JsonSchema, StrictString
from backend.api.schemas.reports import PhotoArrived
from backend.domain.messages import LONGEST, Author
from backend.domain.taxonomy import Kind
from backend.domain.workflow import State

_SEALED = {
    "description": "A libsodium sealed box in base64url, padded (0x80, then zeros); the phone opens it with"
    ' the X25519 private key HKDF(R, "farola reply").',
    "example": "2hWb0kN9RzC1s0v0Xw7Qm0m1b7t3x8Ew",
}


def _word(kind: type[StrEnum], **metadata: str) -> fields.String:
    """Return a field of a word that the database hands over as text."""
    return fields.String(
        required=True, validate=validate.OneOf([str(member) for member in kind]), metadata=metadata
    )


class Counted(ma.Schema):
    """How many messages there are; which of them were read, the phone knows alone."""

    count = fields.Integer(required=True, metadata={"example": 2})
    from_city = fields.Integer(required=True, metadata={"example": 1})


class ReportStatus(ma.Schema):
    """Where a report stands."""

    id = fields.UUID(required=True)
    kind = _word(Kind)
    state = _word(State)
    received_on = fields.String(required=True, metadata={"format": "date"})
    photos = fields.List(fields.Nested(PhotoArrived), required=True)
    counted_in = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "Weeks and quarters whose published counts the report was taken into. Whether it"
            " was one too many of its contributor or of its place is not told.",
            "example": ["2026-W48", "2026-Q4"],
        },
    )
    messages = fields.Nested(Counted, required=True)


class Appealed(ma.Schema):
    """Where a report stands after its resident asked for another decision."""

    state = _word(State)


class OwnCopy(ma.Schema):
    """What the resident told, sealed at intake to the reply_key that came with it."""

    sealed = fields.String(required=True, metadata=_SEALED)


class Message(ma.Schema):
    """One message of the thread."""

    number = fields.Integer(required=True, metadata={"example": 1})
    from_ = fields.String(
        required=True,
        data_key="from",
        attribute="from",
        validate=validate.OneOf([str(author) for author in Author]),
    )
    on = fields.String(required=True, metadata={"format": "date", "example": "2026-11-21"})
    sealed = fields.String(metadata=_SEALED)


class Messages(ma.Schema):
    """The thread, oldest first."""

    messages = fields.List(fields.Nested(Message), required=True)


class MessageIn(JsonSchema):
    """What a message says."""

    text = StrictString(required=True, validate=validate.Length(1, LONGEST))


class Statement(ma.Schema):
    """What a proof of filing says: no kind of report, no words, no place."""

    city = fields.String(required=True, metadata={"example": "barcelona"})
    report = fields.UUID(required=True)
    received_on = fields.String(required=True, metadata={"format": "date"})
    state = _word(State, description="On the day of issue.")
    issued_on = fields.String(required=True, metadata={"format": "date"})


class Proof(ma.Schema):
    """A statement and its Ed25519 signature.

    Signed is the line `farola proof of filing 1`, a line feed, and the statement as JSON with
    sorted members, no spaces and ASCII only.
    """

    statement = fields.Nested(Statement, required=True)
    key = fields.String(required=True, metadata={"description": "Public key in base64url."})
    signature = fields.String(required=True, metadata={"description": "Base64url, 64 bytes."})


class ProofKey(ma.Schema):
    """The key that this installation's proofs of filing are checked with."""

    algorithm = fields.String(required=True, validate=validate.Equal("Ed25519"))
    key = fields.String(
        required=True,
        metadata={
            "description": "Base64url, 32 bytes.",
            "example": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        },
    )
    earlier = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Keys that were used before, oldest first; what they signed stays good."},
    )
