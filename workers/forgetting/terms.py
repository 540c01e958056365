"""Which reports are over a term of the schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_

from backend.domain.retention import kept, term
from backend.domain.workflow import State
from backend.store.models import Report

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement

_DAYS = {"receipt": Report.received_on, "closing": Report.closed_on}


def over(item: str, today: date) -> ColumnElement[bool]:
    """Return what is true of reports for which an item has been kept long enough."""
    return or_(*(_DAYS[after] <= today - kept(item, after) for after in term(item).days_after))


def ended(today: date) -> ColumnElement[bool]:
    """Return what is true of reports of which only a tombstone is to stay.

    One that is approved and not counted yet waits for its release, without words and pictures.
    """
    waits = and_(Report.state == State.APPROVED, Report.countable_on.is_not(None))
    return and_(over("receipt", today), ~waits, Report.erased_on.is_(None))
