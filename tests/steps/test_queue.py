"""The order of the queue: urgency, age, fairness between areas, each filter, and the day it is due."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from backend.domain.cityreview import check_review, due_on, four_eyes, on_call, service_desk
from backend.domain.permissions import Actor, Role
from backend.domain.workflow import State
from backend.errors import UnprocessableInput
from backend.store.models import Report
from backend.store.waiting import A_DAY, next_free, waiting
from backend.store.wanted import Wanted

DAY = date(2026, 11, 1)
MARA = Actor(uuid4(), "mara*", Role.MODERATOR, trained=True)


def rows_of(city, told):
    """Rows of waiting reports: (area, urgency, days old) each, with ids in the order told."""
    return [
        {
            "city_id": city, "id": UUID(int=number), "kind": "incident", "state": "in_review",
            "receipt_hash": uuid4().bytes * 2, "key_month": "2026-11", "source": "phone", "categories": [], "area": area,
            "urgency": urgency, "received_on": DAY - timedelta(days=age), "counts": True, "burst": False,
            "labels": [], "forward_consent": False, "minor": False, "fence": 0, "attempts": 0,
        }
        for number, (area, urgency, age) in enumerate(told, start=1)
    ]  # fmt: skip


def by_definition(rows):
    """The same order, as the words say it: nothing of the statement that reads it from the index."""
    placed = []
    for row in rows:
        older = sum(
            (other["received_on"], other["id"]) < (row["received_on"], row["id"])
            for other in rows
            if (other["area"], other["urgency"]) == (row["area"], row["urgency"])
        )
        turn = row["received_on"] + timedelta(days=older // A_DAY)
        placed.append((-row["urgency"], turn, row["received_on"], row["id"]))
    return [one[-1] for one in sorted(placed)]


@pytest.fixture
def fill(works, city):
    def go(rows):
        with works["owner"].open(city) as work:
            work.session.execute(text("delete from reports where city_id = :city"), {"city": city})
            if rows:
                work.session.execute(insert(Report), rows)

    return go


def shown(works, city, limit=50, **wanted):
    with works["staff"].open(city) as work:
        return [report.id for report in waiting(work, MARA, Wanted(**wanted), limit)]


REPORTS = st.tuples(st.sampled_from(["a", "b", "c", None]), st.integers(0, 3), st.integers(0, 3))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(REPORTS, max_size=70), limit=st.integers(1, 60))
def test_the_index_gives_the_order_that_the_words_define(works, city, fill, told, limit):
    rows = rows_of(city, told)
    fill(rows)
    assert shown(works, city, limit) == by_definition(rows)[:limit]


def test_a_busy_area_does_not_hold_up_a_quiet_one(works, city, fill):
    busy = [("a", 0, 2)] * 100
    quiet = [("b", 0, 1)]
    fill(rows_of(city, busy + quiet))
    order = shown(works, city, 200)
    assert order.index(UUID(int=101)) <= 2 * A_DAY, "a day younger, and not behind all hundred"
    assert order[:A_DAY] == [UUID(int=number) for number in range(1, A_DAY + 1)]


def test_whatever_waits_is_reached_however_many_come_after_it(works, city, fill):
    fill(rows_of(city, [("a", 0, 30)] + [("b", 0, age) for age in range(15)] * 4))
    assert shown(works, city, 1) == [UUID(int=1)]


def test_an_area_that_fills_the_page_alone_is_read_further(works, city, fill):
    rows = rows_of(city, [("a", 3, 1)] * 60 + [("b", 0, 1)] * 60)
    fill(rows)
    assert shown(works, city, 100) == by_definition(rows)[:100]


def test_the_next_one_is_the_first_that_is_free(works, city, fill, clock):
    rows = rows_of(city, [("a", 1, 3), ("a", 1, 2), ("b", 0, 9)])
    rows[0] |= {"claimed_by": uuid4(), "claim_until": clock.now() + timedelta(minutes=1)}
    fill(rows)
    with works["staff"].open(city) as work:
        assert next_free(work, MARA, Wanted()).id == UUID(int=2)
        assert next_free(work, MARA, Wanted(area="b")).id == UUID(int=3)
        assert next_free(work, MARA, Wanted(area="c")) is None


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"language": "ca"}, {1}), ({"category": "theft"}, {2}), ({"area": "b"}, {3}), ({"area": "nowhere"}, set()),
        ({"state": State.APPEALED}, {4}), ({"received_from": DAY - timedelta(days=1)}, {1, 2}),
        ({"received_until": DAY - timedelta(days=5)}, {3, 4}), ({"language": "ca", "area": "b"}, set()),
    ],
)  # fmt: skip
def test_every_filter_narrows_the_queue(works, city, fill, wanted, expected):
    rows = rows_of(city, [("a", 0, 0), ("a", 0, 1), ("b", 0, 5), ("a", 0, 9)])
    rows[0]["language"], rows[1]["categories"], rows[3]["state"] = "ca", ["theft"], "appealed"
    fill(rows)
    assert {one.int for one in shown(works, city, **wanted)} == expected


# --- what a city's file says -------------------------------------------------------------------


def test_a_report_is_due_by_the_shortest_term_of_its_categories():
    policy = {"sla_days": {"default": 10, "touching": 1, "theft": 3}}
    assert due_on(policy, ["theft", "touching"], DAY) == DAY + timedelta(days=1)
    assert due_on(policy, ["theft", "following"], DAY) == DAY + timedelta(days=3)
    assert due_on(policy, [], DAY) == DAY + timedelta(days=10)
    assert due_on({}, ["theft"], DAY) == DAY + timedelta(days=7)


def test_a_city_says_what_two_look_at_or_that_nothing_is():
    assert four_eyes({}, ["rape_assault"])
    assert not four_eyes({}, ["theft"])
    assert four_eyes({"four_eyes": ["theft"]}, ["theft"])
    assert not four_eyes({"four_eyes": []}, ["rape_assault"])


def test_a_desk_and_a_watch_are_read_as_they_were_told():
    desk = {"url": "https://desk.example/v2/", "services": {"badly_lit": "L1", "default": "X"}}
    found = service_desk({"service_desk": desk})
    assert (found.url, found.service_for(["theft", "badly_lit"]), found.service_for([])) == (
        "https://desk.example/v2", "L1", "X",
    )  # fmt: skip
    watch = on_call({"on_call": {"email": "a@b.example", "unclaimed_minutes": 5}})
    assert (watch.first, watch.unclaimed) == (watch.then, timedelta(minutes=5))
    assert on_call({}) is service_desk({}) is None


@pytest.mark.parametrize(
    "policy",
    [
        {"four_eyes": ["nothing"]}, {"four_eyes": "theft"}, {"sla_days": {"nothing": 3}}, {"sla_days": {"theft": 0}},
        {"sla_days": {"theft": True}}, {"sla_days": []}, {"service_desk": {}},
        {"service_desk": {"url": "http://desk.example", "services": {"default": "X"}}},
        {"service_desk": {"url": "https://desk.example", "services": {}}},
        {"service_desk": {"url": "https://desk.example", "services": {"default": "a b"}}},
        {"service_desk": {"url": "file:///etc/passwd", "services": {"default": "X"}}},
        {"service_desk": {"url": "https://desk.example", "services": {"default": "X"}, "api_key": "secret"}},
        {"on_call": {}}, {"on_call": {"email": "nobody"}}, {"on_call": {"email": "a@b.example\nBcc: c@d.example"}},
        {"on_call": {"webhook": "http://hook.example/x"}}, {"on_call": {"email": "a@b.example", "unclaimed_minutes": 0}},
        {"on_call": {"email": "a@b.example", "then": {}}}, {"on_call": ["a@b.example"]},
        {"on_call": {"email": "a@b.example", "then": {"email": "a@b.example", "then": 1}}},
    ],
)  # fmt: skip
def test_a_file_that_says_what_cannot_be_followed_is_refused(policy):
    with pytest.raises(UnprocessableInput):
        check_review(policy)
