"""A resident asks, with the receipt, that somebody else decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from backend.domain.receipts import UNKNOWN
from backend.errors import Conflict, NotFound
from backend.store.secrets import receipt_hash

if TYPE_CHECKING:
    from backend.store.work import Work

_APPEAL = text("select receipt_appeal(:receipt)")
_REFUSED = "refused"


def appeal(work: Work, pepper: bytes, receipt: bytes) -> str:
    """Put a report that was refused before somebody who did not decide about it; return its state.

    Raises:
        NotFound: the receipt is wrong, unknown, withdrawn or of another city.
        Conflict: it was not refused, was appealed before, or its place and time are forgotten.
    """
    held = receipt_hash(pepper, work.city_id, receipt)
    became: str | None = work.session.scalar(_APPEAL, {"receipt": held})
    if became is None:
        raise NotFound(UNKNOWN)
    if became == _REFUSED:
        raise Conflict("Only a report that was refused can be looked at again: once, and within two weeks.")
    return became
