"""The demo's city is one partition; its reports and its past obey the rules that residents' reports obey."""

from __future__ import annotations

import math
import re
from collections import Counter
from datetime import date, timedelta

import pytest
import shapely
from shapely.geometry import Point, shape

from backend.cli.demo import history, material
from backend.domain.audit import LEVELS, QUESTIONS
from backend.domain.reasons import REASONS
from backend.domain.taxonomy import (
    PLACE_TYPES,
    TRANSPORT_MODES,
    AgeBand,
    Daypart,
    Gender,
    Kind,
    categories_for,
)

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def city():
    return material.city()


@pytest.fixture(scope="module")
def districts(city):
    return {area["code"]: shape(area["geometry"]) for area in city["areas"]}


@pytest.fixture(scope="module")
def past(city):
    return history.Past(city, *history.span(TODAY)).rows(3000)


def test_the_city_says_that_it_is_approximate(city):
    assert "approximate" in city["comment"]
    assert city["policy"]["demo"] is True
    assert len(city["areas"]) == 10
    assert {"112", "016", "116111"} == {line["phone"] for line in city["help_lines"]}


def test_the_districts_are_one_partition_of_the_boundary(city, districts):
    boundary = shape(city["boundary"])
    assert all(
        shape.is_valid and shape.geom_type == "MultiPolygon" for shape in (boundary, *districts.values())
    )
    assert shapely.union_all(list(districts.values())).symmetric_difference(boundary).area < 1e-12
    assert sum(part.area for part in districts.values()) == pytest.approx(boundary.area, abs=1e-12)


def test_the_city_has_about_its_real_size(city):
    degree = 111.32
    area = shape(city["boundary"]).area * degree**2 * math.cos(math.radians(41.4))
    assert 90 < area < 115


def test_neighbours_share_their_corners(districts):
    corners = [
        set(shapely.get_coordinates(part).round(9).view("f8,f8").ravel().tolist())
        for part in districts.values()
    ]
    for index, part in enumerate(districts.values()):
        for other, its_corners in zip(districts.values(), corners, strict=True):
            if other is not part:
                on_edge = {corner for corner in its_corners if part.boundary.distance(Point(corner)) < 1e-9}
                assert on_edge <= corners[index]


def test_started_on_can_be_set(city):
    assert material.city(date(2026, 1, 5)) == city | {"started_on": "2026-01-05"}


# --- the reports -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stories():
    return material.stories(TODAY)


def test_there_are_enough_reports_of_all_sorts(stories):
    assert len(stories) >= 66
    assert {story.body["kind"] for story in stories} == set(Kind)
    assert {story.body["language"] for story in stories} == {"ca", "es", "en", "fr", "pt"}
    assert Counter(story.decision.verdict for story in stories).keys() == {"approve", "reject", "duplicate"}
    assert sum(bool(story.scenes) for story in stories) >= 14
    assert sum(any(scene["people"] for scene in story.scenes) for story in stories) >= 10
    assert {story.body["daypart"] for story in stories} == set(Daypart)


def test_every_decision_has_a_reason_on_the_list(stories):
    for story in stories:
        assert story.decision.reason in REASONS[story.decision.verdict]


def test_every_report_stands_in_a_district(stories, districts):
    seen = Counter()
    for story in stories:
        point = Point(story.body["location"]["coordinates"])
        seen.update(code for code, district in districts.items() if district.contains(point))
    assert sum(seen.values()) == len(stories)
    assert seen.keys() == districts.keys()


def test_every_report_speaks_the_interface(stories):
    for story in stories:
        body = story.body
        allowed = {category.code for category in categories_for(Kind(body["kind"]))}
        assert set(body.get("categories", ())) <= allowed
        setting = body.get("setting", {})
        assert setting.get("place_type", "other") in PLACE_TYPES
        assert setting.get("transport_mode", "other") in TRANSPORT_MODES
        about = body.get("about_me", {})
        assert about.get("gender", "other") in set(Gender)
        assert about.get("age_band", "18-24") in set(AgeBand)
        assert date.fromisoformat(body["occurred_on"]) < TODAY
        assert "demo" not in body
        assert ("audit" in body) == (body["kind"] == Kind.AUDIT)


def test_audits_answer_all_nine_questions(stories):
    audits = [story.body["audit"] for story in stories if "audit" in story.body]
    assert all(list(audit) == list(QUESTIONS) and set(audit.values()) <= set(LEVELS) for audit in audits)


def test_some_reports_carry_what_must_be_hidden_and_only_made_up_contacts(stories):
    text = "\n".join(story.body.get("text", "") for story in stories)
    numbers = re.findall(r"\+?\d[\d ]{6,}\d", text)
    # Numbers kept for fiction where a country keeps some, else a round one that nobody would take for real.
    made_up = re.compile(r"(600 000|07700 900|06 39 98|\+351 910 000)")
    assert len(numbers) >= 5
    assert all(made_up.match(number) for number in numbers)
    hosts = re.findall(r"@(\S+)", text)
    assert len(hosts) >= 2
    assert set(hosts) == {"example.org"}


# --- the past ----------------------------------------------------------------------------------


def test_the_past_is_repeatable_and_changes_with_its_seed(city, past):
    assert past == history.Past(city, *history.span(TODAY)).rows(3000)
    assert past != history.Past(city, *history.span(TODAY), seed=1).rows(3000)


def test_the_past_covers_the_quarter_before_and_the_running_one(past):
    first, last = history.span(TODAY)
    assert (first, last) == (date(2026, 7, 1), date(2026, 12, 28))
    received = {row["received_on"] for row in past}
    assert min(received) == first
    assert max(received) == last
    assert all(timedelta() <= row["received_on"] - row["occurred_on"] < timedelta(days=7) for row in past)


def test_the_past_ends_with_the_last_day_that_the_counting_quarter_takes():
    assert history.span(date(2026, 10, 1)) == (date(2026, 7, 1), date(2026, 12, 28))
    assert history.span(date(2026, 12, 30)) == (date(2026, 7, 1), date(2027, 3, 28))


def test_every_row_of_the_past_obeys_the_taxonomy(city, past):
    boundary = shape(city["boundary"])
    assert shapely.contains_xy(boundary, [row["lon"] for row in past], [row["lat"] for row in past]).all()
    for row in past:
        allowed = {category.code for category in categories_for(Kind(row["kind"]))}
        assert set(row["categories"]) <= allowed
        assert bool(row["categories"]) == (row["kind"] != Kind.AUDIT)
        assert ("audit" in row) == (row["kind"] == Kind.AUDIT)
        assert row["gender"] in {None, *Gender}
        assert row["daypart"] in set(Daypart)


def test_the_past_has_hot_spots(past):
    cells = Counter((round(row["lon"], 2), round(row["lat"], 2)) for row in past)
    ordered = [count for _, count in cells.most_common()]
    assert sum(ordered[: len(ordered) // 10]) > 0.35 * len(past)
    assert len(ordered) > 60
