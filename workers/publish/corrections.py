"""Taking releases back: what two people agreed on is marked in the ledger, and told beside the files.

What was published is never changed. The mark, and the correction where there is one, come in one
transaction; the note beside the files follows, again and again until it stands there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select, update

from backend.domain.layers import Layer, layer_named
from backend.domain.periods import Period, period_named, release_name, release_named
from backend.domain.withdrawals import NOT_TOLD, NOTES
from backend.store.locks import hold_releases
from backend.store.models import Ledger, Withdrawal, WithdrawalState
from workers.publish.document import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.store.work import Work
    from workers.publish.shelf import Shelf


class Taken(NamedTuple):
    """A release that is taken back, why, and whether another one shall stand instead."""

    layer: Layer
    period: Period
    reason: str
    corrects: bool


def to_take_back(work: Work, shelf: Shelf) -> list[Taken]:
    """Return what was agreed on and is not done, and what the shelf knows and a restored database forgot."""
    done = _done(work)
    found = {(one.layer.name, one.period.name): one for one in (*_on_shelf(shelf), *_granted(work))}
    return [one for name, one in sorted(found.items()) if (*name, one.corrects) not in done]


def _done(work: Work) -> set[tuple[str, str, bool]]:
    """Return what needs no more: what is marked, and as corrected only with the correction."""
    rows = work.session.execute(
        select(Ledger.layer, Ledger.period, Ledger.correction, Ledger.withdrawn_at).where(
            Ledger.city_id == work.city_id
        )
    ).all()
    corrected = {(layer, period) for layer, period, number, _ in rows if number}
    marked = {(layer, period) for layer, period, number, at in rows if not number and at is not None}
    return {(*name, True) for name in marked & corrected} | {(*name, False) for name in marked}


def _granted(work: Work) -> Iterator[Taken]:
    query = select(Withdrawal).where(
        Withdrawal.city_id == work.city_id, Withdrawal.state == WithdrawalState.GRANTED
    )
    for row in work.session.scalars(query):
        yield Taken(layer_named(row.layer), period_named(row.period), row.reason, row.corrects)


def _on_shelf(shelf: Shelf) -> Iterator[Taken]:
    noted = shelf.withdrawn()
    for (layer, period), told in noted.items():
        yield Taken(
            layer_named(layer), period_named(period), told["reason"], told["corrected_by"] is not None
        )
    for layer, name in shelf.names():
        period_of_it, correction = release_named(name)
        if correction and (layer, period_of_it.name) not in noted:
            yield Taken(layer_named(layer), period_of_it, NOT_TOLD, corrects=True)


def mark(work: Work, taken: Taken) -> None:
    """Mark the release as taken back, in the transaction in which its correction is drawn."""
    hold_releases(work)
    layer, period = taken.layer.name, taken.period.name
    of_release = (Ledger.city_id == work.city_id, Ledger.layer == layer, Ledger.period == period)
    work.session.execute(
        update(Ledger)
        .where(*of_release, Ledger.correction == 0, Ledger.withdrawn_at.is_(None))
        .values(withdrawn_at=work.clock.now(), withdrawn_note=taken.reason)
    )
    of_row = (Withdrawal.city_id == work.city_id, Withdrawal.layer == layer, Withdrawal.period == period)
    work.session.execute(
        update(Withdrawal)
        .where(*of_row, Withdrawal.state == WithdrawalState.GRANTED)
        .values(state=WithdrawalState.DONE)
    )


def annotate(work: Work, shelf: Shelf) -> None:
    """Write beside the files of each release that was taken back what readers have to know."""
    query = select(Ledger).where(Ledger.city_id == work.city_id, Ledger.withdrawn_at.is_not(None))
    rows = work.session.scalars(query).all()
    if not rows:
        return
    corrections = select(Ledger.layer, Ledger.period).where(
        Ledger.city_id == work.city_id, Ledger.correction == 1
    )
    corrected = {tuple(row) for row in work.session.execute(corrections)}
    for row in rows:
        shelf.annotate(row.layer, row.period, _note(row, corrected=(row.layer, row.period) in corrected))


def _note(row: Ledger, *, corrected: bool) -> bytes:
    reason = row.withdrawn_note or NOT_TOLD
    return canonical(
        {
            "layer": row.layer,
            "period": row.period,
            "withdrawn_on": row.withdrawn_at.date().isoformat() if row.withdrawn_at else None,
            "reason": reason,
            "note": NOTES[reason],
            "corrected_by": release_name(row.period, correction=True) if corrected else None,
        }
    )
