"""Second factors and the city's own log-in, as the staff's door takes and tells them."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from backend.api.schemas.base import FullMatch, JsonSchema, QuerySchema, StrictString
from backend.domain.factors import FactorKind
from backend.domain.words import LANGUAGES

_LONGEST_PASSWORD = 128
_LONGEST_NAME = 1400
_LONGEST_PART = 20_000
_BASE64URL = FullMatch("[A-Za-z0-9_-]+", error="This must be base64url without padding.")


class _Bytes(StrictString):
    """Bytes as WebAuthn writes them in JSON: base64url without padding."""

    def __init__(self, longest: int = _LONGEST_PART) -> None:
        super().__init__(required=True, validate=[_BASE64URL, validate.Length(1, longest)])


class CodeForm(JsonSchema):
    """A code of an authenticator app."""

    code = StrictString(required=True, validate=FullMatch("[0-9]{6}", error="A code has six digits."))


class PasswordForm(JsonSchema):
    """The password, said again."""

    password = StrictString(required=True, validate=validate.Length(1, _LONGEST_PASSWORD), load_only=True)


class SignedForm(JsonSchema):
    """A security key's signature (WebAuthn's AuthenticatorAssertionResponse)."""

    credential_id = _Bytes(_LONGEST_NAME)
    client_data = _Bytes()
    authenticator_data = _Bytes()
    signature = _Bytes()


class MadeForm(JsonSchema):
    """A new security key (WebAuthn's AuthenticatorAttestationResponse)."""

    credential_id = _Bytes(_LONGEST_NAME)
    client_data = _Bytes()
    attestation = _Bytes()


class KeyOptions(Schema):
    """What the browser hands to a security key."""

    options = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "WebAuthn's options in JSON; bytes are base64url."},
    )


class OneFactor(Schema):
    """One second factor."""

    id = fields.UUID(required=True)
    kind = fields.Enum(FactorKind, by_value=True, required=True)
    added_on = fields.Date(required=True)


class Factors(Schema):
    """The account's second factors."""

    factors = fields.List(fields.Nested(OneFactor), required=True)
    required = fields.Boolean(required=True, metadata={"description": "The city requires one."})
    proven = fields.Boolean(
        required=True, metadata={"description": "They can be changed now, without the password again."}
    )


class OfferedApp(Schema):
    """A secret for an authenticator app, told once; it counts once a code of it was sent."""

    id = fields.UUID(required=True)
    secret = fields.String(required=True, metadata={"description": "In base32, to be typed into the app."})
    address = fields.String(required=True, metadata={"description": "The `otpauth` address of the QR code."})


class Ways(Schema):
    """How staff of this city log in, beside name and password."""

    oidc = fields.Boolean(required=True, metadata={"description": "With an account of the city's own."})
    oidc_name = fields.String(required=True, metadata={"description": "How the city calls it; may be empty."})


class OutQuery(QuerySchema):
    """In which language the console goes on."""

    lang = fields.String(load_default="en", validate=validate.OneOf(LANGUAGES))


class BackQuery(Schema):
    """What the city's provider sends back; what it adds beyond that is not read."""

    class Meta:
        """Providers add members of their own, such as `session_state`."""

        unknown = EXCLUDE

    state = fields.String(load_default="", validate=validate.Length(max=_LONGEST_PASSWORD))
    code = fields.String(load_default="", validate=validate.Length(max=4096))
    error = fields.String(load_default="", validate=validate.Length(max=200))
    iss = fields.String(load_default="", validate=validate.Length(max=400))
