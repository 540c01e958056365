"""What a receipt is told of releases: the periods its report was taken into, as they were drawn and not as it stands now."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from backend.domain.settling import countable_on
from backend.domain.workflow import State
from backend.store.models import Report
from tests.support import square
from workers.publish import release
from workers.publish.release import release_city

HERE = {"type": "Point", "coordinates": [2.1, 41.4]}
APPROVED = datetime(2026, 9, 9, 12, tzinfo=UTC)  # a Wednesday of 2026-W37
WEEK_OVER = datetime(2026, 9, 14, 5, tzinfo=UTC)
QUARTER_OVER = datetime(2026, 10, 1, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _quick_k(monkeypatch):
    """How k is found has tests of its own; here it may be any number."""
    monkeypatch.setattr(release, "k_of", lambda _plan: 4.0)


@pytest.fixture
def city(make_city, clock):
    clock.at = APPROVED
    area = square(2.07, 41.37, 2.14, 41.43)
    areas = [{"code": "all", "name": "all", "geometry": area}]
    return make_city(started_on="2026-09-07", areas=areas, boundary=area)


@pytest.fixture
def approved(works, city, hand_in):
    """A function that hands in a report which a moderator approves on the same day."""

    def go(**changes):
        day = date(2026, 9, 7)
        report_id = UUID(hand_in(at=city, occurred_on=day, location=HERE, **changes)["id"])
        with works["worker"].open(city) as work:
            report = work.session.get_one(Report, (city, report_id))
            report.state, report.received_on, report.due_at = State.APPROVED, day, None
            report.countable_on = countable_on(APPROVED.date(), day)
        return report_id

    return go


@pytest.fixture
def held(works, city):
    def go(report_id):
        with works["worker"].open(city) as work:
            report = work.session.get_one(Report, (city, report_id))
            return report.counted_in, report.state

    return go


def test_a_report_is_held_by_its_week_and_then_by_its_quarter_once_each(runtime, clock, city, approved, held):
    report_id = approved()
    release_city(runtime, city)
    assert held(report_id) == ([], State.APPROVED)
    clock.at = WEEK_OVER
    release_city(runtime, city)
    assert held(report_id) == (["2026-W37"], State.APPROVED)
    clock.at = QUARTER_OVER
    release_city(runtime, city)
    assert held(report_id) == (["2026-W37", "2026-Q3"], State.COUNTED)


def test_a_safe_place_is_in_no_week(runtime, clock, city, approved, held):
    report_id = approved(kind="safe_place", categories=["well_lit"])
    clock.at = QUARTER_OVER
    release_city(runtime, city)
    assert held(report_id) == (["2026-Q3"], State.COUNTED)


def test_whether_a_slot_was_left_is_not_told(runtime, works, clock, city, approved, held):
    """Somebody who saw which of their own reports count would learn how many others reported there."""
    one, other = approved(), approved()
    with works["worker"].open(city) as work:
        work.session.get_one(Report, (city, other)).counts = False
    clock.at = QUARTER_OVER
    release_city(runtime, city)
    assert held(one) == held(other) == (["2026-W37", "2026-Q3"], State.COUNTED)


def test_a_later_undo_takes_nothing_out_of_what_is_published(runtime, works, clock, city, approved, held):
    report_id = approved()
    clock.at = WEEK_OVER
    release_city(runtime, city)
    with works["worker"].open(city) as work:
        work.session.get_one(Report, (city, report_id)).state = State.IN_REVIEW
    clock.at = QUARTER_OVER
    release_city(runtime, city)
    assert held(report_id) == (["2026-W37"], State.IN_REVIEW)


def test_an_approval_that_was_undone_when_its_week_was_drawn_is_not_in_that_week(
    runtime, works, clock, city, approved, held
):
    report_id = approved()
    for state, at in ((State.IN_REVIEW, WEEK_OVER), (State.APPROVED, QUARTER_OVER)):
        with works["worker"].open(city) as work:
            work.session.get_one(Report, (city, report_id)).state = state
        clock.at = at
        release_city(runtime, city)
    assert held(report_id) == (["2026-Q3"], State.COUNTED)


def test_after_a_restore_the_published_file_still_holds_the_report(
    runtime, works, clock, city, approved, held
):
    report_id = approved()
    clock.at = WEEK_OVER
    release_city(runtime, city)
    with works["owner"].open(city) as work:
        work.session.execute(text("delete from ledger where city_id = :city"), {"city": city})
        work.session.execute(text("update reports set counted_in = '{}' where city_id = :c"), {"c": city})
    release_city(runtime, city)
    assert held(report_id) == (["2026-W37"], State.APPROVED)
