"""Practising, agreeing and treating all alike, through the staff's door and the command."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, text

from backend.cli import main
from backend.domain.permissions import Role
from backend.domain.practice import cases
from backend.domain.workflow import Verdict
from backend.store.clocks import FileClock
from backend.store.closings import OTHER, Tally, folded
from backend.store.models import Account, Closing, PracticeAnswer
from tests.staff import PASSWORD, Desk, add_staff
from tests.support import environment
from workers import clock as ticking
from workers import closings
from workers.closings import Closings

MONTH = "2026-11"


@pytest.fixture
def review(client, city, works):
    """Ask the review door as one of the staff."""

    def ask(method, path, name="mara", role=Role.MODERATOR, **more):
        if name not in tokens:
            add_staff(works, city, name, role)
            told = client.post(f"/v1/cities/{city}/review/session", json={"name": name, "password": PASSWORD})
            tokens[name] = told.json["token"]
        headers = {"Authorization": f"Bearer {tokens[name]}"}
        return client.open(f"/v1/cities/{city}/review/{path}", method=method, headers=headers, **more)

    tokens: dict[str, str] = {}
    return ask


def as_agreed(code):
    agreed = cases()[code].agreed
    told = {"case": code, "verdict": agreed.verdict, "categories": sorted(agreed.categories)}
    return told | ({"reason": agreed.reason} if agreed.reason else {})


def test_cases_come_one_by_one_until_all_are_answered(review):
    seen, told = [], review("GET", "practice").json
    assert set(told["case"]) == {"code", "language", "text"}  # nothing of what was agreed
    while told["case"]:
        code = told["case"]["code"]
        seen.append(code)
        judged = review("POST", "practice", json=as_agreed(code)).json
        assert (judged["right"], judged["why"]) == (True, cases()[code].why)
        told = review("GET", "practice").json
    assert len(seen) == len(set(seen)) == told["of"] == told["answered"] == told["as_agreed"]
    assert {cases()[code].language for code in seen} == {"en", "es", "fr", "pt", "ca"}  # what the city speaks


def test_the_first_answer_counts_and_a_later_one_is_only_judged(review, works, city):
    wrong = {"case": "en-advert", "verdict": "approve", "categories": ["touching"]}
    judged = review("POST", "practice", json=wrong).json
    assert (judged["right"], judged["verdict_right"], judged["verdict"], judged["reason"]) == (
        False, False, "reject", "spam",
    )  # fmt: skip
    half = {"case": "en-followed", "verdict": "approve", "categories": ["following"]}
    judged = review("POST", "practice", json=half).json
    assert (judged["right"], judged["verdict_right"]) == (False, True)
    assert review("POST", "practice", json=as_agreed("en-advert")).json["right"]
    with works["owner"].open(city) as work:
        kept = work.session.scalars(select(PracticeAnswer).filter_by(city_id=city, case="en-advert")).all()
        assert [row.verdict for row in kept] == [Verdict.APPROVE]
    assert review("GET", "practice").json["as_agreed"] == 0


@pytest.mark.parametrize(
    ("told", "status", "field"),
    [
        ({"case": "nowhere", "verdict": "escalate"}, 404, None),
        ({"case": "en-advert", "verdict": "duplicate"}, 422, "verdict"),
        ({"case": "en-advert", "verdict": "reject", "reason": "clear"}, 422, "reason"),
        ({"case": "en-advert", "verdict": "approve"}, 422, "categories"),
        ({"case": "<b>", "verdict": "escalate"}, 422, "case"),
        ({"case": "en-advert", "verdict": "escalate", "note": "x"}, 422, "note"),
    ],
)
def test_a_wrong_answer_is_told_by_its_field(review, told, status, field):
    answer = review("POST", "practice", json=told)
    assert (answer.status_code, answer.json.get("field")) == (status, field)


def test_answers_go_with_the_account(review, works, city):
    review("POST", "practice", json=as_agreed("en-advert"))
    with works["owner"].open(city) as work:
        work.session.execute(delete(Account).where(Account.city_id == city, Account.name == "mara"))
    with works["owner"].open(city) as work:
        assert work.session.scalars(select(PracticeAnswer).filter_by(city_id=city)).all() == []


def test_agreement_is_told_to_leads_when_there_is_enough(review):
    assert review("GET", "agreement").status_code == 403
    lead = {"name": "ada", "role": Role.LEAD}
    assert review("GET", "agreement", **lead).json == {"verdicts": None, "categories": {}, "four_eyes": None}
    for number, code in enumerate(cases()):
        for name in ("mara", "noa", "ada"):
            told = as_agreed(code)
            if name == "noa" and number % 5 == 0:
                told = {"case": code, "verdict": "ask"}
            assert (
                review(
                    "POST", "practice", json=told, **(lead if name == "ada" else {"name": name})
                ).status_code
                == 200
            )
    told = review("GET", "agreement", **lead)
    verdicts = told.json["verdicts"]
    assert (verdicts["people"], verdicts["cases"]) == (3, len(cases()))
    assert verdicts["low"] < verdicts["alpha"] < verdicts["high"] < 1
    assert told.json["categories"]["following"]["alpha"] == 1
    assert not any(name in told.text for name in ("mara", "noa", "ada"))


@pytest.fixture
def only_this_city(monkeypatch, city):
    """The tests' database holds many cities."""
    monkeypatch.setattr(closings, "city_ids", lambda _database: [city])


