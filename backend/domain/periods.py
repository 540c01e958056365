"""ISO weeks and quarters: the only spans of time in which anything is published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from backend.errors import InvalidInput

_DAY = timedelta(days=1)
_CORRECTED = "-corrected"
_NAME = re.compile(r"(\d{4})-(?:W(\d{2})|Q([1-4]))", re.ASCII)
_MONTHS_A_QUARTER = 3


class PeriodKind(StrEnum):
    """How long a period lasts."""

    WEEK = "week"
    QUARTER = "quarter"


@dataclass(frozen=True, order=True)
class Period:
    """One week (`2026-W47`) or quarter (`2026-Q4`); both days belong to it."""

    first: date
    last: date
    kind: PeriodKind
    name: str

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def share_within(self, other: Period) -> float:
        """Return the share of this period's days that also belong to another."""
        days = (min(self.last, other.last) - max(self.first, other.first)).days + 1
        return max(0, days) / ((self.last - self.first).days + 1)


def period_of(kind: PeriodKind | str, day: date) -> Period:
    """Return the week or quarter that a day belongs to."""
    return _week(day) if PeriodKind(kind) is PeriodKind.WEEK else _quarter(day)


def period_named(name: str) -> Period:
    """Return the period of a name such as `2026-W47` or `2026-Q4`.

    Raises:
        InvalidInput: there is no such period.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise InvalidInput("A period is written like 2026-W47 or 2026-Q4.")
    year, week, quarter = (int(part) if part else 0 for part in found.groups())
    try:
        return (
            _week(date.fromisocalendar(year, week, 1))
            if week or not quarter
            else _quarter(date(year, _MONTHS_A_QUARTER * quarter, 1))
        )
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"There is no period {name}.") from error


def release_name(period: Period | str, *, correction: bool) -> str:
    """Return the name under which a release of a period stands, its one correction beside it."""
    name = period if isinstance(period, str) else period.name
    return name + _CORRECTED if correction else name


def release_named(name: str) -> tuple[Period, bool]:
    """Return the period of a release's name, and whether it is a correction.

    Raises:
        InvalidInput: there is no such period.
    """
    return period_named(name.removesuffix(_CORRECTED)), name.endswith(_CORRECTED)


def next_period(period: Period) -> Period:
    """Return the period of the same kind that follows."""
    return period_of(period.kind, period.last + _DAY)


def periods_between(kind: PeriodKind | str, first: date, last: date) -> Iterator[Period]:
    """Yield every period that holds a day from `first` to `last`, in order."""
    period = period_of(kind, first)
    while period.first <= last:
        yield period
        period = next_period(period)


def closes_at(period: Period, timezone: str) -> datetime:
    """Return the instant, in UTC, of the local midnight that ends a period."""
    midnight = datetime.combine(period.last + _DAY, time(), ZoneInfo(timezone))
    return midnight.astimezone(UTC)


def _week(day: date) -> Period:
    year, week, weekday = day.isocalendar()
    first = day - timedelta(days=weekday - 1)
    return Period(first, first + 6 * _DAY, PeriodKind.WEEK, f"{year:04}-W{week:02}")


def _quarter(day: date) -> Period:
    quarter = (day.month - 1) // _MONTHS_A_QUARTER + 1
    first = date(day.year, _MONTHS_A_QUARTER * quarter - 2, 1)
    after = (first + timedelta(days=95)).replace(day=1)
    return Period(first, after - _DAY, PeriodKind.QUARTER, f"{day.year:04}-Q{quarter}")
