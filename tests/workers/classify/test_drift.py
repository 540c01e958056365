"""Drift is told as numbers of a city and a week, against the first weeks of the same model."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from backend.store.drift import measured
from backend.store.models import Drift, Report
from tests.staff import Desk, add_staff
from workers.classify.drift import FEWEST, divergence, measure, summed


@pytest.fixture
def desk(works, city, hand_in, keyring) -> Desk:
    return Desk(works, city, hand_in, keyring)


def spread(desk, code: str, score: float, number: int = FEWEST, model: str = "m1") -> list:
    return [desk.report(labels={code: score}, model=model) for _ in range(number)]


def now(works, city) -> dict[str, float]:
    with works["worker"].open(city) as work:
        measure(work)
    with works["worker"].open(city) as work:
        row = work.session.get_one(Drift, city)
        return {"divergence": row.divergence, "score_shift": row.score_shift, "corrected": row.corrected}


def test_divergence_goes_from_nothing_to_one():
    same, other = summed([[{"code": "following", "score": 0.9}]]), summed([[]])
    assert divergence(same["shares"], same["shares"]) == 0
    assert divergence(same["shares"], other["shares"]) == 1
    assert 0 < divergence({"a": 0.5, "b": 0.5}, {"a": 0.6, "b": 0.4}) < 0.02


def test_a_week_unlike_the_first_weeks_shows(works, city, clock, desk, monkeypatch):
    monkeypatch.setattr("backend.store.drift.city_ids", lambda _database: [city])
    spread(desk, "following", 0.9)
    clock.move(days=1)
    assert now(works, city) == {"divergence": None, "score_shift": None, "corrected": None}
    clock.move(days=28)
    spread(desk, "badly_lit", 0.5, FEWEST)
    clock.move(days=1)
    found = now(works, city)
    assert (found["divergence"], found["score_shift"]) == (1.0, -0.4)
    assert measured(works["residents"]) == {city: {"divergence": 1.0, "score_shift": -0.4}}
    clock.move(days=8)
    assert now(works, city)["divergence"] is None, "few reports say nothing"
    with works["worker"].open(city) as work:
        work.session.execute(update(Report).where(Report.city_id == city).values(model="m2"))
    clock.move(days=1)
    now(works, city)
    with works["worker"].open(city) as work:
        row = work.session.get_one(Drift, city)
    # Another model's first weeks are measured anew: both kinds of reports are its own now.
    assert (row.model, set(row.reference["shares"])) == ("m2", {"following"})


def test_the_share_of_corrected_proposals_is_told(works, city, clock, desk, monkeypatch):
    mara = add_staff(works, city, "mara")
    for place, report_id in enumerate(spread(desk, "following", 0.9)):
        desk.approve(mara, report_id, categories=["following"] if place % 3 else ["following", "badly_lit"])
    clock.move(days=1)
    assert now(works, city)["corrected"] == pytest.approx(1 / 3, abs=1e-4)
