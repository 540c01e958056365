"""Approval rates by group: right shares, honest intervals, nothing of small groups and nobody named."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from backend.cli.report import command
from backend.domain.wilson import wilson
from backend.store.fairness import FEWEST, fairness
from backend.store.models import Report
from tests.staff import Desk
from tests.support import START

MONTH = START.date().replace(day=1)


@pytest.fixture
def closed(works, city, hand_in, keyring):
    """Close some reports of one language, so many of them approved."""
    desk = Desk(works, city, hand_in, keyring)

    def go(number: int, approved: int, language: str, **columns) -> None:
        for place in range(number):
            report_id = desk.report(language=language, **columns)
            with works["owner"].open(city) as work:
                report = work.session.get_one(Report, (city, report_id))
                report.state = "approved" if place < approved else "rejected"
                report.closed_on = START.date()

    return go


def told(works, city):
    with works["owner"].open(city) as work:
        return fairness(work, MONTH)


@pytest.mark.parametrize(
    ("cases", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)]
)
def test_the_interval_is_wilsons(cases, of, low, high):
    assert wilson(cases, of) == pytest.approx((low, high), abs=1e-4)


def test_each_language_has_its_rate_and_small_ones_have_none(works, city, closed):
    closed(FEWEST, 9, "en")
    closed(FEWEST, 4, "ca")
    closed(FEWEST - 1, 1, "es")
    found = told(works, city)
    assert {name: one["approved"] for name, one in found["language"]["groups"].items()} == {
        "en": 0.9, "ca": 0.4,
    }  # fmt: skip
    assert found["language"]["withheld"] == 1
    assert found["all"]["reports"] == 3 * FEWEST - 1
    assert set(found["area"]["groups"]) == {"se"}


def test_areas_are_not_told_where_a_place_is_forgotten(works, city, clock, closed):
    closed(FEWEST, 5, "en")
    closed(1, 0, "en", area=None)
    assert told(works, city)["area"] is None
    clock.move(days=15)
    assert told(works, city)["area"] is None


def test_the_command_prints_it_and_names_nobody(works, city, closed, settings, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", settings.owner_url)
    closed(FEWEST, 5, "en")
    words = ["fairness", "--city", city, "--month", f"{MONTH:%Y-%m}"]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    assert "language en: 10 reports, 50% approved (24% to 76%)" in done.stdout
    found = json.loads(CliRunner().invoke(command, [*words, "--json"]).stdout)
    assert set(found) == {"city", "month", "all", "kind", "language", "area", "areas_since"}


def test_a_month_that_is_none_is_named(city):
    assert CliRunner().invoke(command, ["fairness", "--city", city, "--month", "soon"]).exit_code != 0
