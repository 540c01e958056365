"""What staff send and see when a release is taken back by two."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from backend.api.schemas.base import FullMatch, JsonSchema, StrictBoolean, StrictString
from backend.domain.layers import LAYERS
from backend.domain.withdrawals import REASONS
from backend.store.models import WithdrawalState


class WithdrawalForm(JsonSchema):
    """Which release is to be taken back, why, and whether another one shall stand instead."""

    layer = StrictString(required=True, validate=validate.OneOf(list(LAYERS)))
    period = StrictString(required=True, validate=FullMatch("^[0-9]{4}-(?:W[0-9]{2}|Q[1-4])$"))
    reason = StrictString(required=True, validate=validate.OneOf(REASONS))
    corrects = StrictBoolean(
        required=True,
        metadata={"description": "Spend the layer's reserve, once, on a release that stands instead."},
    )


class WithdrawalTold(Schema):
    """A question to take a release back, and how far it has come."""

    id = fields.UUID(required=True)
    layer = fields.String(required=True)
    period = fields.String(required=True)
    reason = fields.String(required=True)
    corrects = fields.Boolean(required=True)
    state = fields.Enum(WithdrawalState, by_value=True, required=True)
    asked_by = fields.String(required=True, metadata={"description": "Pseudonym."})
    answered_by = fields.String(required=True, allow_none=True, metadata={"description": "Pseudonym."})
    mine = fields.Boolean(required=True)
    until = fields.AwareDateTime(required=True)


class Withdrawals(Schema):
    """What was asked."""

    withdrawals = fields.List(fields.Nested(WithdrawalTold), required=True)
