"""Proofs of work: what is remembered of one that was spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Spent:
    """A proof that came along with a request and is used up when the request is taken.

    `nonce` is a keyed hash of the challenge, never the challenge itself; after `expires_at`
    the challenge is refused for its age, so the nonce need not be remembered longer.
    """

    nonce: bytes
    expires_at: datetime
