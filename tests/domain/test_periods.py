"""Periods: every day belongs to one week and one quarter, and both close at local midnight."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.periods import (
    PeriodKind,
    closes_at,
    next_period,
    period_named,
    period_of,
    periods_between,
)
from backend.errors import InvalidInput

days = st.dates(date(1990, 1, 1), date(2200, 1, 1))
kinds = st.sampled_from(PeriodKind)


@given(kinds, days)
def test_periods_follow_each_other_without_gap(kind, day):
    period = period_of(kind, day)
    assert day in period
    assert period_named(period.name) == period
    assert next_period(period).first == period.last + timedelta(days=1)
    assert {period_of(kind, period.first), period_of(kind, period.last)} == {period}


@given(days)
def test_the_weeks_of_a_quarter_share_out_its_days(day):
    quarter = period_of("quarter", day)
    weeks = periods_between("week", quarter.first, quarter.last)
    shared = sum(week.share_within(quarter) for week in weeks)
    assert shared * 7 == pytest.approx((quarter.last - quarter.first).days + 1)


def test_names_at_the_turn_of_the_year():
    assert period_of("week", date(2027, 1, 1)).name == "2026-W53"
    assert period_of("quarter", date(2026, 12, 31)).name == "2026-Q4"


def test_a_period_closes_at_local_midnight_across_summer_time():
    assert closes_at(period_named("2026-Q3"), "Europe/Madrid") == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert closes_at(period_named("2026-Q4"), "Europe/Madrid") == datetime(2026, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize("name", ["2026-W00", "2025-W53", "2026-Q5", "2026", "2026-Q4 ", "0000-Q1"])
def test_a_period_that_is_not_there_is_refused(name):
    with pytest.raises(InvalidInput):
        period_named(name)


@pytest.mark.parametrize("name", ["9999-Q4", "9999-W52", "0000-Q1", "0000-W01"])
def test_a_period_at_the_end_of_the_calendar_is_refused_like_any_other(name):
    with pytest.raises(InvalidInput):
        period_named(name)
