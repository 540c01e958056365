"""Take in one report: settle what counts, seal what is personal, remember the answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from backend.domain.audit import QUESTIONS
from backend.domain.cells import cell_at
from backend.domain.cityform import check_consent, check_offered, help_lines
from backend.domain.clock import local_date, next_hour
from backend.domain.layers import GENDER
from backend.domain.retention import kept
from backend.domain.taxonomy import Form, Kind
from backend.domain.workflow import PHOTO_PATIENCE, WAKES, State
from backend.errors import UnprocessableInput
from backend.store.counters import slots
from backend.store.intake import take
from backend.store.replies import seal_reply
from backend.store.sealed import sealed_rows
from backend.store.seals import KeyClass
from backend.store.secrets import keyed_hash, receipt_hash
from backend.store.standing import standing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from backend.store.proofs import Spent
    from backend.store.standing import Standing
    from backend.store.work import Works

_OLDEST = timedelta(days=366)
# What a resident may read back of their own report.
_OWN_COPY = (
    "kind", "categories", "location", "accuracy_m", "occurred_on", "daypart", "text", "setting", "audit",
    "about_me", "language", "consent_forward",
)  # fmt: skip


@dataclass(frozen=True)
class Attempt:
    """One try to hand in a report: the key the phone chose, what it said, and the proof that came along.

    `paid_for` are the keys of all reports that one proof pays for, when they are more than this one.
    """

    key: str
    fingerprint: bytes
    told: dict[str, Any]
    source: str
    spent: Spent | None = None
    paid_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Door:
    """Where reports of one city come in: its database, and what keys and receipts are hashed with.

    `new` is told of each report that was written, and of none that only came again.
    """

    works: Works
    pepper: bytes
    city_id: str
    new: Callable[[dict[str, Any]], None] = lambda _told: None


@dataclass(frozen=True)
class _Facts:
    """What intake found out about a report, beside what was told."""

    report_id: UUID
    today: date
    state: State
    city: Standing


def submit(door: Door, attempt: Attempt) -> dict[str, Any]:
    """Take in a report exactly once.

    Returns:
        The answer; for a key that was used before with the same body, the stored answer.

    Raises:
        UnprocessableInput: something in the report cannot be accepted; nothing was written.
        Conflict: the same key is being handled right now, or the receipt is taken.
    """
    city = standing(door.works.database, door.city_id, door.works.clock.now())
    told, today = attempt.told, local_date(door.works.clock, city.timezone)
    _check(told, today, city)
    state = State.AWAITING_PHOTOS if told["photos"] else State.RECEIVED
    facts = _Facts(uuid4(), today, state, city)
    answer = _answer(told, facts)
    values = (
        _claim(door, attempt, answer)
        | slots(told, today)
        | _row(door, attempt, facts)
        | _sealed(door.city_id, told, facts)
    )
    earlier = take(door.works.database, values)
    if earlier is not None:
        return earlier
    door.works.wake(door.city_id, facts.report_id, state)
    door.new(told)
    return answer


def _check(told: dict[str, Any], today: date, city: Standing) -> None:
    """Check what the parts of a report say about each other, and whether the city asks for them."""
    kind = Kind(told["kind"])
    check_offered(city.policy, kind, told["categories"])
    check_consent(kind, forward=told["consent_forward"])
    if (kind is Kind.AUDIT) != (told["audit"] is not None):
        raise UnprocessableInput("An audit has answers, and only an audit has.", field="audit")
    if kind is not Kind.AUDIT and not (told["categories"] or told["text"]):
        raise UnprocessableInput("Choose a category or say something in words.", field="categories")
    if not today - _OLDEST <= told["occurred_on"] <= today + timedelta(days=1):
        raise UnprocessableInput("The day must be within the last year.", field="occurred_on")


def _answer(told: dict[str, Any], facts: _Facts) -> dict[str, Any]:
    return {
        "id": str(facts.report_id),
        "state": str(facts.state),
        "received_on": facts.today.isoformat(),
        "photos": [{"name": photo["name"], "received": 0} for photo in told["photos"]],
        "help_lines": help_lines(facts.city.help_lines, told["language"], child=_from_a_child(told)),
    }


def _from_a_child(told: dict[str, Any]) -> bool:
    return told.get("form") == Form.CHILD


def _claim(door: Door, attempt: Attempt, answer: dict[str, Any]) -> dict[str, Any]:
    """Return under which hashes the answer is kept, and the proof that is spent with it."""
    spent, now = attempt.spent, door.works.clock.now()
    paid_for = sorted(attempt.paid_for or (attempt.key,))
    return {
        "the_city": door.city_id,
        "the_key": keyed_hash(door.pepper, "idempotency", door.city_id, attempt.key),
        "the_fingerprint": keyed_hash(door.pepper, "fingerprint", door.city_id, attempt.fingerprint),
        "the_answer": json.dumps(answer),
        "kept_until": next_hour(now + kept("answers")),
        "the_proof": spent and spent.nonce,
        "the_spender": spent and keyed_hash(door.pepper, "spender", door.city_id, *paid_for),
        "proof_until": spent and spent.expires_at,
    }


def _row(door: Door, attempt: Attempt, facts: _Facts) -> dict[str, Any]:
    """Return the readable columns, and the point that finds the area and is not stored."""
    told = attempt.told
    lon, lat = told["location"]["coordinates"]
    patience = timedelta(0) if facts.state in WAKES else PHOTO_PATIENCE
    return {
        "lon": lon,
        "lat": lat,
        "the_cell": cell_at(lon, lat),
        "the_id": facts.report_id,
        "the_kind": str(told["kind"]),
        "the_state": str(facts.state),
        "the_receipt": receipt_hash(door.pepper, door.city_id, told["receipt"]),
        "the_reply_key": told["reply_key"],
        "the_source": attempt.source,
        "the_categories": told["categories"],
        "the_occurred_on": told["occurred_on"],
        "the_daypart": str(told["daypart"]),
        "the_audit": [told["audit"].get(question) for question in QUESTIONS] if told["audit"] else None,
        "the_consent": told["consent_forward"],
        "the_language": told["language"],
        "the_minor": _from_a_child(told),
        "the_due": door.works.clock.now() + patience,
        "photo_names": [photo["name"] for photo in told["photos"]],
        "photo_sizes": [photo["size"] for photo in told["photos"]],
    }


def _sealed(city_id: str, told: dict[str, Any], facts: _Facts) -> dict[str, Any]:
    """Return the sealed parts, column by column."""
    keys, ciphertexts = sealed_rows(city_id, facts.report_id, facts.city.key, _personal(told))
    rows = [(row["field"], row["key_class"], row["ciphertext"]) for row in ciphertexts]
    if told["reply_key"]:
        rows.append(("own_copy", KeyClass.WORDS, seal_reply(told["reply_key"], _own_copy(told))))
    return {
        "the_month": facts.city.key.month,
        "key_classes": [str(key["key_class"]) for key in keys],
        "wraps": [key["wrapped"] for key in keys],
        "fields": [field for field, _, _ in rows],
        "field_classes": [str(key_class) for _, key_class, _ in rows],
        "ciphertexts": [ciphertext for _, _, ciphertext in rows],
    }


def _personal(told: dict[str, Any]) -> dict[str, Any]:
    """Return what must be sealed, by field."""
    lon, lat = told["location"]["coordinates"]
    parts = {
        "point": {"lon": lon, "lat": lat, "accuracy_m": told["accuracy_m"]},
        "words": {"text": told["text"], "setting": told["setting"]},
        # Only the gender layer reads it; for other kinds it is not even kept.
        "about_me": told["about_me"] if Kind(told["kind"]) in GENDER.kinds else {},
        "manifest": {photo["name"]: photo["sha256"] for photo in told["photos"]},
    }
    empty = {"text": "", "setting": {}}
    return {field: part for field, part in parts.items() if part and part != empty}


def _own_copy(told: dict[str, Any]) -> bytes:
    """Return what the resident told, for the resident alone."""
    own = {field: told[field] for field in _OWN_COPY} | {"occurred_on": told["occurred_on"].isoformat()}
    return json.dumps(own, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
