"""Secrets handed to staff for a while: 256 random bits, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_BYTES = 32


def new_token() -> str:
    """Return 256 random bits as 43 characters of base64url."""
    return secrets.token_urlsafe(_BYTES)


def token_hash(token: str) -> bytes:
    """Return what is stored of a token; with so many random bits a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def derived(token: str, purpose: str) -> str:
    """Return a second secret that follows from a token and does not betray it."""
    return hmac.new(token.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def fits(token: str, kept: bytes | None) -> bool:
    """Tell in constant time whether a token is the one whose hash was kept."""
    return kept is not None and hmac.compare_digest(token_hash(token), kept)
