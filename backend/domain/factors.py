"""Second factors: which there are, how far a log-in has come, and the codes of an authenticator app."""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

if TYPE_CHECKING:
    from datetime import datetime

_SECRET = 20  # bytes: the 160 bits that RFC 4226 recommends
_DIGITS, _PERIOD = 6, 30
_NEIGHBOURS = (0, -1, 1)  # a phone's clock may be a period off
ISSUER = "Farola"
# How many wrong tries an account has in how long a time.
TRIES, TRIES_WITHIN = 5, timedelta(seconds=60)
# For how long after somebody proved who they are their factors may be changed.
FRESH = timedelta(minutes=5)
MOST = 10


class FactorKind(StrEnum):
    """What a second factor is."""

    TOTP = "totp"
    KEY = "key"


class Step(StrEnum):
    """How far a log-in has come; before `done` a session is good for nothing else."""

    FACTOR = "factor"
    ENROL = "enrol"
    DONE = "done"


def new_secret() -> bytes:
    """Return a fresh secret for an authenticator app."""
    return secrets.token_bytes(_SECRET)


def readable(secret: bytes) -> str:
    """Return a secret as people type it into an app: base32 without padding."""
    return b32encode(secret).decode().rstrip("=")


def address(secret: bytes, pseudonym: str, city_id: str) -> str:
    """Return the `otpauth` address that a QR code shows; it names the pseudonym, never the person."""
    return _totp(secret).get_provisioning_uri(pseudonym, f"{ISSUER} {city_id}")


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, _DIGITS, SHA1(), _PERIOD)  # noqa: S303 - RFC 6238; what apps understand


def code_at(secret: bytes, counter: int) -> str:
    """Return the code of a period (RFC 6238: SHA-1, 6 digits, 30 s)."""
    return _totp(secret).generate(counter * _PERIOD).decode()


def counter_of(secret: bytes, code: str, now: datetime, last: int) -> int | None:
    """Return the period whose code this is, None for a wrong code and for one of a period already used.

    All periods are compared, each in constant time.
    """
    current = int(now.timestamp()) // _PERIOD
    fitting = [
        current + off
        for off in _NEIGHBOURS
        if hmac.compare_digest(code_at(secret, current + off).encode(), code.encode())
    ]
    return next((counter for counter in fitting if counter > last), None)
