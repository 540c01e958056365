"""Which releases are due, in the order in which they must be drawn."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from backend.domain.layers import LAYERS, Layer
from backend.domain.periods import Period, PeriodKind, closes_at, periods_between

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from backend.store.models import City

# Releases come out early in the morning after a period's end, so that when one appears tells
# nothing about what is in it.
RELEASE_HOUR = timedelta(hours=6)


class Due(NamedTuple):
    """One release to draw."""

    layer: Layer
    period: Period


def published_at(period: Period, timezone: str) -> datetime:
    """Return the instant a period's releases are due; it goes into the release file."""
    return closes_at(period, timezone) + RELEASE_HOUR


def due_releases(city: City, now: datetime, known: Collection[tuple[str, str]]) -> list[Due]:
    """Return what is due and not yet drawn: oldest first, and pulses before the plans that read them."""
    today = now.astimezone(ZoneInfo(city.timezone)).date()
    found = [
        Due(layer, period)
        for layer in LAYERS.values()
        for period in periods_between(layer.period, city.started_on, today)
        if published_at(period, city.timezone) <= now and (layer.name, period.name) not in known
    ]
    return sorted(found, key=lambda due: (due.period.last, due.period.kind is not PeriodKind.WEEK))
