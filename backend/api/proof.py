"""Proofs of work: making challenges, and checking what comes back in the header `Altcha`.

The library makes challenges and derives keys. What comes back is read here: the library takes
a challenge without an end, and looks at the machine's clock instead of the one that Farola
has. Several processes accept each other's challenges, because the key follows from the pepper
and the day. That a proof is spent once is the database's part.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any

import altcha
from flask import request

from backend.api.holder import is_importer
from backend.api.services import services
from backend.api.strict import read_json
from backend.domain.difficulty import HARDER, LIFE, TOP
from backend.errors import InvalidInput, ProofNeeded
from backend.store.proofs import Spent
from backend.store.secrets import keyed_hash

HEADER = "Altcha"
ACTION = "report"
MAX_HEADER = 4096
_ALGORITHM = "PBKDF2/SHA-256"
_COUNTER_BYTES = 4
_SKEW = timedelta(minutes=1)  # by which the clocks of two machines may differ
_SUBSCRIBER = 64  # bits of an IPv6 address that name a household

_MISSING = "Send the answer to a challenge in this header."
_UNREADABLE = "This is not an answer to a challenge."
_EXPIRED = "The challenge is too old; answer a fresh one."
_FOREIGN = "This challenge was not made for this."
_WRONG = "This is not the answer to the challenge."
_EASY = "There is much to do right now; answer a fresh challenge, which is harder."


def make_challenge(city: str, level: int) -> dict[str, Any]:
    """Return a challenge for a report to a city, as hard as a level asks for."""
    expires, settings = services().clock.now() + LIFE, services().settings
    made = altcha.create_challenge(
        _ALGORITHM,
        settings.proof_cost * HARDER[level],
        key_prefix="0" * settings.proof_zeros,
        expires_at=expires,
        data={"action": ACTION, "city": city, "level": level},
        hmac_secret=_secret(expires),
    )
    return made.to_dict()


def check_proof(city: str, tokens: Sequence[bytes] = (), reports: int = 1) -> Spent | None:
    """Check the proof that came with reports to a city from some contributors.

    Returns:
        What must be spent with them; None for an importer, whose key `holder.source` checks.

    Raises:
        ProofNeeded: there is none, or none that is good for this now.
    """
    if is_importer():
        return None
    answer = _read(request.headers.get(HEADER, ""))
    _check_challenge(answer, city)
    _check_solution(answer)
    if answer.level < services().crowd.needed(services().clock.now(), tokens, reports):
        # Whoever answers the hardest is not asked again.
        raise ProofNeeded(_EASY, level=TOP)
    return Spent(keyed_hash(services().pepper, "spent", city, answer.signature), answer.expires + _SKEW)


def note_taken(tokens: Sequence[bytes], reports: int) -> None:
    """Count new reports, for those that come next; an importer's are not counted.

    What comes again under a proof that was spent costs whoever sends it nothing, so it counts for nothing:
    else one proof could make it hard for everybody.
    """
    if reports and not is_importer():
        services().crowd.took(services().clock.now(), client_address(), tokens, reports)


def client_address() -> bytes:
    """Return where a request comes from, to be hashed at once and never kept.

    Of `X-Forwarded-For` only what our own proxies wrote is believed: the last entries, one
    for each proxy that the settings tell of. Of an IPv6 address the household's half is taken.
    """
    hops = services().settings.proxies
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    named = told[-hops] if 0 < hops <= len(told) else request.remote_addr or ""
    try:
        address = ip_address(named)
    except ValueError:
        return named.encode()
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return address.packed[: _SUBSCRIBER // 8]
    return (getattr(address, "ipv4_mapped", None) or address).packed


@dataclass(frozen=True)
class _Answer:
    """What a header said, of the right types and nothing more."""

    parameters: Mapping[str, Any]
    signature: bytes
    expires: datetime
    counter: int
    key: bytes

    @property
    def level(self) -> int:
        """How hard the challenge was; read only of one that we signed."""
        return int(self.parameters["data"]["level"])


def _read(header: str) -> _Answer:
    """Read a header; whatever a client made up in it ends in one refusal."""
    if not header:
        raise ProofNeeded(_MISSING)
    if len(header) > MAX_HEADER:
        raise ProofNeeded(_UNREADABLE)
    try:
        told = read_json(base64.b64decode(header.encode("ascii"), validate=True))
        challenge, solution = told["challenge"], told["solution"]
        parameters = challenge["parameters"]
        return _Answer(
            {**parameters},
            bytes.fromhex(challenge["signature"]),
            datetime.fromtimestamp(_whole(parameters["expiresAt"], 1 << 40), UTC),
            _whole(solution["counter"], 1 << 8 * _COUNTER_BYTES),
            bytes.fromhex(solution["derivedKey"]),
        )
    except (ValueError, TypeError, KeyError, OverflowError, OSError, InvalidInput) as wrong:
        raise ProofNeeded(_UNREADABLE) from wrong


def _whole(told: Any, end: int) -> int:
    if type(told) is not int or not 0 <= told < end:
        raise ValueError(end)
    return told


def _check_challenge(answer: _Answer, city: str) -> None:
    """See that we made the challenge, for this, and not long ago."""
    now = services().clock.now()
    if not now < answer.expires <= now + LIFE + _SKEW:
        raise ProofNeeded(_EXPIRED)
    signed = json.dumps(answer.parameters, sort_keys=True, separators=(",", ":")).encode()
    ours = hmac.new(_secret(answer.expires), signed, hashlib.sha256).digest()
    data = answer.parameters.get("data")
    if not hmac.compare_digest(ours, answer.signature) or not isinstance(data, dict):
        raise ProofNeeded(_FOREIGN)
    if (data.get("action"), data.get("city")) != (ACTION, city):
        raise ProofNeeded(_FOREIGN)


def _check_solution(answer: _Answer) -> None:
    """Derive the key of the counter, from parameters that we signed."""
    asked = altcha.ChallengeParameters.from_dict(dict(answer.parameters))
    password = bytes.fromhex(asked.nonce) + answer.counter.to_bytes(_COUNTER_BYTES)
    key = altcha.derive_key_pbkdf2(asked, bytes.fromhex(asked.salt), password)
    if not hmac.compare_digest(key, answer.key) or not key.hex().startswith(asked.key_prefix):
        raise ProofNeeded(_WRONG)


def _secret(expires: datetime) -> bytes:
    """Return what challenges of a day are signed with, the same in every process of the door."""
    return _secret_of_day(services().pepper, (expires - LIFE).date())


@lru_cache(maxsize=4)
def _secret_of_day(pepper: bytes, day: date) -> bytes:
    return keyed_hash(pepper, "challenge", day.isoformat())
