"""Drift: how far last week's proposals are from the model's first four weeks, and how many were corrected."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, select

from backend.domain.clock import local_date
from backend.domain.workflow import State
from backend.store.models import Decision, Drift, Report
from backend.store.queries import city_ids, find_city

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from backend.store.work import Work
    from workers.runtime import Runtime

WEEK, REFERENCE = timedelta(days=7), timedelta(days=28)
# Of fewer reports a distance is chance, and tells of single ones.
FEWEST = 30
_NOTHING = "none"


class Watch:
    """Measures every city once a day."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def round(self) -> None:
        """Measure what was not measured today."""
        for city_id in city_ids(self._runtime.works.database):
            with self._runtime.works.open(city_id) as work:
                measure(work)


def measure(work: Work) -> None:
    """Write down the drift of a city; nothing where it was done today, or no model has spoken yet."""
    today = local_date(work.clock, find_city(work.session, work.city_id).timezone)
    row = work.session.get(Drift, work.city_id, with_for_update=True)
    if row is not None and row.measured_on == today:
        return
    model = work.session.scalar(
        select(Report.model)
        .where(Report.city_id == work.city_id, Report.model.is_not(None))
        .order_by(Report.received_on.desc(), Report.id)
        .limit(1)
    )
    if model is None:
        return
    if row is None or row.model != model:
        row = _begin(work, row, model, today)
    _fill(work, row, today)


def _begin(work: Work, row: Drift | None, model: str, today: date) -> Drift:
    """Another model speaks: its first four weeks are what later ones are compared with."""
    first = select(func.min(Report.received_on)).where(Report.city_id == work.city_id, Report.model == model)
    row = row or Drift(city_id=work.city_id, proposed=0, decided=0)
    row.model, row.reference = model, None
    row.since = work.session.scalar(first) or today
    row.measured_on = today
    work.session.add(row)
    return row


def _fill(work: Work, row: Drift, today: date) -> None:
    if row.reference is None and today >= row.since + REFERENCE:
        month = _proposed(work, row.model, row.since, row.since + REFERENCE)
        row.reference = summed(month) if len(month) >= FEWEST else None
    week = _proposed(work, row.model, today - WEEK, today)
    row.measured_on, row.proposed = today, len(week)
    row.divergence = row.score_shift = None
    if row.reference is not None and len(week) >= FEWEST:
        now = summed(week)
        row.divergence = divergence(row.reference["shares"], now["shares"])
        row.score_shift = round(now["mean_score"] - row.reference["mean_score"], 4)
    decided = _decided(work, today - WEEK, today)
    row.decided = len(decided)
    row.corrected = round(sum(decided) / len(decided), 4) if len(decided) >= FEWEST else None


def _proposed(work: Work, model: str, since: date, before: date) -> Sequence[list[dict[str, Any]]]:
    """Return what one model proposed for each report received in some days."""
    days = (Report.received_on >= since, Report.received_on < before, Report.erased_on.is_(None))
    query = select(Report.labels).where(Report.city_id == work.city_id, Report.model == model, *days)
    return work.session.scalars(query).all()


def _decided(work: Work, since: date, before: date) -> list[bool]:
    """Return for each approval of some days whether its labels are others than were proposed."""
    query = (
        select(Report.labels, Decision.categories)
        .join(Decision, (Decision.city_id == Report.city_id) & (Decision.report_id == Report.id))
        .where(
            Report.city_id == work.city_id,
            Report.model.is_not(None),
            Report.erased_on.is_(None),
            Decision.became == State.APPROVED,
            Decision.decided_on >= since,
            Decision.decided_on < before,
        )
    )
    rows = work.session.execute(query)
    return [{label["code"] for label in labels} != set(categories) for labels, categories in rows]


def summed(proposals: Sequence[list[dict[str, Any]]]) -> dict[str, Any]:
    """Return each label's share of all that was proposed (no label is one as well), and the mean score."""
    codes = Counter(code for one in proposals for code in ([label["code"] for label in one] or [_NOTHING]))
    scores = [label["score"] for one in proposals for label in one]
    shares = {code: round(times / codes.total(), 6) for code, times in sorted(codes.items())}
    return {"shares": shares, "mean_score": round(float(np.mean(scores)), 4) if scores else 0.0}


def divergence(before: Mapping[str, float], now: Mapping[str, float]) -> float:
    """Return the Jensen-Shannon divergence of two sets of shares, in bits: 0 the same, 1 nothing in common."""
    codes = sorted(before.keys() | now.keys())
    one, other = (np.array([shares.get(code, 0.0) for code in codes]) for shares in (before, now))
    middle = (one + other) / 2
    return round(float(_relative(one, middle) + _relative(other, middle)) / 2, 4)


def _relative(one: np.ndarray[Any, Any], middle: np.ndarray[Any, Any]) -> float:
    some = one > 0
    return float(np.sum(one[some] * np.log2(one[some] / middle[some])))
