"""What the holder of a receipt can do: see the state, read the report back, prove that it was filed, withdraw it.

Every question is one look-up by the receipt's hash, and a receipt that opens nothing is
answered right after it: with the same sentence, whatever the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from backend.domain.clock import local_date
from backend.domain.receipts import UNKNOWN, base64url
from backend.domain.workflow import told_state
from backend.errors import NotFound
from backend.store.filing import sign
from backend.store.queries import find_city
from backend.store.secrets import receipt_hash

if TYPE_CHECKING:
    from sqlalchemy import Row

    from backend.store.work import Work

_STATUS = text("select * from receipt_status(:receipt)")
_OWN_COPY = text("select receipt_own_copy(:receipt)")
_WITHDRAW = text("select receipt_withdraw(:receipt, :today)")
NOTHING_SEALED = (
    "Nothing to read back belongs to this receipt here: unknown, sent without a reply_key, or erased by now."
)


def status(work: Work, pepper: bytes, receipt: bytes) -> dict[str, Any]:
    """Tell where a report stands.

    Raises:
        NotFound: the receipt is wrong, unknown, withdrawn or of another city.
    """
    row = _found(work, pepper, receipt)
    return {
        "id": str(row.id),
        "kind": row.kind,
        "state": told_state(row.state),
        "received_on": row.received_on.isoformat(),
        "photos": row.photos,
        "counted_in": row.counted_in,
        "messages": {"count": row.messages, "from_city": row.from_city},
    }


def _found(work: Work, pepper: bytes, receipt: bytes) -> Row[Any]:
    held = receipt_hash(pepper, work.city_id, receipt)
    row = work.session.execute(_STATUS, {"receipt": held}).one_or_none()
    if row is None:
        raise NotFound(UNKNOWN)
    return row


def own_copy(work: Work, pepper: bytes, receipt: bytes) -> dict[str, str]:
    """Return what the resident told, as it was sealed to their phone at intake.

    Raises:
        NotFound: as for `status`, and where nothing was sealed or it is erased by now.
    """
    held = receipt_hash(pepper, work.city_id, receipt)
    sealed: bytes | None = work.session.scalar(_OWN_COPY, {"receipt": held})
    if sealed is None:
        raise NotFound(NOTHING_SEALED)
    return {"sealed": base64url(bytes(sealed))}


def proof(work: Work, pepper: bytes, seed: bytes, receipt: bytes) -> dict[str, Any]:
    """Return a signed statement that a report is here: no kind, no place, no words.

    Raises:
        NotFound: as for `status`.
    """
    row = _found(work, pepper, receipt)
    today = local_date(work.clock, find_city(work.session, work.city_id).timezone)
    statement = {
        "city": work.city_id,
        "report": str(row.id),
        "received_on": row.received_on.isoformat(),
        "state": told_state(row.state),
        "issued_on": today.isoformat(),
    }
    return sign(seed, statement)


def withdraw(work: Work, pepper: bytes, receipt: bytes) -> list[str]:
    """Shred a report at once; a tombstone without words and place stays, and the day.

    Returns:
        The blobs that can no longer be read and are to be removed after the commit.

    Raises:
        NotFound: as for `status`.
    """
    city = find_city(work.session, work.city_id)
    told = {
        "receipt": receipt_hash(pepper, work.city_id, receipt),
        "today": local_date(work.clock, city.timezone),
    }
    gone: list[str] | None = work.session.scalar(_WITHDRAW, told)
    if gone is None:
        raise NotFound(UNKNOWN)
    return gone
