"""Ledger and shelf are checked against each other, and every path's budget against the promise."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import text

from backend.domain.layers import LAYERS, MAP, PULSE
from backend.domain.periods import period_named
from backend.steps.history import add_history
from tests.support import square
from workers.publish import release
from workers.publish.explain import explain, in_words
from workers.publish.plan import plan_layer, roll_up
from workers.publish.release import release_city
from workers.publish.shelf import Shelf
from workers.publish.verify import faults, spent


@pytest.fixture
def released(make_city, works, clock, runtime, monkeypatch):
    """A city with one quarter out."""
    monkeypatch.setattr(release, "k_of", lambda _plan: 4.0)
    clock.at = datetime(2026, 9, 29, 12, tzinfo=UTC)
    box = square(2.07, 41.37, 2.14, 41.43)
    areas = [{"code": "all", "name": "All", "geometry": box}]
    city = make_city(started_on="2026-09-14", areas=areas, boundary=box)
    first = date(2026, 9, 14)
    rows = [
        {
            "kind": "incident", "categories": ["following"], "lon": 2.08 + at / 2000, "lat": 41.4,
            "occurred_on": first, "daypart": "night", "received_on": first + timedelta(days=at % 7),
        }
        for at in range(60)
    ]  # fmt: skip
    with works["owner"].open(city) as work:
        add_history(work, b"s" * 32, rows)
    clock.at = datetime(2026, 10, 1, 5, tzinfo=UTC)
    assert release_city(runtime, city).published
    return city


@pytest.fixture
def check(works, runtime, released):
    def go(statement=None):
        with works["owner"].open(released) as work:
            if statement:
                work.session.execute(text(statement), {"city": released})
            return list(faults(work, Shelf(runtime.settings.releases_dir, released)))

    return go


def test_what_was_drawn_and_published_is_whole(check):
    assert check() == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("update ledger set release = release || 'x'::bytea where city_id = :city and layer = 'map'", "not those that were drawn"),
        ("delete from ledger_plans where city_id = :city and layer = 'map'", "was not entered"),
        ("update ledger set epsilon = '9/10' where city_id = :city and layer = 'map'", "more than 7/10 was spent"),
        ("update ledger set plan_hash = 'x' where city_id = :city and layer = 'map'", "of another release"),
        ("delete from ledger where city_id = :city and layer = 'map'", "published without a row"),
    ],
)  # fmt: skip
def test_whatever_was_changed_is_found(check, statement, fault):
    found = check(statement)
    assert any(fault in one for one in found), found
    assert all(one.startswith("map 2026-Q3") for one in found)


def test_a_published_file_that_was_exchanged_is_found(check, runtime, released):
    folder = runtime.settings.releases_dir / released
    data = (folder / "category" / "2026-Q3" / "release.json").read_bytes()
    (folder / "map" / "2026-Q3" / "release.json").write_bytes(data)
    assert check() == ["map 2026-Q3: the published file is another one"]


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_every_path_of_a_release_file_spends_the_layers_share_exactly(layer, town, town_maps, make):
    period = period_named("2026-W40") if layer is PULSE else period_named("2026-Q4")
    document = make.release(
        plan_layer(layer, period, town, town_maps), empty(layer, period, town, town_maps), k=4.0
    )
    assert spent(document) == layer.epsilon


def empty(layer, period, town, maps):
    return roll_up(plan_layer(layer, period, town, maps), [], [], [])


def test_a_path_that_spends_too_much_is_seen(town, town_maps, make):
    period = period_named("2026-Q4")
    document = make.release(
        plan_layer(MAP, period, town, town_maps), empty(MAP, period, town, town_maps), k=4.0
    )
    dear = [replace(one, epsilon=one.epsilon + Fraction(1, 100)) for one in document.measured]
    assert spent(replace(document, measured=tuple(dear))) > MAP.epsilon


def test_a_release_is_explained_from_its_file(town_maps):
    told = explain(town_maps[-1])
    assert told["epsilon"] == told["most_spent_on_a_path"] == "7/10"
    assert sum(told["measured"].values()) + told["measured_above_them"] == len(town_maps[-1].measured)
    assert told["shown"] + told["withheld"] == len(town_maps[-1].regions)
    words = in_words(told)
    assert "cells of z" in words
    assert "7/10" in words
