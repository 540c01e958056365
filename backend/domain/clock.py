"""The one way code asks what time it is, so that tests and the demo can move it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date, datetime


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


def local_date(clock: Clock, timezone: str) -> date:
    """Return the calendar day it is now in a time zone."""
    return clock.now().astimezone(ZoneInfo(timezone)).date()


def next_hour(instant: datetime) -> datetime:
    """Return the full hour at or after an instant: what ends then does not tell when it began."""
    return (instant + timedelta(hours=1) - timedelta.resolution).replace(minute=0, second=0, microsecond=0)
