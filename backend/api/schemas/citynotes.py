"""What a city says it did, as staff send and see it, and as everybody reads it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from backend.api.schemas import told
from backend.api.schemas.base import FullMatch, JsonSchema, StrictBoolean, StrictDate, StrictString
from backend.domain.citynotes import ADVICE, LONGEST
from backend.store.models import NoteState

_PERIOD = "^[0-9]{4}-(?:W[0-9]{2}|Q[1-4])$"
_EXAMPLE = {"en": "Twelve lamps were mended in the park.", "ca": "S'han reparat dotze fanals al parc."}


class NoteForm(JsonSchema):
    """A note to be written; it is a draft until it is published."""

    area = StrictString(required=True, validate=FullMatch("^[A-Za-z0-9_.-]{1,64}$"))
    period = StrictString(validate=FullMatch(_PERIOD), metadata={"description": "Or `day`, never both."})
    day = StrictDate(metadata={"description": "Or `period`, never both."})
    texts = fields.Dict(
        keys=StrictString(validate=FullMatch("^[a-z]{2,3}$")),
        values=StrictString(validate=validate.Length(1, LONGEST)),
        required=True,
        metadata={"description": f"By language, plain text. {ADVICE}", "example": _EXAMPLE},
    )


class PublishForm(JsonSchema):
    """Whoever publishes says that no report is quoted."""

    quotes_no_report = StrictBoolean(required=True, metadata={"description": ADVICE})


class NotePublic(Schema):
    """What the city did in an area, in a period or on a day."""

    id = fields.UUID(required=True)
    area = told.text("01", "The area's code.")
    period = fields.String(required=True, allow_none=True, metadata={"example": "2026-Q4"})
    day = fields.Date(required=True, allow_none=True, metadata={"example": None})
    texts = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "By language; plain text, not markup.", "example": _EXAMPLE},
    )
    published_on = fields.Date(required=True, allow_none=True, metadata={"example": "2026-11-28"})


class NotesPublic(Schema):
    """What the city did, the newest first; at most 500."""

    notes = fields.List(fields.Nested(NotePublic), required=True)


class NoteTold(NotePublic):
    """A note as staff see it."""

    state = fields.Enum(NoteState, by_value=True, required=True)
    written_by = fields.String(required=True, metadata={"description": "Pseudonym."})


class NotesTold(Schema):
    """All notes, drafts and those taken back among them."""

    advice = told.text(ADVICE, "To be shown where a note is written.")
    notes = fields.List(fields.Nested(NoteTold), required=True)
