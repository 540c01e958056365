"""What is kept for a while only: stored answers, log-ins, counters and their keys."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from backend.store.models import Counter, CounterKey, Submission
from workers.sweep import forget_expired


@pytest.fixture(autouse=True)
def _only_this_city(monkeypatch, city):
    """The tests' database holds many cities, and this is about one."""
    monkeypatch.setattr("workers.sweep.city_ids", lambda _database: [city])


def rows(works, city, table):
    with works["owner"].open(city) as work:
        return work.session.scalar(select(func.count()).where(table.city_id == city))


def periods(works, city):
    with works["owner"].open(city) as work:
        return set(work.session.scalars(select(CounterKey.period).where(CounterKey.city_id == city)))


def test_counters_die_with_their_day_week_and_quarter(works, city, clock, hand_in):
    hand_in(contributor=b"t" * 16)
    assert periods(works, city) == {"2026-11-18", "2026-W47", "2026-Q4"}
    forget_expired(works["worker"])
    assert rows(works, city, Counter) == 3
    clock.move(days=1)
    forget_expired(works["worker"])
    assert periods(works, city) == {"2026-W47", "2026-Q4"}
    clock.move(days=5)
    forget_expired(works["worker"])
    assert periods(works, city) == {"2026-Q4"}
    clock.move(days=45)
    forget_expired(works["worker"])
    assert (rows(works, city, Counter), periods(works, city)) == (0, set())


def test_a_stored_answer_lives_a_day(works, city, clock, hand_in):
    hand_in()
    clock.move(hours=23)
    forget_expired(works["worker"])
    assert rows(works, city, Submission) == 1
    clock.move(hours=2)
    forget_expired(works["worker"])
    assert rows(works, city, Submission) == 0
