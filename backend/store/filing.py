"""A proof of filing: a short statement about a report, signed by the installation (Ed25519)."""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
from typing import TYPE_CHECKING, Any

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from backend.domain.receipts import base64url
from backend.errors import InvalidInput
from backend.store.secrets import secret_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# Signed in front of every statement, so that a signature made for one use fits no other.
_PURPOSE = b"farola proof of filing 1\n"
_NONE = "This is no proof of filing."
MEMBERS = ("city", "issued_on", "received_on", "report", "state")


def public_key(seed: bytes) -> str:
    """Return the key that proofs are checked with, in base64url."""
    return base64url(bytes(SigningKey(seed).verify_key))


def sign(seed: bytes, statement: Mapping[str, str]) -> dict[str, Any]:
    """Return a proof: the statement, the key and the signature."""
    signed = SigningKey(seed).sign(_message(statement))
    return {
        "statement": dict(statement),
        "key": public_key(seed),
        "signature": base64url(signed.signature),
    }


def rotate(path: Path) -> str:
    """Put a new seed in the place of the one in a file; what that signed stays good, by its public key.

    The old public key is written down first, and the old seed is gone: nobody can sign with it any more.

    Returns:
        The new public key.
    """
    listed = (*earlier(path), public_key(secret_of(path)))
    _replace(_earlier_file(path), "".join(f"{key}\n" for key in dict.fromkeys(listed)).encode())
    fresh = bytes(SigningKey.generate())
    _replace(path, fresh)
    return public_key(fresh)


def earlier(path: Path) -> tuple[str, ...]:
    """Return the public keys of the seeds that were in a file before, oldest first."""
    file = _earlier_file(path)
    return tuple(file.read_text(encoding="ascii").split()) if file.exists() else ()


def _earlier_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.earlier")


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its user only."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _message(statement: Mapping[str, str]) -> bytes:
    """Return the bytes that are signed: a purpose and the statement in canonical JSON."""
    canonical = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return _PURPOSE + canonical.encode()


def check(proof: object, *trusted: str) -> dict[str, str]:
    """Return the statement of a proof that was signed with a key one trusts.

    The key inside the proof only says which one it claims; those that are `trusted` came another way.

    Raises:
        InvalidInput: it is no proof, another key signed it, or it was changed since.
    """
    statement, signature = _parts(proof)
    try:
        VerifyKey(decoded(_claimed(proof, trusted))).verify(_message(statement), signature)
    except (BadSignatureError, ValueError, TypeError) as wrong:
        raise InvalidInput(
            "The signature does not fit: it was changed, or signed with another key."
        ) from wrong
    return statement


def _claimed(proof: object, trusted: Sequence[str]) -> str:
    """Return which of the trusted keys a proof claims; the first where it claims another."""
    claimed = proof.get("key") if isinstance(proof, dict) else None
    return next((key for key in trusted if key == claimed), trusted[0])


def _parts(proof: object) -> tuple[dict[str, str], bytes]:
    told = proof if isinstance(proof, dict) else {}
    statement = told.get("statement")
    if not isinstance(statement, dict) or sorted(statement) != sorted(MEMBERS):
        raise InvalidInput(_NONE)
    if not all(isinstance(value, str) for value in statement.values()):
        raise InvalidInput(_NONE)
    return statement, decoded(told.get("signature"))


def decoded(told: object) -> bytes:
    """Return what base64url without padding stands for.

    Raises:
        InvalidInput: it is something else.
    """
    if not isinstance(told, str):
        raise InvalidInput(_NONE)
    try:
        return base64.b64decode(told + "=" * (-len(told) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise InvalidInput("A key or signature is not in base64url.") from wrong
