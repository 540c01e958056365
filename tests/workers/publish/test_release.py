"""Releasing on a real database: due, planned, drawn once, published whole, and counted reports forgotten."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import func, select, text

from backend.domain.workflow import State
from backend.errors import Conflict, SealError, UnprocessableInput
from backend.steps.history import add_history
from backend.store.models import Ledger, LedgerPlan, Report, ReportKey
from backend.store.monthkeys import ensure_month_keys
from tests.support import square
from workers.publish import release
from workers.publish.document import read_document
from workers.publish.release import release_city
from workers.publish.shelf import Shelf

FIRST = date(2026, 9, 1)
SECRET = b"s" * 32
HERE = {"type": "Point", "coordinates": [2.1, 41.4]}
AFTER_THE_QUARTER = datetime(2026, 10, 1, 5, tzinfo=UTC)  # 07:00 in the city


def small_town() -> dict:
    """Two areas of about three by six kilometres, so that drawing their tiles is quick."""
    halves = {"w": (2.07, 2.105), "e": (2.105, 2.14)}
    areas = [
        {"code": code, "name": code, "geometry": square(west, 41.37, east, 41.43)}
        for code, (west, east) in halves.items()
    ]
    return {"areas": areas, "boundary": square(2.07, 41.37, 2.14, 41.43)}


def past(number: int, seed: int = 7) -> list[dict]:
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(number):
        received = FIRST + timedelta(days=int(rng.integers(24)))
        rows.append(
            {
                "kind": "incident",
                "categories": ["following"],
                "lon": float(np.clip(rng.normal(2.10, 0.01), 2.071, 2.139)),
                "lat": float(np.clip(rng.normal(41.40, 0.01), 41.371, 41.429)),
                "occurred_on": received,
                "daypart": "night",
                "gender": "woman" if rng.random() < 0.8 else None,
                "received_on": received,
            }
        )
    return rows


@pytest.fixture
def city(make_city, works, clock, keyring):
    """A city that started in September and took over 800 decided reports."""
    clock.at = datetime(2026, 9, 29, 12, tzinfo=UTC)
    city_id = make_city(started_on="2026-09-01", **small_town())
    with works["owner"].open(city_id) as work:
        ensure_month_keys(work, keyring)
        assert add_history(work, SECRET, past(800)) == 800
    return city_id


@pytest.fixture
def quick_k(monkeypatch):
    """How k is found has tests of its own; here it may be any number."""
    monkeypatch.setattr(release, "k_of", lambda _plan: 4.0)


def rows_of(works, city, table):
    with works["owner"].open(city) as work:
        return work.session.scalar(select(func.count()).where(table.city_id == city))


@pytest.mark.usefixtures("quick_k")
def test_nothing_is_due_before_its_period_has_ended_and_the_hour_has_come(runtime, clock, city):
    clock.at = datetime(2026, 10, 1, 3, 59, tzinfo=UTC)
    assert {layer for layer, _ in release_city(runtime, city).published} == {"pulse"}
    clock.at += timedelta(minutes=1)
    quarter = {layer for layer, period in release_city(runtime, city).published if period == "2026-Q3"}
    assert quarter == {"map", "category", "daypart", "gender", "safe", "audit"}
    assert release_city(runtime, city) == ([], [])


def test_a_release_counts_forgets_and_stands_whole(runtime, works, clock, city):
    clock.at = AFTER_THE_QUARTER
    published = release_city(runtime, city).published
    folder = runtime.settings.releases_dir / city
    for layer, period in published:
        names = {path.name for path in (folder / layer / period).iterdir()}
        ending = {"geojson", "csv", "parquet", "gpkg"}
        made = {"release.json", "files.json", "tiles.pmtiles", "images.pmtiles"}
        made |= {f"regions.{one}" for one in ending}
        assert names - {"areas.geojson"} == made
        assert ("areas.geojson" in names) == (layer in {"daypart", "gender", "pulse", "audit"})
    shown = {
        layer: sum(
            region.shown for region in read_document(Shelf(folder.parent, city).read(layer, period)).regions
        )
        for layer, period in published
        if period.endswith("Q3")
    }
    assert all(shown[layer] for layer in ("map", "category", "daypart", "gender"))
    with works["worker"].open(city) as work:
        states = set(work.session.scalars(select(Report.state)))
        places = work.session.scalar(select(func.count(Report.area)))
        assert (states, places) == ({State.COUNTED}, 0)
        assert work.session.scalar(select(func.count()).select_from(ReportKey)) == 0


@pytest.mark.usefixtures("quick_k")
def test_the_noisy_sum_is_near_the_true_one_and_not_the_true_one_everywhere(runtime, clock, city):
    clock.at = AFTER_THE_QUARTER
    release_city(runtime, city)
    document = read_document(Shelf(runtime.settings.releases_dir, city).read("gender", "2026-Q3"))
    total = sum(sum(place.values) for place in document.measured)
    # At most four areas and three values at epsilon 0.2: a standard deviation of at most about 24.
    assert abs(total - 800) < 8 * 24


@pytest.mark.usefixtures("quick_k")
def test_a_restored_database_takes_the_published_file_and_never_draws_again(runtime, works, clock, city):
    clock.at = AFTER_THE_QUARTER
    release_city(runtime, city)
    shelf = Shelf(runtime.settings.releases_dir, city)
    before = shelf.read("map", "2026-Q3")
    with works["owner"].open(city) as work:
        work.session.execute(text("delete from ledger where city_id = :city"), {"city": city})
    assert release_city(runtime, city) == ([], [])
    with works["owner"].open(city) as work:
        kept = work.session.get_one(Ledger, (city, "map", "2026-Q3", 0))
        assert bytes(kept.release) == before == shelf.read("map", "2026-Q3")


@pytest.mark.usefixtures("quick_k")
def test_lost_files_are_made_again_from_the_ledger_byte_by_byte(runtime, clock, city):
    clock.at = AFTER_THE_QUARTER
    release_city(runtime, city)
    folder = runtime.settings.releases_dir / city / "map" / "2026-Q3"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    shutil.rmtree(folder)
    assert release_city(runtime, city) == ([("map", "2026-Q3")], [])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.usefixtures("quick_k")
def test_a_killed_release_leaves_nothing_and_the_next_try_succeeds(runtime, works, clock, city, monkeypatch):
    clock.at = AFTER_THE_QUARTER

    def killed(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(release, "enter_release", killed)
        with pytest.raises(KeyboardInterrupt):
            release_city(runtime, city)
    assert rows_of(works, city, Ledger) == 0
    assert rows_of(works, city, LedgerPlan) == 1
    assert not runtime.settings.releases_dir.exists()
    assert release_city(runtime, city).published


@pytest.mark.usefixtures("quick_k")
def test_a_plan_that_was_entered_and_never_drawn_stays_in_the_record(runtime, works, clock, city):
    with works["worker"].open(city) as work:
        entered = {"layer": "pulse", "period": "2026-W36", "correction": 0, "plan_hash": "x"}
        work.session.add(LedgerPlan(city_id=city, planned_at=clock.now(), **entered))
    assert ("pulse", "2026-W36") in release_city(runtime, city).published
    with works["worker"].open(city) as work:
        query = select(func.count()).where(LedgerPlan.city_id == city, LedgerPlan.period == "2026-W36")
        assert work.session.scalar(query) == 2


@pytest.mark.usefixtures("quick_k")
def test_one_layer_that_cannot_be_drawn_keeps_back_only_itself(runtime, clock, city, monkeypatch):
    clock.at = AFTER_THE_QUARTER
    real = release.count

    def broken(work, keyring, layer, period):
        if layer.name == "gender":
            raise SealError("a key is missing")
        return real(work, keyring, layer, period)

    with monkeypatch.context() as patched:
        patched.setattr(release, "count", broken)
        outcome = release_city(runtime, city)
    assert outcome.failed == [("gender", "2026-Q3")]
    assert {"map", "category", "daypart", "pulse"} <= {layer for layer, _ in outcome.published}
    assert release_city(runtime, city) == ([("gender", "2026-Q3")], [])


@pytest.mark.usefixtures("quick_k")
def test_after_a_restore_what_may_have_been_counted_counts_no_more(runtime, works, clock, city, hand_in):
    clock.at = datetime(2026, 9, 20, 12, tzinfo=UTC)
    answer = hand_in(at=city, occurred_on=clock.at.date(), location=HERE)
    late = clock.at = AFTER_THE_QUARTER
    fresh = hand_in(at=city, occurred_on=late.date(), location=HERE)
    release_city(runtime, city)
    with works["owner"].open(city) as work:
        work.session.execute(text("delete from ledger where city_id = :city"), {"city": city})
    release_city(runtime, city)
    with works["worker"].open(city) as work:
        counts = {
            str(row.id): row.counts
            for row in work.session.scalars(select(Report).where(Report.source == "phone"))
        }
    assert counts == {answer["id"]: False, fresh["id"]: True}


@pytest.mark.usefixtures("quick_k")
def test_who_a_refused_report_came_from_is_erased_when_the_quarter_closes(
    runtime, works, clock, city, hand_in
):
    clock.at = datetime(2026, 9, 20, 12, tzinfo=UTC)
    refused, waiting = (
        UUID(hand_in(at=city, occurred_on=clock.at.date(), location=HERE)["id"]) for _ in range(2)
    )
    with works["owner"].open(city) as work:
        report = work.session.get_one(Report, (city, refused))
        report.state, report.closed_on, report.due_at = State.REJECTED, clock.at.date(), None
    clock.at = AFTER_THE_QUARTER + timedelta(days=14)
    release_city(runtime, city)
    with works["worker"].open(city) as work:
        kept = set(work.session.scalars(select(ReportKey.report_id).where(ReportKey.key_class == "about_me")))
        assert kept == {waiting}
        report = work.session.get_one(Report, (city, refused))
        assert (report.cell, report.area, report.daypart, report.state) == (None, None, None, State.REJECTED)


@pytest.mark.usefixtures("quick_k")
def test_one_release_that_cannot_be_shelved_keeps_no_other_from_it(runtime, clock, city, monkeypatch):
    clock.at = AFTER_THE_QUARTER
    real = Shelf.place

    def broken(self, layer, period, data):
        if layer == "category":
            raise OSError("the disk is full")
        return real(self, layer, period, data)

    with monkeypatch.context() as patched:
        patched.setattr(Shelf, "place", broken)
        outcome = release_city(runtime, city)
    assert outcome.failed == [("category", "2026-Q3")]
    assert ("map", "2026-Q3") in outcome.published
    assert release_city(runtime, city) == ([("category", "2026-Q3")], [])


@pytest.mark.usefixtures("quick_k")
def test_what_is_published_is_never_replaced(runtime, clock, city):
    clock.at = AFTER_THE_QUARTER
    release_city(runtime, city)
    shelf = Shelf(runtime.settings.releases_dir, city)
    with pytest.raises(Conflict, match="published already"):
        shelf.place("map", "2026-Q3", shelf.read("category", "2026-Q3"))


def test_importing_the_same_past_again_adds_nothing(works, city):
    with works["owner"].open(city) as work:
        assert add_history(work, SECRET, past(800)) == 0


@pytest.mark.usefixtures("quick_k")
def test_importing_the_same_past_after_its_release_adds_nothing(runtime, works, clock, city):
    clock.at = AFTER_THE_QUARTER
    release_city(runtime, city)
    with works["owner"].open(city) as work:
        assert add_history(work, SECRET, past(800)) == 0


def test_an_id_tells_nothing_without_the_secret(works, city, make_city):
    """The same row under another secret has another id, so nobody can try places until one fits."""
    with works["owner"].open(city) as work:
        assert add_history(work, b"t" * 32, past(5)) == 5


def test_a_past_before_the_first_period_or_in_the_future_is_refused(works, city):
    for day in (date(2026, 1, 5), date(2026, 12, 24)):
        row = past(1)[0] | {"received_on": day, "occurred_on": day}
        with works["owner"].open(city) as work, pytest.raises(UnprocessableInput):
            add_history(work, SECRET, [row])


@pytest.mark.usefixtures("quick_k")
def test_nothing_can_be_added_to_a_released_period(runtime, works, clock, city):
    clock.at = AFTER_THE_QUARTER
    release_city(runtime, city)
    with works["owner"].open(city) as work, pytest.raises(UnprocessableInput, match="released already"):
        add_history(work, SECRET, past(1, seed=8))