@pytest.fixture
def month(works, city, hand_in, keyring):
    """Twelve reports approved and three refused, each by somebody at the desk."""
    desk, nil = Desk(works, city, hand_in, keyring), add_staff(works, city, "nil")
    for number in range(15):
        told = ("reject", "spam") if number % 5 == 4 else ("approve", "clear")
        desk.decide(nil, desk.claim(nil, desk.report()), *told)
    return Closings(SimpleNamespace(works=works["worker"]))


def test_a_month_is_counted_once_by_one_thing_each(month, review, works, city, clock, only_this_city):
    month.round()
    with works["owner"].open(city) as work:
        assert (
            work.session.scalars(select(Closing).filter_by(city_id=city, by="kind")).all() == []
        )  # today is not over
    for _ in range(3):
        clock.move(hours=24)
        month.round()
        Closings(SimpleNamespace(works=works["worker"])).round()  # a clock that was started anew
    answer = review("GET", f"fairness?month={MONTH}", name="ada", role=Role.LEAD)
    assert (answer.status_code, answer.json["field"]) == (422, "month")  # it would tell of single days
    clock.move(hours=24 * 14)
    told = review("GET", f"fairness?month={MONTH}", name="bo", role=Role.LEAD).json
    [kind] = told["kind"]
    assert (kind["value"], kind["closed"], kind["approved"]["share"]) == ("incident", 15, 0.8)
    assert kind["approved"]["low"] < 0.8 < kind["approved"]["high"]


def test_few_are_told_together_and_nothing_leads_to_one(month, works, city, clock, only_this_city):
    clock.move(hours=24)
    month.round()
    with works["owner"].open(city) as work:
        told = "select count(*), count(distinct xmin::text) from farola.closings where city_id = :city and month <> ''"
        rows, writers = work.session.execute(text(told), {"city": city}).one()
        assert rows > 2
        assert writers == 1  # each day writes all rows of its month
        work.session.add_all(
            Closing(city_id=city, month=MONTH, by="area", value=value, approved=approved, refused=1)
            for value, approved in (("x1", 1), ("x2", 3), ("x3", 20))
        )
    clock.move(hours=24 * 14)
    month.round()
    with works["owner"].open(city) as work:
        rows = work.session.scalars(select(Closing).filter_by(city_id=city, month=MONTH, by="area"))
        found = {row.value: (row.approved, row.refused) for row in rows}
    assert found["x3"] == (20, 1)
    assert found.keys() & {"x1", "x2"} == set()
    assert found[OTHER] >= (4, 2)
    assert not any(sum(counts) < 10 for value, counts in found.items() if value != OTHER)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"a": (30, 10), "b": (1, 0)}, {OTHER: (31, 10)}),  # b is what a lacks of the whole
        ({"a": (30, 10), "b": (12, 0), "c": (1, 1)}, {"a": (30, 10), OTHER: (13, 1)}),
        ({"a": (30, 10), "b": (6, 0), "c": (4, 1)}, {"a": (30, 10), OTHER: (10, 1)}),
        ({"a": (30, 10), "b": (10, 0)}, {"a": (30, 10), "b": (10, 0)}),
        ({"a": (2, 1)}, {OTHER: (2, 1)}),
        ({}, {}),
    ],
)
def test_a_rest_of_few_is_not_told_by_what_is_missing(counts, told):
    tallies = [Tally(value, *both) for value, both in counts.items()]
    found = folded(tallies)
    assert {one.value: (one.approved, one.refused) for one in found} == told
    assert folded(found) == found


def test_the_command_says_the_same(month, review, settings, city, clock, only_this_city):
    clock.move(hours=24)
    month.round()
    clock.move(hours=24 * 14)
    command = ["fairness", "--city", city, "--month"]
    FileClock(settings.clock_file).move_to(clock.now())
    runner = CliRunner(env=environment(settings))
    run = runner.invoke(main, [*command, MONTH, "--json"])
    assert run.exit_code == 0, run.output
    told = json.loads(run.output)
    asked = review("GET", f"fairness?month={MONTH}", name="ada", role=Role.CITY_ADMIN).json
    assert {by: told[by] for by in ("area", "language", "kind")} == {
        by: asked[by] for by in ("area", "language", "kind")
    }
    words = runner.invoke(main, [*command, MONTH]).output
    assert "kind     incident" in words
    assert runner.invoke(main, [*command, "2026-13"]).exit_code == 1
    assert runner.invoke(main, [*command, "2999-01"]).exit_code == 1


@pytest.mark.parametrize("role", [Role.ANALYST, Role.OPERATOR, Role.MODERATOR])
@pytest.mark.parametrize("path", ["agreement", f"fairness?month={MONTH}"])
def test_others_do_not_read_it(review, role, path):
    assert review("GET", path, name="reader", role=role).status_code == 403


def test_the_clock_counts_before_it_erases(monkeypatch):
    named, rounds = [], iter([False, True])
    stopped = SimpleNamespace(is_set=lambda: next(rounds), wait=lambda _every: None)
    monkeypatch.setattr(ticking, "start", lambda _settings: SimpleNamespace(works=None))
    monkeypatch.setattr(ticking, "_try", lambda name, _task: named.append(name))
    monkeypatch.setattr(ticking.logs, "set_up", lambda: None)
    ticking.run(None, stopped, 0)
    assert named.index("closings") < named.index("forget") < named.index("release")
