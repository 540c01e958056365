"""What the holder of an Open311 token can do: exchange it for the request's id, and see where that stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from backend.domain.open311 import request_id
from backend.domain.receipts import RECEIPT_INFO, derive
from backend.domain.taxonomy import Kind
from backend.domain.workflow import State
from backend.errors import NotFound
from backend.store.secrets import keyed_hash, receipt_hash

if TYPE_CHECKING:
    from datetime import date

    from backend.store.work import Work

# One sentence for wrong, unknown, withdrawn and other city's ones: they must not be told apart.
UNKNOWN = "There is no such request here."


@dataclass(frozen=True)
class Progress:
    """What may be told of a request to who holds its id."""

    kind: Kind
    state: State
    categories: list[str]
    received_on: date
    closed_on: date | None


def exchange(work: Work, pepper: bytes, secret: bytes) -> str:
    """Return the id of the request whose token is this; the first time, have it remembered.

    Raises:
        NotFound: the token is unknown, of another city, or its report is withdrawn or forgotten.
    """
    found = request_id(secret)
    told = {
        "receipt": receipt_hash(pepper, work.city_id, derive(secret, RECEIPT_INFO)),
        "request": _hash(work, pepper, found),
    }
    if not work.session.scalar(text("select open311_exchange(:receipt, :request)"), told):
        raise NotFound(UNKNOWN)
    return found


def progress(work: Work, pepper: bytes, told: str) -> Progress:
    """Tell where a request stands, by its id.

    Raises:
        NotFound: as for `exchange`.
    """
    row = work.session.execute(
        text("select * from open311_request(:request)"), {"request": _hash(work, pepper, told)}
    ).one_or_none()
    if row is None:
        raise NotFound(UNKNOWN)
    return Progress(Kind(row.kind), State(row.state), row.categories, row.received_on, row.closed_on)


def _hash(work: Work, pepper: bytes, told: str) -> bytes:
    return keyed_hash(pepper, "open311 request", work.city_id, told)
