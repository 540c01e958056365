"""Whether ledger and shelf agree, and whether anything was ever spent that was not promised."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlalchemy import select

from backend.domain.budgets import check_layers
from backend.domain.layers import LAYERS, LIFETIME, layers_of
from backend.domain.periods import release_name
from backend.domain.taxonomy import Kind
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
        yield from (f"{row.layer} {_name(row)}: {fault}" for fault in _of_row(work, shelf, row))
    known = {(row.layer, _name(row)) for row in rows}
    yield from _uncorrected(rows)
    yield from (
        f"a report of kind {kind} can have cost {cost}, more than {LIFETIME}"
        for kind in Kind
        if (cost := cost_of_a_report(kind, [(row.layer, row.period, Fraction(row.epsilon)) for row in rows]))
        > LIFETIME
    )
    yield from (f"{layer} {period}: published without a row" for layer, period in _strange(shelf, known))


def cost_of_a_report(kind: Kind, spent: Iterable[tuple[str, str, Fraction]]) -> Fraction:
    """Return the most that one counted report of a kind can have cost, by what releases spent.

    `spent` holds layer, period and epsilon of every release, corrections included. In each layer a
    report is counted in one period, so the dearest one counts.
    """
    costs: dict[str, dict[str, Fraction]] = {layer.name: {} for layer in layers_of(kind)}
    for layer, period, epsilon in spent:
        if layer in costs:
            costs[layer][period] = costs[layer].get(period, Fraction(0)) + epsilon
    return sum((max(one.values(), default=Fraction(0)) for one in costs.values()), Fraction(0))


def _name(row: Ledger) -> str:
    return release_name(row.period, correction=bool(row.correction))


def _uncorrected(rows: Sequence[Ledger]) -> Iterator[str]:
    """Yield the corrections that stand beside what they should have taken the place of."""
    standing = {(row.layer, row.period) for row in rows if not row.correction and row.withdrawn_at is None}
    for row in rows:
        if row.correction and (row.layer, row.period) in standing:
            yield f"{row.layer} {_name(row)}: what it corrects still stands"


def _of_row(work: Work, shelf: Shelf, row: Ledger) -> Iterator[str]:
    data = bytes(row.release)
    if hashlib.sha256(data).hexdigest() != row.release_hash:
        yield "the bytes are not those that were drawn"
    plans = select(LedgerPlan.plan_hash).where(
        LedgerPlan.city_id == work.city_id, LedgerPlan.layer == row.layer, LedgerPlan.period == row.period,
        LedgerPlan.correction == row.correction,
    )  # fmt: skip
    if row.plan_hash not in work.session.scalars(plans).all():
        yield "its plan was not entered"
    published = shelf.read(row.layer, _name(row))
    if published is not None and published != data:
        yield "the published file is another one"
    try:
        yield from _of_document(read_document(data), row)
    except FarolaError:
        yield "the bytes cannot be read"


def _of_document(document: ReleaseDocument, row: Ledger) -> Iterator[str]:
    if (document.layer.name, document.period.name, document.plan) != (row.layer, row.period, row.plan_hash):
        yield "the bytes are of another release"
    if document.correction != bool(row.correction):
        yield "the bytes are of another release"
    allowed = document.layer.reserve if row.correction else document.layer.epsilon
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
