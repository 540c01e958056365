"""After the last release that counts a report, its place and time are blanked, and who told it is erased."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from backend.domain.layers import GENDER, Layer, layers_of
from backend.domain.periods import period_of
from backend.domain.retention import kept
from backend.domain.settling import WAIT
from backend.domain.taxonomy import Kind
from backend.domain.workflow import State, check_move
from backend.store.models import Report, ReportKey, Sealed
from backend.store.queries import find_city
from backend.store.seals import KeyClass

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement

    from backend.domain.periods import Period
    from backend.store.work import Work

# What describes place and time, and the answers that were summed.
_BLANK = dict.fromkeys(("cell", "area", "occurred_on", "daypart", "primary_group", "audit"))
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
        _blank(work, Report.kind == kind, Report.state == State.APPROVED, done, state=State.COUNTED)
    long_ago = work.clock.now().date() - UNDO_WITHIN
    _blank(work, Report.state.in_(_REFUSED), Report.closed_on <= long_ago, Report.cell.is_not(None))
    _erase_about_me(work, _released_until(GENDER, started, released))


def _blank(work: Work, *which: ColumnElement[bool], **more: State) -> None:
    work.session.execute(
        update(Report).where(Report.city_id == work.city_id, *which).values(**_BLANK, **more)
    )


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
