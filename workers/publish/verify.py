"""Whether ledger and shelf agree, and whether anything was ever spent that was not promised."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlalchemy import select

from backend.domain.budgets import check_layers
from backend.domain.layers import LAYERS
from backend.errors import FarolaError
from backend.store.models import Ledger, LedgerPlan
from workers.publish.document import ReleaseDocument, read_document
from workers.publish.ledger import Name
from workers.publish.shelf import Shelf

if TYPE_CHECKING:
    from backend.store.work import Work


def faults(work: Work, shelf: Shelf) -> Iterator[str]:
    """Yield, in words, whatever is wrong with the releases of a city; nothing when all is well.

    Every row's bytes must hash to what the ledger says, carry the plan that was entered before,
    spend no more than the layer's share on any path, and stand on the shelf as they are; and the
    shelf must hold nothing that the ledger does not know.
    """
    check_layers()
    rows = work.session.scalars(select(Ledger).where(Ledger.city_id == work.city_id)).all()
    for row in rows:
        yield from (f"{row.layer} {row.period}: {fault}" for fault in _of_row(work, shelf, row))
    known = {(row.layer, row.period) for row in rows}
    yield from (f"{layer} {period}: published without a row" for layer, period in _strange(shelf, known))


def _of_row(work: Work, shelf: Shelf, row: Ledger) -> Iterator[str]:
    data = bytes(row.release)
    if hashlib.sha256(data).hexdigest() != row.release_hash:
        yield "the bytes are not those that were drawn"
    plans = select(LedgerPlan.plan_hash).where(
        LedgerPlan.city_id == work.city_id, LedgerPlan.layer == row.layer, LedgerPlan.period == row.period
    )
    if row.plan_hash not in work.session.scalars(plans).all():
        yield "its plan was not entered"
    published = shelf.read(row.layer, row.period)
    if published is not None and published != data:
        yield "the published file is another one"
    try:
        yield from _of_document(read_document(data), row)
    except FarolaError:
        yield "the bytes cannot be read"


def _of_document(document: ReleaseDocument, row: Ledger) -> Iterator[str]:
    if (document.layer.name, document.period.name, document.plan) != (row.layer, row.period, row.plan_hash):
        yield "the bytes are of another release"
    allowed = document.layer.reserve if document.correction else document.layer.epsilon
    if not document.epsilon == Fraction(row.epsilon) <= allowed:
        yield f"more than {allowed} was spent"
    if spent(document) > document.epsilon:
        yield "a path spends more than the release says"


def spent(document: ReleaseDocument) -> Fraction:
    """Return the most that is spent on any path from a root to a leaf, all of an audit's values together."""
    tops = {place.place: place.epsilon for place in document.measured if place.split}
    values = len(document.values) if document.layer is LAYERS["audit"] else 1
    return max(
        (
            place.epsilon * values
            + sum((epsilon for top, epsilon in tops.items() if place.place.startswith(top)), Fraction(0))
            for place in document.measured
            if not place.split
        ),
        default=Fraction(0),
    )


def _strange(shelf: Shelf, known: set[Name]) -> list[Name]:
    """Return what stands on the shelf and is not in the ledger."""
    return sorted(set(shelf.names()) - known)
