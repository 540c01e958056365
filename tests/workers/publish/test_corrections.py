"""A wrong release is taken back by two people; the map of its quarter is drawn once more, and never again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import numpy as np
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from backend.domain.layers import LIFETIME, MAP
from backend.domain.permissions import Role
from backend.domain.taxonomy import Kind
from backend.domain.withdrawals import ASKED_FOR, CORRECTABLE
from backend.domain.workflow import State
from backend.errors import Conflict, NotAllowed, NotFound, UnprocessableInput
from backend.steps import withdrawals
from backend.steps.history import add_history
from backend.store import trail
from backend.store.models import Ledger, LedgerPlan, Report, Trail, Withdrawal, WithdrawalState
from backend.store.releases import Releases
from tests.staff import add_staff
from tests.support import square
from workers.publish import release, shelf
from workers.publish.document import read_document
from workers.publish.ledger import documents
from workers.publish.release import release_city
from workers.publish.shelf import Shelf
from workers.publish.verify import cost_of_a_report, faults

NOW = datetime(2026, 10, 1, 5, tzinfo=UTC)
REPORTS = 30
WRONG, RIGHT = "2026-Q3", "2026-Q3-corrected"


@pytest.fixture
def place(make_city, works, clock, runtime, monkeypatch):
    """A city whose third quarter is out, two leads, and what they can do."""
    monkeypatch.setattr(release, "k_of", lambda _plan: 4.0)
    # Drawing the files of a release has tests of its own.
    monkeypatch.setattr(shelf, "render", lambda _document: {"tiles.pmtiles": b"tiles"})
    clock.at = datetime(2026, 9, 29, 12, tzinfo=UTC)
    box = square(2.07, 41.37, 2.14, 41.43)
    areas = [{"code": "all", "name": "All", "geometry": box}]
    city = make_city(started_on="2026-09-14", areas=areas, boundary=box)
    rng = np.random.default_rng(5)
    rows = [
        {
            "kind": "incident", "categories": ["following"], "lon": 2.08 + float(rng.random()) / 25,
            "lat": 41.38 + float(rng.random()) / 25, "occurred_on": date(2026, 9, 14), "daypart": "night",
            "received_on": date(2026, 9, 14) + timedelta(days=at % 7),
        }
        for at in range(REPORTS)
    ]  # fmt: skip
    with works["owner"].open(city) as work:
        add_history(work, b"s" * 32, rows)
    clock.at = NOW
    assert release_city(runtime, city).published
    return Place(city, works, runtime)


class Place:
    def __init__(self, city, works, runtime):
        self.city, self.works, self.runtime = city, works, runtime
        self.one, self.other = (add_staff(works, city, name, Role.LEAD) for name in ("ada", "bo"))
        self.shelf = Shelf(runtime.settings.releases_dir, city)

    def ask(self, actor=None, layer="map", period=WRONG, reason="outline_wrong", *, corrects=True):
        with self.works["staff"].open(self.city) as work:
            told = withdrawals.ask(work, actor or self.one, layer, period, reason=reason, corrects=corrects)
            return told.withdrawal.id

    def answer(self, one, actor=None, *, grant=True):
        with self.works["staff"].open(self.city) as work:
            withdrawals.answer(work, actor or self.other, one, grant=grant)

    def run(self):
        return release_city(self.runtime, self.city)

    def read(self, query):
        with self.works["owner"].open(self.city) as work:
            return work.session.execute(query).all()

    def ledger(self):
        rows = self.read(select(Ledger).where(Ledger.city_id == self.city, Ledger.layer == "map"))
        found = [row[0] for row in rows]
        return sorted(
            (one.period, one.correction, one.epsilon, one.withdrawn_at is not None) for one in found
        )

    def files(self):
        folder = self.runtime.settings.releases_dir / self.city
        return {
            str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
        }

    def cells(self):
        return self.read(select(func.count(Report.cell)).filter_by(city_id=self.city))[0][0]

    def faults(self):
        with self.works["owner"].open(self.city) as work:
            return list(faults(work, self.shelf))


TWICE = [(WRONG, 0, "7/10", True), (WRONG, 1, "3/10", False)]


def test_two_people_have_the_map_drawn_once_more_from_its_reserve(place, monkeypatch):
    before, real, counted = place.files(), release.draw, []

    def noting(plan, rows, *more):
        counted.extend(row[2] for row in rows)
        return real(plan, rows, *more)

    monkeypatch.setattr(release, "draw", noting)
    place.answer(place.ask())
    assert place.run() == ([("map", RIGHT)], [])
    assert place.ledger() == TWICE
    after = place.files()
    assert {name: after[name] for name in before} == before
    note = json.loads(after[f"map/{WRONG}.withdrawn.json"])
    assert (note["reason"], note["corrected_by"], note["withdrawn_on"]) == (
        "outline_wrong",
        RIGHT,
        "2026-10-01",
    )
    document = read_document(place.shelf.read("map", RIGHT))
    assert (document.correction, document.epsilon, document.period.name) == (True, MAP.reserve, WRONG)
    assert sum(counted) == REPORTS  # from the cells that were kept
    assert place.faults() == []
    assert place.run() == ([], [])


def test_a_mark_that_a_restore_forgot_is_made_again(place):
    place.answer(place.ask())
    place.run()
    forget = (
        update(Ledger).where(Ledger.city_id == place.city, Ledger.correction == 0).values(withdrawn_at=None)
    )
    with place.works["owner"].open(place.city) as work:
        work.session.execute(forget)
    assert place.ledger() != TWICE
    assert place.run() == ([], [])
    assert place.ledger() == TWICE


def test_only_the_cell_is_kept_and_only_as_long_as_the_map_can_be_drawn_anew(place, clock):
    kept = [getattr(Report, name) for name in ("area", "occurred_on", "daypart", "primary_group", "audit")]
    assert place.cells() == REPORTS
    assert place.read(select(*map(func.count, kept)).filter_by(city_id=place.city)) == [(0,) * len(kept)]
    assert {row[0] for row in place.read(select(Report.state).filter_by(city_id=place.city))} == {
        State.COUNTED
    }
    clock.at = datetime(2026, 9, 30, 12, tzinfo=UTC) + CORRECTABLE
    place.run()
    assert place.cells() == REPORTS
    clock.at += timedelta(days=1)
    place.run()
    assert place.cells() == 0
    with pytest.raises(UnprocessableInput, match="not long after"):
        place.ask()
    place.answer(place.ask(corrects=False))


def test_a_correction_ends_what_was_kept_for_it(place):
    place.answer(place.ask())
    place.run()
    assert place.cells() == 0


def test_what_was_agreed_on_in_time_waits_for_a_worker_that_comes_late(place, clock):
    place.answer(place.ask())
    clock.at += CORRECTABLE + timedelta(days=3)
    assert ("map", RIGHT) in place.run().published
    assert place.cells() == 0


def test_a_map_is_not_drawn_anew_from_less_than_was_counted(place):
    """As after a release of the program that blanked cells at once: a map of noise would stand for good."""
    place.answer(place.ask())
    before, files = place.ledger(), place.files()
    with place.works["owner"].open(place.city) as work:
        one = work.session.scalars(select(Report).filter_by(city_id=place.city).limit(1)).one()
        one.cell = None
    assert ("map", RIGHT) not in place.run().published
    assert place.ledger() == before
    assert place.files() == files


def test_what_no_worker_can_draw_is_not_waited_for_for_ever(place, clock, monkeypatch):
    def broken(*_):
        raise RuntimeError

    place.answer(place.ask())
    monkeypatch.setattr(release, "count_again", broken)
    clock.at += CORRECTABLE + timedelta(days=3)
    place.run()
    assert place.cells() == REPORTS
    clock.at += timedelta(days=7)
    place.run()
    assert place.cells() == 0


def test_the_other_one_has_to_be_somebody_else(place, works):
    one = place.ask()
    with pytest.raises(NotAllowed, match="Somebody else"):
        place.answer(one, place.one)
    with pytest.raises(NotAllowed):
        place.ask(add_staff(works, place.city, "cy", Role.MODERATOR))
    with works["owner"].open(place.city) as work, pytest.raises(IntegrityError, match="two_people"):
        work.session.execute(
            text("update withdrawals set answered_by = asked_by where id = :one"), {"one": one}
        )
    assert place.run() == ([], [])
    assert place.ledger() == [(WRONG, 0, "7/10", False)]


def test_nothing_is_taken_back_twice(place):
    one = place.ask()
    for _ in range(2):
        with pytest.raises(Conflict, match="taken back once"):
            place.ask(place.other)
        if place.read(select(Withdrawal.state).filter_by(id=one)) == [(WithdrawalState.ASKED,)]:
            place.answer(one)
            place.run()
    with pytest.raises(Conflict, match="answered already"):
        place.answer(one)
    assert place.ledger() == TWICE


def test_what_was_refused_or_not_answered_in_time_changes_nothing_and_may_be_asked_again(place, clock):
    place.answer(place.ask(), grant=False)
    late = place.ask()
    clock.at += ASKED_FOR
    with pytest.raises(Conflict, match="in time"):
        place.answer(late)
    place.run()
    assert place.ledger()[0] == (WRONG, 0, "7/10", False)
    place.answer(place.ask())
    assert ("map", RIGHT) in place.run().published


@pytest.mark.parametrize("layer", ["category", "daypart", "gender", "safe"])
def test_only_the_map_keeps_a_reserve(place, layer):
    with pytest.raises(UnprocessableInput, match="Only a map"):
        place.ask(layer=layer)
    place.answer(place.ask(layer=layer, corrects=False))
    assert place.run() == ([], [])
    assert json.loads(place.files()[f"{layer}/{WRONG}.withdrawn.json"])["corrected_by"] is None
    assert place.faults() == []
    with place.works["worker"].open(place.city) as work:
        assert layer not in {document.layer.name for document in documents(work)}


def test_what_was_never_released_cannot_be_taken_back(place):
    with pytest.raises(NotFound):
        place.ask(period="2025-Q1")
    with pytest.raises(UnprocessableInput, match="reason is one of"):
        place.ask(reason="it looks bad")


def test_every_step_leaves_an_entry(place):
    place.answer(place.ask())
    entries = [
        row[0]
        for row in place.read(select(Trail.entry).filter_by(city_id=place.city).order_by(Trail.sequence))
    ]
    assert [(one["what"], one["account"]) for one in entries] == [
        ("withdrawal_asked", str(place.one.account_id)),
        ("withdrawal_granted", str(place.other.account_id)),
    ]
    assert all(one["layer"] == "map" and one["corrects"] for one in entries)
    with place.works["owner"].open(place.city) as work:
        assert trail.verify(work.session, place.city) is None


@pytest.mark.parametrize("step", ["count_again", "draw", "mark", "enter_release"])
def test_a_correction_killed_before_the_commit_leaves_nothing(place, monkeypatch, step):
    place.answer(place.ask())
    before = place.files()
    with monkeypatch.context() as broken:
        broken.setattr(release, step, killed)
        with pytest.raises(KeyboardInterrupt):
            place.run()
    assert place.ledger() == [(WRONG, 0, "7/10", False)]
    assert place.files() == before
    assert place.cells() == REPORTS
    assert place.run() == ([("map", RIGHT)], [])
    assert place.ledger() == TWICE


@pytest.mark.parametrize("step", ["place", "annotate"])
def test_a_correction_killed_after_it_is_published_as_it_was_drawn(place, monkeypatch, step):
    place.answer(place.ask())
    with monkeypatch.context() as broken:
        broken.setattr(Shelf, step, killed)
        with pytest.raises(KeyboardInterrupt):
            place.run()
    assert place.ledger() == TWICE
    [[drawn]] = place.read(select(Ledger.release).filter_by(city_id=place.city, correction=1))
    # In between readers see the one or the other, never both.
    found = Releases(place.runtime.settings.releases_dir)
    assert found.periods(place.city, "map") == [WRONG if step == "place" else RIGHT]
    place.run()
    assert place.shelf.read("map", RIGHT) == bytes(drawn)
    assert found.periods(place.city, "map") == [RIGHT]
    assert place.faults() == []


def killed(*_args, **_more):
    raise KeyboardInterrupt


def test_a_restored_database_takes_the_correction_from_the_shelf_and_never_draws_again(place, works):
    place.answer(place.ask())
    place.run()
    before = place.files()
    with works["owner"].open(place.city) as work:
        for statement in (
            "delete from ledger where city_id = :city and correction = 1",
            "update ledger set withdrawn_at = null, withdrawn_note = null where city_id = :city",
            "delete from withdrawals where city_id = :city",
        ):
            work.session.execute(text(statement), {"city": place.city})
    assert place.run() == ([], [])
    assert place.ledger() == TWICE
    assert place.files() == before
    assert place.faults() == []
    plans = select(func.count()).select_from(LedgerPlan).filter_by(city_id=place.city, correction=1)
    assert place.read(plans) == [(1,)]
    assert place.read(
        select(Ledger.withdrawn_note).filter_by(city_id=place.city, layer="map", correction=0)
    ) == [("outline_wrong",)]


def test_a_database_from_before_the_answer_does_not_draw_again_either(place, works):
    one = place.ask()
    place.answer(one)
    place.run()
    drawn = place.shelf.read("map", RIGHT)
    with works["owner"].open(place.city) as work:
        for statement in (
            "delete from ledger where city_id = :city",
            "update withdrawals set state = 'granted' where city_id = :city",
        ):
            work.session.execute(text(statement), {"city": place.city})
    assert place.run() == ([], [])
    assert place.ledger() == TWICE
    assert place.shelf.read("map", RIGHT) == drawn


def test_the_next_plan_reads_the_correction_and_not_what_was_wrong(place):
    place.answer(place.ask())
    place.run()
    with place.works["worker"].open(place.city) as work:
        assert [one.correction for one in documents(work) if one.layer is MAP] == [True]


@pytest.mark.parametrize("login", ["worker", "staff"])
def test_nobody_who_serves_or_works_can_change_what_was_drawn_or_spent(place, works, login):
    for column in ("release = ''::bytea", "epsilon = '1'", "plan_hash = 'x'"):
        with (
            works[login].open(place.city) as work,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            work.session.execute(
                text(f"update ledger set {column} where city_id = :city"), {"city": place.city}
            )


def test_a_correction_beside_what_still_stands_is_a_fault(place, works):
    place.answer(place.ask())
    place.run()
    with works["owner"].open(place.city) as work:
        work.session.execute(
            text("update ledger set withdrawn_at = null where city_id = :city"), {"city": place.city}
        )
    assert f"map {RIGHT}: what it corrects still stands" in place.faults()


def test_a_report_that_cost_more_than_its_lifetime_is_a_fault(place, works):
    place.answer(place.ask())
    place.run()
    rows = [(layer, period, Fraction(told)) for layer, period, told in place.read(
        select(Ledger.layer, Ledger.period, Ledger.epsilon).filter_by(city_id=place.city))]  # fmt: skip
    assert cost_of_a_report(Kind.INCIDENT, rows) == LIFETIME
    with works["owner"].open(place.city) as work:
        work.session.execute(text("update ledger set epsilon = '3/5' where city_id = :city and layer = 'category'"), {"city": place.city})  # fmt: skip
    assert any("can have cost 11/5, more than 2" in fault for fault in place.faults())
