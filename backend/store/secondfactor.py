"""Checks second factors: codes of an app whose secret is sealed, and signatures of security keys (WebAuthn)."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from backend.domain import factors
from backend.errors import UnprocessableInput
from backend.store.seals import Binding, open_sealed, seal
from backend.store.secrets import keyed_hash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from backend.store.models import Account, Factor

_CHALLENGE = 32
# The password is the first factor; the key has only to be there and be touched.
_TOUCHED = UserVerificationRequirement.DISCOURAGED


@dataclass(frozen=True)
class Site:
    """Where browsers reach the staff's door; a security key signs for this place and no other."""

    origin: str

    @property
    def name(self) -> str:
        """The host alone, WebAuthn's relying party id."""
        return urlsplit(self.origin).hostname or ""


def slot(staff_key: bytes, purpose: str, *parts: str) -> bytes:
    """Return under what an account's tries are counted; what was typed cannot be read from it."""
    return keyed_hash(staff_key, f"tries {purpose}", *parts)


def subject_hash(staff_key: bytes, city_id: str, issuer: str, subject: str) -> bytes:
    """Return what is kept of who somebody is at a city's OpenID provider."""
    return keyed_hash(staff_key, "subject", city_id, issuer, subject)


def sealed_secret(staff_key: bytes, factor_id: UUID, secret: bytes) -> bytes:
    """Return the secret of an authenticator app as it is stored, bound to its row."""
    return seal(_sealing(staff_key), Binding(factor_id, "totp"), secret)


def _sealing(staff_key: bytes) -> bytes:
    return keyed_hash(staff_key, "second factors")


def takes_code(staff_key: bytes, factor: Factor, code: str, now: datetime) -> bool:
    """Tell whether a code is right and fresh, and remember its period, so that it is taken once.

    Nobody else may use the account's factors meanwhile (`sessions.find_alone`).
    """
    if factor.sealed is None:
        return False
    secret = open_sealed(_sealing(staff_key), Binding(factor.id, "totp"), factor.sealed)
    counter = factors.counter_of(secret, code, now, factor.counter)
    if counter is not None:
        factor.counter = counter
    return counter is not None


def new_challenge() -> bytes:
    """Return fresh random bytes for a key to sign."""
    return secrets.token_bytes(_CHALLENGE)


def creation_options(
    site: Site, account: Account, known: Sequence[Factor], challenge: bytes
) -> dict[str, Any]:
    """Return what a browser needs to make a key; the key learns the pseudonym, never the name."""
    options = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name=factors.ISSUER,
        user_id=account.id.bytes,
        user_name=account.pseudonym,
        challenge=challenge,
        exclude_credentials=_described(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=_TOUCHED
        ),
    )
    return dict(json.loads(options_to_json(options)))


def request_options(site: Site, known: Sequence[Factor], challenge: bytes) -> dict[str, Any]:
    """Return what a browser needs to let one of the account's keys sign."""
    options = webauthn.generate_authentication_options(
        rp_id=site.name,
        challenge=challenge,
        allow_credentials=_described(known),
        user_verification=_TOUCHED,
    )
    return dict(json.loads(options_to_json(options)))


def _described(known: Sequence[Factor]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=factor.credential_id)
        for factor in known
        if factor.credential_id is not None
    ]


def made_key(site: Site, challenge: bytes, told: Mapping[str, str]) -> tuple[bytes, bytes, int]:
    """Check what a browser says of a new key.

    Returns:
        The credential's id, its public key (COSE), and how often it signed.

    Raises:
        UnprocessableInput: it does not answer this challenge, or not for this site.
    """
    response = {"clientDataJSON": told["client_data"], "attestationObject": told["attestation"]}
    try:
        made = webauthn.verify_registration_response(
            credential=_credential(told, response),
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
        )
    except (WebAuthnException, ValueError) as wrong:
        raise UnprocessableInput("The security key's answer cannot be taken.", field="attestation") from wrong
    return made.credential_id, made.credential_public_key, made.sign_count


def takes_signature(site: Site, factor: Factor, challenge: bytes, told: Mapping[str, str]) -> bool:
    """Tell whether a key signed the challenge here, and remember its counter, which a copy would not know."""
    response = {
        "clientDataJSON": told["client_data"],
        "authenticatorData": told["authenticator_data"],
        "signature": told["signature"],
    }
    try:
        signed = webauthn.verify_authentication_response(
            credential=_credential(told, response),
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=factor.public_key or b"",
            credential_current_sign_count=factor.counter,
        )
    except (WebAuthnException, ValueError):
        return False
    factor.counter = signed.new_sign_count
    return True


def _credential(told: Mapping[str, str], response: dict[str, str]) -> dict[str, Any]:
    name = told["credential_id"].rstrip("=")
    return {"id": name, "rawId": name, "type": "public-key", "response": response}


def credential_name(factor: Factor) -> str:
    """Return a key's credential id as browsers write it."""
    return bytes_to_base64url(factor.credential_id or b"")
