"""Counting: from approved reports to rows of (place, cross value, number); nothing leaves memory unnoised.

Place, group and day were fixed at the first approval, and whether a report counts at intake:
counting only reads them.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, select, update

from backend.domain.audit import QUESTIONS
from backend.domain.layers import COUNT, Layer, Shape, gender_value
from backend.domain.workflow import State
from backend.store.models import Report
from backend.store.sealed import Opener, erase_class
from backend.store.seals import KeyClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import InstrumentedAttribute

    from backend.domain.periods import Period
    from backend.store.keyring import KeyRing
    from backend.store.work import Work
    from workers.publish.draw import Row

# A resident who left a question open neither raises nor lowers its sum.
_MIDDLE = 3


def count(work: Work, keyring: KeyRing, layer: Layer, period: Period) -> list[Row]:
    """Return the true counts of a layer, to be noised in memory and never written.

    Counting the gender layer opens who the residents are, tallies, and destroys key and
    ciphertext in the same transaction as the release.
    """
    if layer.cross is Shape.GENDER:
        return _tally(_genders(work, keyring, layer, period))
    if layer.cross is Shape.AUDIT:
        return _tally(_answers(work, layer, period))
    from workers.publish.counting import FRESH

    return _counted_in_sql(work, layer, period, FRESH)


def count_again(work: Work, layer: Layer, period: Period) -> list[Row]:
    """Return the true counts of a layer that is corrected, from the cells that are kept for it."""
    from workers.publish.counting import AGAIN

    return _counted_in_sql(work, layer, period, AGAIN)


def is_blanked(work: Work, layer: Layer, period: Period) -> bool:
    """Tell whether the cell of anything that counted in a period is gone: what is left is not what was counted."""
    gone = (
        Report.city_id == work.city_id,
        Report.state == State.COUNTED,
        Report.counts,
        Report.kind.in_(layer.kinds),
        Report.countable_on.between(period.first, period.last),
        Report.cell.is_(None),
    )
    return work.session.scalar(select(Report.id).where(*gone).limit(1)) is not None


def _counted_in_sql(work: Work, layer: Layer, period: Period, states: Sequence[State]) -> list[Row]:
    from workers.publish.counting import sql, stored, tally

    query = sql(tally(stored(), work.city_id, layer, period, states), "postgres")
    return [(row[0], row[1], row[2]) for row in work.session.connection().exec_driver_sql(query)]


def note_counted(work: Work, layer: Layer, period: Period) -> None:
    """Tell the holders of receipts which period their report was taken into.

    Written in the transaction that draws: a later undo or a second approval does not change
    what was published. Whether a report used up a slot is not told: who sends many and saw
    which of them count would learn, without any noise, how many others reported there.
    """
    held = func.array_append(Report.counted_in, period.name)
    fresh = ~Report.counted_in.contains([period.name])
    work.session.execute(
        update(Report).where(*_taken(work.city_id, layer, period), fresh).values(counted_in=held)
    )


_Conditions = tuple["ColumnElement[bool] | InstrumentedAttribute[bool]", ...]


def _counted(city_id: str, layer: Layer, period: Period) -> _Conditions:
    return (Report.counts, *_taken(city_id, layer, period))


def _taken(city_id: str, layer: Layer, period: Period) -> _Conditions:
    return (
        Report.city_id == city_id,
        Report.state == State.APPROVED,
        Report.kind.in_(layer.kinds),
        Report.countable_on.between(period.first, period.last),
        Report.cell.is_not(None),
    )


def _genders(work: Work, keyring: KeyRing, layer: Layer, period: Period) -> Iterable[Row]:
    query = select(Report.id, Report.area).where(*_counted(work.city_id, layer, period))
    for report_id, area in work.session.execute(query).all():
        told = Opener(work.session, keyring, work.city_id, report_id).read("about_me") or {}
        erase_class(work.session, work.city_id, report_id, KeyClass.ABOUT_ME)
        yield str(area), gender_value(told.get("gender")), 1


def _answers(work: Work, layer: Layer, period: Period) -> Iterable[Row]:
    query = select(Report.area, Report.audit).where(*_counted(work.city_id, layer, period))
    for area, answers in work.session.execute(query):
        yield str(area), COUNT, 1
        for question, level in zip(QUESTIONS, answers or (), strict=True):
            if level is not None:
                yield str(area), question, 2 * level - _MIDDLE


def _tally(rows: Iterable[Row]) -> list[Row]:
    sums: Counter[tuple[int | str, str | None]] = Counter()
    for place, cross, number in rows:
        sums[place, cross] += number
    return [(place, cross, number) for (place, cross), number in sums.items()]
