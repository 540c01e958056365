"""Four eyes on what is published: one asks to take a release back, another agrees; workers do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from backend.domain.clock import local_date
from backend.domain.layers import layer_named
from backend.domain.periods import period_named
from backend.domain.permissions import Permission
from backend.domain.withdrawals import ASKED_FOR, REASONS, can_be_corrected
from backend.errors import Conflict, NotAllowed, NotFound, UnprocessableInput
from backend.store import trail
from backend.store.models import Account, Ledger, Withdrawal, WithdrawalState
from backend.store.queries import find_city

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from backend.domain.permissions import Actor
    from backend.store.work import Work

_OPEN = (WithdrawalState.ASKED, WithdrawalState.GRANTED, WithdrawalState.DONE)


@dataclass(frozen=True)
class Told:
    """A withdrawal, and the pseudonyms of the two."""

    withdrawal: Withdrawal
    asked_by: str
    answered_by: str | None


def ask(work: Work, actor: Actor, layer: str, period: str, *, reason: str, corrects: bool) -> Told:
    """Ask to take a release back; with `corrects` to spend the layer's reserve on one that stands instead.

    Raises:
        NotFound: it was never released. UnprocessableInput: the reason is not on the list, or the
            release cannot be corrected. Conflict: it is being asked for already, or was done.
    """
    actor.need(Permission.WITHDRAW_RELEASE)
    if reason not in REASONS:
        raise UnprocessableInput(f"A reason is one of: {', '.join(REASONS)}.", field="reason")
    _find_release(work, layer, period)
    if corrects and not _correctable(work, layer, period):
        raise UnprocessableInput("Only a map can be corrected, and not long after.", field="corrects")
    _close_lapsed(work)
    _refuse_twice(work, layer, period)
    row = Withdrawal(
        city_id=work.city_id, id=uuid4(), layer=layer, period=period, reason=reason, corrects=corrects,
        state=WithdrawalState.ASKED, asked_by=actor.account_id, until=work.clock.now() + ASKED_FOR,
    )  # fmt: skip
    work.session.add(row)
    try:
        work.session.flush()
    except IntegrityError as twice:  # somebody else asked in the same moment
        raise Conflict("This is being asked for already, or was done.") from twice
    _note(work, actor, row, "withdrawal_asked")
    return Told(row, actor.pseudonym, None)


def _find_release(work: Work, layer: str, period: str) -> None:
    query = select(Ledger.plan_hash).where(
        Ledger.city_id == work.city_id, Ledger.layer == layer, Ledger.period == period
    )
    if work.session.scalar(query.limit(1)) is None:
        raise NotFound("Nothing is published for this layer and period.")


def _correctable(work: Work, layer: str, period: str) -> bool:
    today = local_date(work.clock, find_city(work.session, work.city_id).timezone)
    return can_be_corrected(layer_named(layer), period_named(period), today)


def _close_lapsed(work: Work) -> None:
    """End questions that nobody answered in time."""
    work.session.execute(
        update(Withdrawal)
        .where(
            Withdrawal.city_id == work.city_id,
            Withdrawal.state == WithdrawalState.ASKED,
            Withdrawal.until <= work.clock.now(),
        )
        .values(state=WithdrawalState.LAPSED)
    )


def _refuse_twice(work: Work, layer: str, period: str) -> None:
    query = select(Withdrawal.id).where(
        Withdrawal.city_id == work.city_id,
        Withdrawal.layer == layer,
        Withdrawal.period == period,
        Withdrawal.state.in_(_OPEN),
    )
    if work.session.scalar(query.limit(1)) is not None:
        raise Conflict("This is being asked for already, or was done: a release is taken back once.")


def every(work: Work, actor: Actor) -> Sequence[Told]:
    """Return all that was ever asked, the newest period first."""
    actor.need(Permission.WITHDRAW_RELEASE)
    _close_lapsed(work)
    return listed(work)


def listed(work: Work) -> Sequence[Told]:
    """Return the same as it stands, for an operator, who can neither ask nor agree."""
    first, second = aliased(Account), aliased(Account)
    query = (
        select(Withdrawal, first.pseudonym, second.pseudonym)
        .outerjoin(first, (first.city_id == Withdrawal.city_id) & (first.id == Withdrawal.asked_by))
        .outerjoin(second, (second.city_id == Withdrawal.city_id) & (second.id == Withdrawal.answered_by))
        .where(Withdrawal.city_id == work.city_id)
        .order_by(Withdrawal.period.desc(), Withdrawal.layer, Withdrawal.until.desc())
    )
    return [Told(row, one or "", two) for row, one, two in work.session.execute(query)]


def answer(work: Work, actor: Actor, withdrawal_id: UUID, *, grant: bool) -> None:
    """Agree to what somebody else asked for, or refuse it.

    Raises:
        NotFound: there is no such question. NotAllowed: it is one's own, or the account may not.
        Conflict: it was answered already, or it is too late.
    """
    actor.need(Permission.WITHDRAW_RELEASE)
    _close_lapsed(work)
    row = work.session.get(Withdrawal, (work.city_id, withdrawal_id), with_for_update=True)
    if row is None:
        raise NotFound("There is no such withdrawal here.")
    if row.asked_by == actor.account_id:
        raise NotAllowed("Somebody else has to agree to what you asked for.")
    if row.state is not WithdrawalState.ASKED:
        raise Conflict("This was answered already, or nobody did in time.")
    if grant and row.corrects and not _correctable(work, row.layer, row.period):
        raise Conflict(
            "What this map counted is forgotten by now; it can be taken back without a correction."
        )
    row.state = WithdrawalState.GRANTED if grant else WithdrawalState.REFUSED
    row.answered_by = actor.account_id
    _note(work, actor, row, "withdrawal_granted" if grant else "withdrawal_refused")


def _note(work: Work, actor: Actor, row: Withdrawal, what: str) -> None:
    entry = {
        "what": what, "account": actor.account_id, "withdrawal": row.id, "layer": row.layer,
        "period": row.period, "reason": row.reason, "corrects": row.corrects,
    }  # fmt: skip
    trail.append(work, entry)
