"""Adding a city, and telling about it again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from backend.errors import UnprocessableInput
from backend.steps.cities import add_city
from backend.store.models import City, Report
from tests.support import described_city


def started_on(works, city):
    with works["owner"].open(city) as work:
        return work.session.get_one(City, city).started_on


def tell_again(works, city, **changes):
    with works["owner"].open(city) as work:
        add_city(work, described_city(city, **changes))


def test_the_first_day_may_move_until_there_are_reports(works, city, hand_in):
    tell_again(works, city, started_on="2026-08-01")
    assert started_on(works, city) == date(2026, 8, 1)
    hand_in()
    tell_again(works, city, started_on="2026-10-01", name="Renamed")
    assert started_on(works, city) == date(2026, 8, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"areas": []}, "areas"),
        ({"boundary": {"type": "Point", "coordinates": [2, 41]}}, "boundary"),
        (
            {"boundary": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}},
            "boundary",
        ),
        ({"help_lines": [{"name": "Emergency", "phone": "112", "for": "all"}]}, "help_lines.0.for"),
        ({"policy": {"form": {"categories": ["nonsense"]}}}, "policy.form.categories"),
        *(
            ({"policy": {"leave_url": address}}, "policy.leave_url")
            for address in (
                "http://weather.example/",
                "javascript:alert(1)",
                "https://user@weather.example/",
                "https://weather",
                "https://weather.example/\n",
                "https://weather.example/" + "x" * 200,
                7,
            )
        ),
    ],
)
def test_a_city_that_cannot_be_drawn_or_asked_for_is_refused(works, city, changes, field):
    with works["owner"].open(city) as work, pytest.raises(UnprocessableInput) as refused:
        add_city(work, described_city(city, **changes))
    assert refused.value.field == field


def test_a_report_carries_only_what_its_city_asks_for(make_city, hand_in):
    few = make_city(policy={"form": {"categories": ["following", "badly_lit", "well_lit"]}})
    hand_in(at=few, categories=["following"])
    with pytest.raises(UnprocessableInput) as refused:
        hand_in(at=few, categories=["following", "theft"])
    assert refused.value.field == "categories.1"


def test_only_a_condition_may_be_forwarded(city, hand_in):
    hand_in(kind="condition", categories=["badly_lit"], consent_forward=True)
    with pytest.raises(UnprocessableInput) as refused:
        hand_in(consent_forward=True)
    assert refused.value.field == "consent_forward"


def test_a_child_s_report_is_for_the_trained_and_answered_with_children_s_lines_first(
    works, make_city, hand_in
):
    lines = [
        {"name": "Emergency", "phone": "112", "for": "emergency"},
        {"name": "Child line", "phone": "116111", "for": "children", "names": {"ca": "Infància"}},
    ]
    at = make_city(help_lines=lines)
    answer = hand_in(at=at, form="child", language="ca")
    assert [line["name"] for line in answer["help_lines"]] == ["Infància", "Emergency"]
    with works["worker"].open(at) as work:
        assert work.session.get_one(Report, (at, UUID(answer["id"]))).minor
    usual = hand_in(at=at, language="ca")
    assert [line["name"] for line in usual["help_lines"]] == ["Emergency", "Infància"]
