"""How often reports are approved, by area, language and kind: whether moderators treat all alike."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from backend.domain.clock import local_date
from backend.domain.retention import kept
from backend.domain.wilson import wilson
from backend.domain.workflow import State
from backend.store.models import Report
from backend.store.queries import find_city

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row

    from backend.store.work import Work

# Of fewer reports a rate is chance, and may tell of one person.
FEWEST = 10
_APPROVED = (State.APPROVED, State.COUNTED)
_CLOSED = (*_APPROVED, State.REJECTED, State.DUPLICATE)


def fairness(work: Work, month: date) -> dict[str, Any]:
    """Return approval rates of the reports that were closed in a month, as they stand now; nobody is named.

    Areas are told of the last days of the month only, as long as no place of theirs is forgotten: refused
    reports lose it sooner than approved ones, and what is left would tell of more approvals than there were.
    `month` is its first day.
    """
    end = (month + timedelta(days=32)).replace(day=1)
    rows = _closed(work, month, end)
    today = local_date(work.clock, find_city(work.session, work.city_id).timezone)
    since = max(month, today - kept("refused_place", "closing") + timedelta(days=1))
    placed = [row for row in rows if row.closed_on >= since]
    known = bool(placed) and all(row.area is not None for row in placed)
    return {
        "city": work.city_id,
        "month": f"{month:%Y-%m}",
        "all": _rate(rows),
        "kind": _by((row.kind.value, row) for row in rows),
        "language": _by((row.language, row) for row in rows),
        "area": _by((row.area, row) for row in placed) if known else None,
        "areas_since": since.isoformat() if known else None,
    }


def _closed(work: Work, since: date, before: date) -> list[Row[Any]]:
    query = select(Report.kind, Report.language, Report.area, Report.state, Report.closed_on).where(
        Report.city_id == work.city_id,
        Report.state.in_(_CLOSED),
        Report.erased_on.is_(None),
        Report.closed_on >= since,
        Report.closed_on < before,
    )
    return list(work.session.execute(query))


def _by(named: Iterable[tuple[str | None, Row[Any]]]) -> dict[str, Any]:
    """Return the rate of each group; of small ones, and of what names no group, only that they are withheld."""
    groups: dict[str, list[Row[Any]]] = {}
    for name, row in named:
        groups.setdefault(name or "", []).append(row)
    told = {name: rate for name, rows in sorted(groups.items()) if name and (rate := _rate(rows))}
    return {"groups": told, "withheld": len(groups) - len(told)}


def _rate(rows: Sequence[Row[Any]]) -> dict[str, Any] | None:
    """Return reports, the share approved and its interval; None of too few."""
    if len(rows) < FEWEST:
        return None
    approved = Counter(row.state in _APPROVED for row in rows)[True]
    low, high = wilson(approved, len(rows))
    return {
        "reports": len(rows), "approved": round(approved / len(rows), 4),
        "interval": [round(low, 4), round(high, 4)],
    }  # fmt: skip
