"""The resident's side of the messages: reading the thread with a receipt, and writing into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, text

from backend.domain.clock import local_date, next_hour
from backend.domain.messages import MOST, Author
from backend.domain.receipts import UNKNOWN, base64url
from backend.domain.retention import kept
from backend.errors import Conflict, NotFound, UnprocessableInput
from backend.store.messages import seal_message
from backend.store.models import Submission
from backend.store.queries import find_city
from backend.store.secrets import keyed_hash, receipt_hash

if TYPE_CHECKING:
    from sqlalchemy import Row

    from backend.store.work import Work

_READ = text("select * from receipt_messages(:receipt)")
_BEGIN = text("select * from message_begin(:receipt, :key)")
_ADD = text("select message_add(:receipt, :number, :day, :month, :wrapped, :ciphertext, :reply_copy)")


@dataclass(frozen=True)
class Attempt:
    """One try to send a message: the key the phone chose and what it says."""

    key: str
    words: str


def read(work: Work, pepper: bytes, receipt: bytes) -> list[dict[str, Any]]:
    """Return the thread, each message sealed to the phone; here nobody can open it.

    Raises:
        NotFound: the receipt is wrong, unknown, withdrawn or of another city.
    """
    held = receipt_hash(pepper, work.city_id, receipt)
    rows = work.session.execute(_READ, {"receipt": held}).all()
    if not rows:
        raise NotFound(UNKNOWN)
    return [_told(row) for row in rows if row.number is not None]


def _told(row: Row[Any]) -> dict[str, Any]:
    copy = {} if row.reply_copy is None else {"sealed": base64url(bytes(row.reply_copy))}
    return {"number": row.number, "from": row.author, "on": row.day.isoformat(), **copy}


def send(work: Work, pepper: bytes, receipt: bytes, attempt: Attempt) -> dict[str, Any]:
    """Add a resident's message exactly once; the report stays in the state it is in.

    Returns:
        The answer; for a key that was used before with the same words, the stored answer.

    Raises:
        NotFound: as for `read`. UnprocessableInput: the key was used for other words.
        Conflict: there are as many messages as one report takes.
    """
    held = receipt_hash(pepper, work.city_id, receipt)
    key_hash = keyed_hash(pepper, "message", work.city_id, held, attempt.key)
    fingerprint = keyed_hash(pepper, "message words", work.city_id, held, attempt.words)
    begun = work.session.execute(_BEGIN, {"receipt": held, "key": key_hash}).one_or_none()
    if begun is None:
        raise NotFound(UNKNOWN)
    if begun.answer is not None:
        return _earlier(begun, fingerprint)
    if begun.sent >= MOST:
        raise Conflict(f"A report takes {MOST} messages from its resident, and has them.")
    answer = _add(work, held, begun, attempt.words)
    _remember(work, key_hash, fingerprint, answer)
    return answer


def _earlier(begun: Row[Any], fingerprint: bytes) -> dict[str, Any]:
    if bytes(begun.fingerprint) != fingerprint:
        raise UnprocessableInput(
            "This Idempotency-Key was used for another message.", field="Idempotency-Key"
        )
    answer: dict[str, Any] = begun.answer
    return answer


def _add(work: Work, held: bytes, begun: Row[Any], words: str) -> dict[str, Any]:
    today = local_date(work.clock, find_city(work.session, work.city_id).timezone)
    sealed = seal_message(work, begun.report_id, begun.next, words, begun.reply_key)
    work.session.execute(_ADD, {"receipt": held, "number": begun.next, "day": today, **vars(sealed)})
    return {"number": begun.next, "from": Author.RESIDENT, "on": today.isoformat()}


def _remember(work: Work, key_hash: bytes, fingerprint: bytes, answer: dict[str, Any]) -> None:
    row = {
        "city_id": work.city_id,
        "key_hash": key_hash,
        "fingerprint": fingerprint,
        "answer": answer,
        "expires_at": next_hour(work.clock.now() + kept("answers")),
    }
    work.session.execute(insert(Submission.__table__).values(row))  # type: ignore[arg-type]
