"""What ends at a full hour does not tell when it began."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.domain.clock import next_hour

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "hours"),
    [
        (timedelta(0), 0),
        (timedelta.resolution, 1),
        (timedelta(minutes=59, seconds=59, microseconds=999_999), 1),
        (timedelta(hours=1), 1),
        (timedelta(hours=11, minutes=1), 12),
    ],
)
def test_the_full_hour_at_or_after(after, hours):
    assert next_hour(NOON + after) == NOON + timedelta(hours=hours)
