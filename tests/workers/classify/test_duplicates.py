"""Reports that belong together: copies and tellings of one event are found, strangers are not, nothing leaks."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from backend.domain.workflow import State
from backend.steps import receipt
from backend.store.models import Likeness, Report
from backend.store.monthkeys import ensure_month_keys
from backend.store.public_half import ASIDES
from backend.store.sealed import Opener
from tests.support import START, WEST
from workers import jobs
from workers.anonymise.words.vocabulary import load_vocabulary
from workers.classify.likeness import COPY, compare, weigh
from workers.classify.sketch import BANDS, sketch
from workers.forgetting import erase

TOLD = "Two men on a scooter snatched my handbag beside the fountain and rode off towards the harbour."
COPIES = {
    "prefix": f"Hi, {TOLD}",
    "upper": TOLD.upper(),
    "typos": "Two men on a scoter snatchd my handbga beside the fountian and rode off towards the harbor.",
    "order": "Beside the fountain two men on a scooter rode off towards the harbour and snatched my handbag.",
    "longer": f"{TOLD} I told the guard about it.",
    "shorter": "Two men on a scooter snatched my handbag beside the fountain.",
}
STRANGER = "The lamps behind the library have been broken since summer and nobody repairs them."
FAR = {"type": "Point", "coordinates": [WEST + 0.01, 41.33]}


@pytest.fixture(scope="module")
def common():
    return load_vocabulary(("ca", "en", "es", "fr", "pt"))


@pytest.fixture
def worked(here, city, hand_in):
    """Hand in a report and do what the workers do; return its id."""

    def go(said, **changes):
        report_id = UUID(hand_in(text=said, **changes)["id"])
        jobs.anonymise(city, str(report_id))
        jobs.classify(city, str(report_id))
        return report_id

    return go


@pytest.fixture
def seen(works, keyring, city):
    """Read the row of a report and what was proposed beside its labels."""

    def go(report_id):
        with works["worker"].open(city) as work:
            report = work.session.get_one(Report, (city, report_id))
            carried = Opener(work.session, keyring, city, report_id).read("label_words") or {}
        return report, [one for one in carried.get(ASIDES, []) if one["code"] in ("copy", "event", "burst")]

    return go


@pytest.mark.parametrize("how", sorted(COPIES))
def test_a_near_copy_is_alike_and_shares_a_band(common, how):
    one, other = weigh(TOLD, common), weigh(COPIES[how], common)
    assert compare(one, other).score >= COPY
    assert compare(other, one).score == pytest.approx(compare(one, other).score)
    assert set(sketch(one, b"k" * 32)) & set(sketch(other, b"k" * 32))


def test_strangers_and_texts_that_say_nothing_are_not_alike(common):
    assert compare(weigh(TOLD, common), weigh(STRANGER, common)).score < COPY / 2
    assert compare(weigh("", common), weigh("", common)).score == 0
    assert compare(weigh("He was there", common), weigh("he was there", common)).score < COPY
    assert sketch(weigh("[person] [phone]", common), b"k" * 32) == []


def test_a_sketch_tells_nothing_without_its_key(common):
    told = weigh(TOLD, common)
    one, other = sketch(told, b"k" * 32), sketch(told, b"j" * 32)
    assert len(one) == BANDS
    assert one == sketch(weigh(TOLD.lower(), common), b"k" * 32)
    assert not set(one) & set(other)
    assert max(abs(band) for band in one) < 2**63


def test_a_copy_is_proposed_with_the_other_and_the_words_that_carried_it(worked, seen, city):
    first = worked(TOLD)
    again = worked(COPIES["typos"], location=FAR)
    report, asides = seen(again)
    assert report.flags == ["duplicate"]
    assert [(one["about"], one["code"], one["reports"]) for one in asides] == [
        ("duplicate", "copy", [str(first)])
    ]
    assert asides[0]["score"] >= COPY
    assert asides[0]["model"].startswith("likeness-")
    assert {"handbga", "fountian"} <= set(asides[0]["words"])
    assert report.state is State.IN_REVIEW
    assert seen(first)[0].flags == []


def test_a_stranger_in_the_same_place_is_not_proposed(worked, seen):
    worked(TOLD)
    report, asides = seen(worked(STRANGER))
    assert (report.flags, asides) == ([], [])


def test_another_telling_needs_the_same_place_and_day(worked, seen):
    worked(TOLD)
    telling = "I saw two men on a scooter who took a handbag and then fled past the fountain."
    near, asides = seen(worked(telling))
    assert [one["code"] for one in asides] == ["event"]
    assert near.flags == ["duplicate"]
    elsewhere, _ = seen(worked(telling.replace("saw", "noticed"), location=FAR, daypart="morning"))
    assert "event" not in elsewhere.flags


def test_what_came_long_ago_or_was_withdrawn_is_not_proposed(
    worked, seen, works, city, clock, pepper, keyring
):
    secret = b"r" * 32
    first = worked(TOLD, receipt=secret)
    with works["residents"].open(city) as work:
        receipt.withdraw(work, pepper, secret)
    with works["owner"].open(city) as work:
        assert work.session.scalar(select(func.count()).where(Likeness.report_id == first)) == 0
    assert seen(worked(TOLD))[0].flags == []
    clock.move(days=91)
    with works["owner"].open(city) as work:
        ensure_month_keys(work, keyring)
    assert seen(worked(TOLD, occurred_on=(START + timedelta(days=91)).date()))[0].flags == []


def test_a_withdrawn_copy_loses_its_flags(worked, works, city, pepper):
    secret = b"s" * 32
    worked(TOLD)
    again = worked(TOLD, receipt=secret)
    with works["residents"].open(city) as work:
        receipt.withdraw(work, pepper, secret)
    with works["owner"].open(city) as work:
        assert work.session.get_one(Report, (city, again)).flags == []


def test_the_sketch_goes_with_the_words(worked, works, city):
    report_id = worked(TOLD)
    later = (START + timedelta(days=181)).date()
    count = select(func.count()).where(Likeness.report_id == report_id)
    with works["worker"].open(city) as work:
        assert work.session.scalar(count) > 0
        erase.public_half(work, (START + timedelta(days=179)).date())
        assert work.session.scalar(count) > 0
        erase.public_half(work, later)
        assert work.session.scalar(count) == 0


@pytest.mark.parametrize("login", ["residents", "staff"])
def test_only_workers_read_sketches(works, city, login):
    with works["owner"].open(city) as work:
        allowed = work.session.scalar(
            text("select has_table_privilege(:role, 'farola.likenesses', 'select')"),
            {"role": f"farola_{login}"},
        )
    assert not allowed


def test_a_second_run_proposes_the_same(worked, seen, works, city):
    worked(TOLD)
    again = worked(COPIES["prefix"])
    before = seen(again)[1]
    with works["owner"].open(city) as work:
        report = work.session.get_one(Report, (city, again))
        report.state, report.due_at = State.ANONYMISED, work.clock.now()
    jobs.classify(city, str(again))
    assert seen(again)[1] == before


def test_a_failure_of_the_search_leaves_the_report_to_people(worked, seen, monkeypatch):
    def broken(*_args):
        raise RuntimeError(TOLD)

    monkeypatch.setattr("workers.classify.duplicates.matches", broken)
    report, asides = seen(worked(TOLD))
    assert (report.state, asides) == (State.IN_REVIEW, [])
    assert report.labels


def test_many_from_one_cell_are_a_burst_that_all_who_wait_are_flagged_with(worked, seen):
    said = [
        "A dog barked at me near the gate this morning.",
        "Somebody whistled from a window while I waited.",
        "There is broken glass all over the playground.",
        "The tunnel smells and has no light at all.",
        "My neighbour was pushed by a cyclist yesterday.",
        "Drunk people shout under my balcony every evening.",
        "A van parks on the crossing so one cannot see.",
        "He stared at the schoolgirls from his car.",
    ]
    ids = [worked(one) for one in said]
    for report_id in ids:
        report, asides = seen(report_id)
        assert report.flags == ["burst"]
        assert report.state is State.IN_REVIEW
        assert [one["code"] for one in asides] == ["burst"]
        assert {str(one) for one in ids} - {str(report_id)} == set(asides[0]["reports"])


def test_copies_from_all_over_the_city_are_a_burst(worked, seen):
    places = [{"type": "Point", "coordinates": [WEST + 0.02 * n, 41.33 + 0.02 * n]} for n in range(1, 5)]
    ids = [worked(f"{TOLD} {n}", location=place) for n, place in enumerate(places)]
    for report_id in ids:
        assert "burst" in seen(report_id)[0].flags
    burst = next(one for one in seen(ids[-1])[1] if one["code"] == "burst")
    assert set(burst["reports"]) == {str(one) for one in ids[:-1]}
    assert "scooter" in burst["words"]


def test_a_few_from_one_cell_are_no_burst(worked, seen):
    ids = [worked(one) for one in (STRANGER, "A dog barked at me near the gate this morning.")]
    assert [seen(one)[0].flags for one in ids] == [[], []]
