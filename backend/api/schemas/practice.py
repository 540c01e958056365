"""What moderators send and see when they practise, and what tells whether all are treated alike."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from backend.api.schemas.base import FullMatch, JsonSchema, StrictString
from backend.domain.practice import VERDICTS
from backend.domain.workflow import Verdict

_CODE = "^[a-z0-9_-]{1,64}$"
_MOST = 10
_SHARE = {"description": "None where fewer than ten reports were closed."}
_ALPHA = {
    "description": "Krippendorff's alpha with its 95 % interval; none where too few people or cases are there to tell."
}


class PracticeForm(JsonSchema):
    """What somebody makes of a case."""

    case = StrictString(required=True, validate=FullMatch(_CODE), metadata={"example": "en-followed"})
    verdict = StrictString(required=True, validate=validate.OneOf([str(one) for one in VERDICTS]))
    categories = fields.List(
        StrictString(validate=FullMatch(_CODE)), validate=validate.Length(0, _MOST), load_default=list
    )
    reason = StrictString(validate=FullMatch(_CODE), metadata={"description": "Of a refusal."})


class PracticeCase(Schema):
    """A case to practise on; it is invented."""

    code = fields.String(required=True)
    language = fields.String(required=True)
    text = fields.String(required=True)


class PracticeTold(Schema):
    """The next case and how far this account has come."""

    case = fields.Nested(PracticeCase, required=True, allow_none=True)
    answered = fields.Integer(required=True)
    of = fields.Integer(required=True)
    as_agreed = fields.Integer(required=True)


class PracticeJudged(Schema):
    """What was agreed, and why."""

    right = fields.Boolean(required=True)
    verdict_right = fields.Boolean(required=True)
    verdict = fields.Enum(Verdict, by_value=True, required=True)
    categories = fields.List(fields.String(), required=True)
    reason = fields.String(required=True, allow_none=True)
    why = fields.String(required=True)


class AgreementTold(Schema):
    """How far people agree: 1 is fully, 0 is what chance gives."""

    alpha = fields.Float(required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)
    people = fields.Integer(required=True)
    cases = fields.Integer(required=True)


class AgreementsTold(Schema):
    """Agreement in practice on verdicts and categories, and of the two of four eyes."""

    verdicts = fields.Nested(AgreementTold, required=True, allow_none=True, metadata=_ALPHA)
    categories = fields.Dict(keys=fields.String(), values=fields.Nested(AgreementTold), required=True)
    four_eyes = fields.Nested(AgreementTold, required=True, allow_none=True, metadata=_ALPHA)


class ShareTold(Schema):
    """A share with its 95 % interval."""

    share = fields.Float(required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)


class FairnessRow(Schema):
    """What became of the reports that share something."""

    value = fields.String(
        required=True,
        metadata={"description": "A code; empty where it is unknown, `*` for all of fewer than ten."},
    )
    closed = fields.Integer(required=True, allow_none=True, metadata={"description": "None below ten."})
    approved = fields.Nested(ShareTold, required=True, allow_none=True, metadata=_SHARE)


class FairnessTold(Schema):
    """A month's decided reports by area, by language and by kind."""

    month = fields.String(required=True, metadata={"example": "2026-10"})
    area = fields.List(fields.Nested(FairnessRow), required=True)
    language = fields.List(fields.Nested(FairnessRow), required=True)
    kind = fields.List(fields.Nested(FairnessRow), required=True)


class FairnessQuery(Schema):
    """Which month is asked about."""

    month = fields.String(required=True, validate=FullMatch("^[0-9]{4}-[0-9]{2}$"))
