"""What moderators send and see: the queue, one report, decisions."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from backend.api.schemas.base import (
    FullMatch,
    JsonSchema,
    QueryInteger,
    QuerySchema,
    StrictDate,
    StrictString,
    StrictUUID,
)
from backend.api.schemas.review_labels import Alike, Aside, Label, LabelWithWords
from backend.domain.flags import FLAGS
from backend.domain.messages import LONGEST
from backend.domain.taxonomy import CATEGORIES, Daypart, Kind
from backend.domain.workflow import TO_DECIDE, State, Verdict
from backend.store.models import PhotoState

MOST = 200
LONGEST_NOTE = 500
_LONGEST_TOKEN = 100


class NextQuery(QuerySchema):
    """From which part of the queue the next report is taken."""

    language = StrictString(validate=FullMatch("^[a-z]{2,3}$"))
    category = StrictString(validate=validate.OneOf(sorted(CATEGORIES)))
    area = StrictString(validate=validate.Length(1, 64))
    state = StrictString(validate=validate.OneOf(sorted(TO_DECIDE)))
    received_from = StrictDate()
    received_until = StrictDate()
    urgency_from = QueryInteger(validate=validate.Range(0, 3))
    flag = StrictString(
        validate=validate.OneOf(FLAGS), metadata={"description": "What is proposed to be looked at."}
    )
    overdue = StrictString(
        validate=validate.Equal("true"), metadata={"description": "Only what should be decided by now."}
    )


class QueueQuery(NextQuery):
    """Which part of the queue, and how much of it."""

    limit = QueryInteger(load_default=50, validate=validate.Range(1, MOST))


class Summary(Schema):
    """A report as the queue shows it: nothing in words."""

    id = fields.UUID(required=True)
    kind = fields.Enum(Kind, by_value=True, required=True)
    state = fields.Enum(State, by_value=True, required=True)
    urgency = fields.Integer(required=True, metadata={"description": "0 to 3; 3 comes first."})
    minor = fields.Boolean(required=True, metadata={"description": "A child may be involved."})
    flags = fields.List(
        fields.String(validate=validate.OneOf(FLAGS)), required=True,
        metadata={"description": "Proposals that somebody looks at, never verdicts."},
    )  # fmt: skip
    language = fields.String(required=True, allow_none=True)
    labels = fields.List(fields.Nested(Label), required=True)
    categories = fields.List(fields.String(), required=True)
    area = fields.String(required=True, allow_none=True)
    cell = fields.String(required=True, allow_none=True, metadata={"description": "Quadkey, 17 digits."})
    occurred_on = fields.Date(required=True, allow_none=True)
    daypart = fields.Enum(Daypart, by_value=True, required=True, allow_none=True)
    received_on = fields.Date(required=True)
    due_on = fields.Date(
        required=True, metadata={"description": "The day by which the city wants it decided."}
    )
    photos = fields.Integer(required=True, metadata={"description": "Photos that can be looked at."})
    claimed = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(["me", "other"]),
        metadata={"description": "Who reads it right now."},
    )  # fmt: skip


class Counts(Schema):
    """How many reports wait in this part of the queue."""

    in_review = fields.Integer(required=True)
    quarantined = fields.Integer(required=True)
    urgent = fields.Integer(required=True)
    languages = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Queue(Schema):
    """The first reports that wait, most urgent and then oldest first."""

    reports = fields.List(fields.Nested(Summary), required=True)
    waiting = fields.Integer(required=True)
    counts = fields.Nested(Counts, required=True)
    waiting_for_trained = fields.Integer(
        metadata={"description": "Of all that wait, what only trained accounts are shown; told to leads."}
    )


class Span(Schema):
    """Where a chip such as [person] stands in the text, in code points."""

    start = fields.Integer(required=True)
    end = fields.Integer(required=True)
    kind = fields.String(required=True)


class Mask(Schema):
    """A rectangle of a photo, in pixels of the photo that is shown; its number is its place in the list, from 0."""

    kind = fields.String(required=True)
    x0 = fields.Integer(required=True)
    y0 = fields.Integer(required=True)
    x1 = fields.Integer(required=True)
    y1 = fields.Integer(required=True)
    reason = fields.String(metadata={"description": "Why a moderator added it."})
    lifted = fields.String(metadata={"description": "Why a moderator lifted it: it is not filled any more."})


class Photo(Schema):
    """A photo: where its redacted form is, or why it is withheld."""

    name = fields.String(required=True)
    state = fields.Enum(PhotoState, by_value=True, required=True)
    url = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    width = fields.Integer(required=True, allow_none=True)
    height = fields.Integer(required=True, allow_none=True)
    masks = fields.List(fields.Nested(Mask), required=True)


class Setting(Schema):
    """What kind of place it was; the stop or line as it is after redaction."""

    place_type = fields.String()
    transport_mode = fields.String()
    stop = fields.String()


class Past(Schema):
    """An earlier decision on the same report."""

    was = fields.Enum(State, by_value=True, required=True)
    became = fields.Enum(State, by_value=True, required=True)
    reason = fields.String(required=True)
    categories = fields.List(fields.String(), required=True)
    decided_on = fields.Date(required=True)
    by = fields.String(required=True, metadata={"description": "Pseudonym."})
    note = fields.String(required=True, allow_none=True)
    proposed = fields.Enum(
        Verdict, by_value=True, required=True, allow_none=True,
        metadata={"description": "What was proposed to a second person."},
    )  # fmt: skip


class FullReport(Summary):
    """A report as its moderator reads it: the public half, and what is around it."""

    labels = fields.List(fields.Nested(LabelWithWords), required=True)
    asides = fields.List(fields.Nested(Aside), required=True)
    alike = fields.List(fields.Nested(Alike), required=True)
    duplicate_of = fields.UUID(
        required=True, allow_none=True,
        metadata={"description": "The likeliest of these that can be merged into; nothing is merged by itself."},
    )  # fmt: skip
    text = fields.String(
        required=True, allow_none=True, metadata={"description": "Redacted; null when there is none."}
    )
    spans = fields.List(fields.Nested(Span), required=True)
    setting = fields.Nested(Setting, required=True)
    audit = fields.List(
        fields.Integer(allow_none=True), required=True, allow_none=True,
        metadata={"description": "Nine levels, 0 to 3."},
    )  # fmt: skip
    photos = fields.List(fields.Nested(Photo), required=True)  # type: ignore[assignment]
    area_name = fields.String(required=True, allow_none=True)
    cell_bounds = fields.List(
        fields.Float(), required=True, allow_none=True, metadata={"description": "West, south, east, north."}
    )
    near = fields.Integer(
        required=True, metadata={"description": "Other reports of the same cell within 90 days."}
    )
    messages = fields.Integer(
        required=True, metadata={"description": "To and from the resident; read them at .../messages."}
    )
    can_answer = fields.Boolean(
        required=True, metadata={"description": "The resident left a key, so they can be written to."}
    )
    can_forward = fields.Boolean(
        required=True, metadata={"description": "A consented condition, and the city has a service desk."}
    )
    two_decide = fields.Boolean(
        required=True, metadata={"description": "A verdict is a proposal until a second person agrees."}
    )
    history = fields.List(fields.Nested(Past), required=True)


class Lease(Schema):
    """A hold on a report; renew it before it ends."""

    token = fields.String(required=True)
    until = fields.AwareDateTime(required=True)


class Claimed(Schema):
    """A report that is held now, and the proof of it."""

    lease = fields.Nested(Lease, required=True)
    report = fields.Nested(FullReport, required=True)


class LeaseForm(JsonSchema):
    """The proof that a report is held."""

    lease = StrictString(required=True, validate=validate.Length(1, _LONGEST_TOKEN))


class Held(Schema):
    """Until when a report is held."""

    until = fields.AwareDateTime(required=True)


class VerdictForm(JsonSchema):
    """A verdict, the reason from the city's list, and a note for colleagues."""

    verdict = StrictString(
        required=True, validate=validate.OneOf([str(one) for one in Verdict if one is not Verdict.REVERSE])
    )
    reason = StrictString(required=True, validate=validate.Length(1, 64))
    note = StrictString(
        validate=validate.Length(1, LONGEST_NOTE), metadata={"description": "For colleagues; sealed."}
    )


class DecisionForm(LeaseForm, VerdictForm):
    """A verdict with its reason, and the categories where they were corrected."""

    categories = fields.List(StrictString(validate=validate.Length(1, 64)), validate=validate.Length(max=10))
    public_note = StrictString(
        validate=validate.Length(1, LONGEST),
        metadata={"description": "A message to the resident; required to ask back. Sealed for both."},
    )
    duplicate_of = StrictUUID(metadata={"description": "The report that tells the same."})
