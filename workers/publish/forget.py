"""After the last release that counts a report, its place and time are blanked, and who told it is erased.

The cell alone stays for as long as the map that counted it can be drawn anew.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select, update

from backend.domain.clock import local_date
from backend.domain.layers import GENDER, MAP, Layer, layers_of
from backend.domain.periods import PeriodKind, period_named, period_of, release_named
from backend.domain.retention import kept
from backend.domain.settling import WAIT
from backend.domain.taxonomy import Kind
from backend.domain.withdrawals import CORRECTABLE
from backend.domain.workflow import State, check_move
from backend.store.models import Report, ReportKey, Sealed, Withdrawal, WithdrawalState
from backend.store.queries import find_city
from backend.store.seals import KeyClass

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement

    from backend.domain.periods import Period
    from backend.store.work import Work

# What describes place and time, and the answers that were summed.
_BLANK = dict.fromkeys(("cell", "area", "occurred_on", "daypart", "primary_group", "audit"))
_DAY = timedelta(days=1)
# How long a correction that was agreed on is waited for beyond its term, when no worker could draw it.
_PATIENCE = timedelta(days=7)
_REFUSED = (State.REJECTED, State.DUPLICATE)
# A refusal can be taken back for as long; after that its place and time are forgotten too.
UNDO_WITHIN = kept("refused_place", "closing")


def close_counted(work: Work, released: Collection[tuple[str, str]]) -> None:
    """Move reports that every layer of their kind has counted to COUNTED, without place and time."""
    check_move(State.APPROVED, State.COUNTED)
    started = find_city(work.session, work.city_id).started_on
    for kind in Kind:
        layers = layers_of(kind)
        first = max(period_of(layer.period, started).first for layer in layers)
        last = min(_released_until(layer, started, released) for layer in layers)
        done = Report.countable_on.between(first, last)
        keep = any(layer.reserve for layer in layers)
        _blank(
            work,
            Report.kind == kind,
            Report.state == State.APPROVED,
            done,
            keep_cell=keep,
            state=State.COUNTED,
        )
    _blank_cells(work, released)
    long_ago = work.clock.now().date() - UNDO_WITHIN
    _blank(work, Report.state.in_(_REFUSED), Report.closed_on <= long_ago, Report.cell.is_not(None))
    _erase_about_me(work, _released_until(GENDER, started, released))


def _blank(work: Work, *which: ColumnElement[bool], keep_cell: bool = False, **more: State) -> None:
    blank = {name: None for name in _BLANK if not (keep_cell and name == "cell")}
    work.session.execute(update(Report).where(Report.city_id == work.city_id, *which).values(**blank, **more))


def _blank_cells(work: Work, released: Collection[tuple[str, str]]) -> None:
    """Blank the cells of counted reports whose map was corrected, or cannot be any more.

    What two people agreed on and no worker has drawn yet is waited for, but not for ever.
    """
    today = local_date(work.clock, find_city(work.session, work.city_id).timezone)
    past = period_of(PeriodKind.QUARTER, today - CORRECTABLE).first - _DAY
    corrected = [period for period, correction in map(release_named, _names(released)) if correction]
    waiting = work.session.scalars(
        select(Withdrawal.period).where(
            Withdrawal.city_id == work.city_id,
            Withdrawal.state == WithdrawalState.GRANTED,
            Withdrawal.corrects,
        )
    )
    over = [Report.countable_on <= past, *(Report.countable_on.between(p.first, p.last) for p in corrected)]
    drawn_soon = [
        period for period in map(period_named, waiting) if today <= period.last + CORRECTABLE + _PATIENCE
    ]
    kept = [~Report.countable_on.between(period.first, period.last) for period in drawn_soon]
    _blank(work, Report.state == State.COUNTED, Report.cell.is_not(None), or_(*over), *kept)


def _names(released: Collection[tuple[str, str]]) -> list[str]:
    return [name for layer, name in released if layer == MAP.name]


def _erase_about_me(work: Work, last: date) -> None:
    """Erase who the resident is for what no gender layer will count any more."""
    over = select(Report.id).where(
        Report.city_id == work.city_id,
        Report.received_on <= last,
        Report.state.in_((State.APPROVED, State.COUNTED, *_REFUSED)),
        Report.countable_on.is_(None) | (Report.countable_on <= last),
    )
    for table in (Sealed, ReportKey):
        work.session.execute(
            delete(table).where(
                table.city_id == work.city_id,
                table.key_class == KeyClass.ABOUT_ME,
                table.report_id.in_(over),
            )
        )


def never_again(work: Work, layer: Layer, period: Period) -> None:
    """After a restore of the database: what may have been counted in a published release counts no more.

    A report that was approved after the backup stands undecided again, and its approval is
    lost; it may be in the release all the same.
    """
    ended = period.last - WAIT
    work.session.execute(
        update(Report)
        .where(
            Report.city_id == work.city_id,
            Report.kind.in_(layer.kinds),
            Report.countable_on.is_(None),
            Report.received_on <= ended,
        )
        .values(counts=False)
    )


def _released_until(layer: Layer, started: date, released: Collection[tuple[str, str]]) -> date:
    """Return the last day up to which every period of a layer is released."""
    period = period_of(layer.period, started)
    while (layer.name, period.name) in released:
        period = period_of(layer.period, period.last + timedelta(days=1))
    return period.first - timedelta(days=1)
