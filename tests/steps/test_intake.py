"""Intake: a report is taken in exactly once, sealed, and settled."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from nacl.public import PrivateKey, SealedBox
from sqlalchemy import func, select, text

from backend.domain.receipts import REPLY_INFO, derive
from backend.domain.workflow import Stage, State
from backend.errors import Conflict, SealError, UnprocessableInput
from backend.store.intake import TAKE
from backend.store.models import Photo, Report, ReportKey, Sealed
from backend.store.monthkeys import ensure_month_keys
from backend.store.sealed import Opener
from backend.store.seals import Binding, KeyClass, open_sealed
from backend.store.standing import KEPT_SECONDS
from tests.support import EAST, NORTH, SOUTH, START, WEST, Told, square, told_report


def stored(works, city, answer) -> Report:
    with works["worker"].open(city) as work:
        return work.session.get_one(Report, (city, UUID(answer["id"])))


def test_a_report_is_stored_with_nothing_personal_readable(works, city, hand_in, keyring, sent):
    answer = hand_in()
    report = stored(works, city, answer)
    assert (report.state, report.area, report.counts) == (State.RECEIVED, "se", True)
    assert report.received_on == START.date()
    assert [(job.stage, str(job.report_id)) for job in sent] == [(Stage.ANONYMISE, answer["id"])]
    with works["worker"].open(city) as work:
        everything = "".join(
            str(row)
            for table in ("reports", "sealed", "report_keys", "submissions")
            for row in work.session.execute(text(f"select t::text from {table} t"))
        )
        opener = Opener(work.session, keyring, city, report.id)
        assert opener.read("words")["text"].startswith("A man followed")
        assert opener.read("point")["lon"] == pytest.approx(2.1734)
        assert opener.read("about_me") == {"gender": "woman", "age_band": "25-34"}
    for secret in ("followed", "2.1734", "woman", "25-34", "metro"):
        assert secret not in everything


def test_the_same_key_gives_the_same_answer_and_one_row(works, city, hand_in):
    told = Told(told_report())
    assert hand_in(told) == hand_in(told)
    with works["worker"].open(city) as work:
        assert work.session.scalar(select(func.count()).select_from(Report)) == 1


def test_the_same_key_with_another_report_is_refused(hand_in):
    told = Told(told_report())
    hand_in(told)
    with pytest.raises(UnprocessableInput) as refused:
        hand_in(Told(told_report(text="Something else."), key=told.key))
    assert refused.value.field == "Idempotency-Key"


def test_many_at_once_with_one_key_make_one_row(works, city, hand_in):
    told = Told(told_report())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: hand_in(told), range(24)))
    assert all(answer == answers[0] for answer in answers)
    with works["worker"].open(city) as work:
        assert work.session.scalar(select(func.count()).select_from(Report)) == 1


def test_a_receipt_belongs_to_one_report(hand_in):
    told = told_report()
    hand_in(Told(told))
    with pytest.raises(Conflict):
        hand_in(Told(told))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"categories": ["well_lit"]}, "categories.0"),
        ({"categories": ["following", "nonsense"]}, "categories.1"),
        ({"categories": [], "text": ""}, "categories"),
        ({"audit": {"lighting": 1}}, "audit"),
        ({"kind": "audit", "categories": []}, "audit"),
        ({"occurred_on": START.date() + timedelta(days=2)}, "occurred_on"),
        ({"occurred_on": START.date() - timedelta(days=400)}, "occurred_on"),
        ({"location": {"coordinates": [2.5, 41.4]}}, "location.coordinates"),
    ],
)
def test_what_cannot_be_accepted_is_named_and_nothing_is_written(works, city, hand_in, changes, field):
    with pytest.raises(UnprocessableInput) as refused:
        hand_in(**changes)
    assert refused.value.field == field
    with works["owner"].open(city) as work:
        for table in (Report, Sealed, ReportKey):
            assert work.session.scalar(select(func.count()).where(table.city_id == city)) == 0


def test_swapped_coordinates_get_a_hint(hand_in):
    with pytest.raises(UnprocessableInput, match="swapped"):
        hand_in(location={"coordinates": [41.3851, 2.1734]})


def test_expected_photos_are_waited_for(works, city, hand_in, sent):
    answer = hand_in(photos=[{"name": "1", "size": 10, "sha256": "0" * 64}])
    assert answer["state"] == State.AWAITING_PHOTOS
    assert sent == []
    with works["worker"].open(city) as work:
        assert work.session.scalar(select(Photo.size)) == 10


def test_a_contributor_counts_three_times_a_quarter_and_once_a_cell_and_week(works, city, hand_in):
    token = b"t" * 16
    spread = [2.06, 2.08, 2.10, 2.12]
    places = [{"coordinates": [lon, 41.40]} for lon in spread]
    first = [stored(works, city, hand_in(contributor=token, location=place)).counts for place in places]
    assert first == [True, True, True, False]
    again = b"u" * 16
    twice = [stored(works, city, hand_in(contributor=again, location=places[0])).counts for _ in range(2)]
    assert twice == [True, False]


def test_a_burst_is_set_aside_and_not_lost(works, make_city, hand_in):
    city = make_city(policy={"burst_limit": 3})
    rows = [stored(works, city, hand_in(at=city)) for _ in range(5)]
    assert [row.burst for row in rows] == [False] * 3 + [True] * 2
    assert [row.counts for row in rows] == [True] * 3 + [False] * 2
    assert {row.state for row in rows} == {State.RECEIVED}


def test_who_the_resident_is_is_not_kept_where_no_layer_reads_it(works, city, hand_in):
    hand_in(kind="safe_place", categories=["well_lit"])
    with works["worker"].open(city) as work:
        assert "about_me" not in set(work.session.scalars(select(Sealed.field)))


def test_a_contributors_week_is_one_week_across_two_quarters(works, make_city, keyring, clock, hand_in):
    clock.at = datetime(2026, 9, 30, 12, tzinfo=UTC)
    city, token = make_city(), b"w" * 16
    first = hand_in(at=city, contributor=token, occurred_on=clock.at.date())
    clock.move(days=1)
    with works["owner"].open(city) as work:
        ensure_month_keys(work, keyring)
    second = hand_in(at=city, contributor=token, occurred_on=clock.at.date())
    assert [stored(works, city, answer).counts for answer in (first, second)] == [True, False]


def opened(works, city, field, phone) -> dict[str, Any]:
    """What the phone that holds the receipt reads back."""
    with works["worker"].open(city) as work:
        box = work.session.scalars(select(Sealed.ciphertext).where(Sealed.field == field)).one()
    padded = SealedBox(phone).decrypt(bytes(box))
    assert len(padded) in {1024, 4096}
    return json.loads(padded[: padded.rindex(b"\x80")])


def test_the_phone_alone_can_read_back_what_was_told(works, city, hand_in, keyring):
    phone = PrivateKey(derive(b"R" * 16, REPLY_INFO))
    told = told_report(reply_key=bytes(phone.public_key))
    answer = hand_in(Told(told))
    own = opened(works, city, "own_copy", phone)
    assert own == {
        "kind": "incident",
        "categories": ["following"],
        "location": told["location"],
        "accuracy_m": 25.0,
        "occurred_on": START.date().isoformat(),
        "daypart": "night",
        "text": told["text"],
        "setting": told["setting"],
        "audit": None,
        "about_me": told["about_me"],
        "language": "en",
        "consent_forward": False,
    }
    with works["worker"].open(city) as work:
        row = work.session.get_one(Sealed, (city, UUID(answer["id"]), "own_copy", 1))
        assert row.key_class is KeyClass.WORDS  # erased with the words
        opener = Opener(work.session, keyring, city, UUID(answer["id"]))
        with pytest.raises(SealError):
            open_sealed(opener.key_of(KeyClass.WORDS), Binding(row.report_id, "own_copy"), row.ciphertext)


def test_without_a_reply_key_there_is_no_own_copy(works, city, hand_in):
    hand_in()
    with works["worker"].open(city) as work:
        assert set(work.session.scalars(select(Sealed.field))) == {"point", "words", "about_me"}


@pytest.mark.parametrize("weak", [bytes(32), b"\x01" + bytes(31)])
def test_a_reply_key_that_gives_no_secret_is_refused(works, city, hand_in, weak):
    with pytest.raises(UnprocessableInput) as refused:
        hand_in(reply_key=weak)
    assert refused.value.field == "reply_key"
    with works["worker"].open(city) as work:
        assert work.session.scalar(select(func.count()).select_from(Report)) == 0


def test_what_a_child_tells_is_for_trained_moderators_and_help_for_children_comes_first(
    works, make_city, hand_in
):
    lines = [{"name": who, "phone": "1", "for": who} for who in ("emergency", "violence", "children")]
    city = make_city(help_lines=lines)
    child, other = hand_in(at=city, form="child"), hand_in(at=city, form="standard")
    assert [stored(works, city, answer).minor for answer in (child, other)] == [True, False]
    assert [line["for"] for line in child["help_lines"]] == ["children", "emergency", "violence"]
    assert [line["for"] for line in other["help_lines"]] == ["emergency", "violence", "children"]


def test_a_gap_between_areas_goes_to_the_nearest_and_an_edge_to_one(works, make_city, hand_in):
    west, east = square(WEST, SOUTH, 2.10, NORTH), square(2.16, SOUTH, EAST, NORTH)
    areas = [{"code": code, "name": code, "geometry": shape} for code, shape in (("w", west), ("e", east))]
    city = make_city(areas=areas)
    for lon, area in ((2.11, "w"), (2.15, "e"), (2.10, "w"), (2.05, "w"), (2.23, "e")):
        assert stored(works, city, hand_in(at=city, location={"coordinates": [lon, 41.40]})).area == area


def test_what_is_kept_of_a_city_is_read_again_in_a_new_month(works, make_city, keyring, clock, hand_in):
    city = make_city()
    assert stored(works, city, hand_in(at=city)).key_month == "2026-11"
    clock.move(days=20)
    with works["owner"].open(city) as work:
        ensure_month_keys(work, keyring)
    answer = hand_in(at=city, occurred_on=clock.at.date())
    assert stored(works, city, answer).key_month == "2026-12"
    with works["worker"].open(city) as work:
        opener = Opener(work.session, keyring, city, UUID(answer["id"]))
        assert opener.read("words")["text"].startswith("A man followed")


def test_what_is_kept_of_a_city_is_read_again_after_a_minute(works, city, hand_in, monkeypatch):
    def lines(answer):
        return [line["for"] for line in answer["help_lines"]]

    now = time.monotonic()
    assert lines(hand_in()) == ["emergency"]
    with works["owner"].open(city) as work:
        work.session.execute(text("update cities set help_lines = '[]' where city_id = :c"), {"c": city})
    monkeypatch.setattr(
        "backend.store.standing.time", SimpleNamespace(monotonic=lambda: now + KEPT_SECONDS / 2)
    )
    assert lines(hand_in()) == ["emergency"]
    monkeypatch.setattr(
        "backend.store.standing.time", SimpleNamespace(monotonic=lambda: now + 2 * KEPT_SECONDS)
    )
    assert lines(hand_in()) == []


def test_a_report_is_one_statement_and_nothing_else_is_asked(works, city, hand_in, monkeypatch):
    def asks(own, query, *rest, **how):
        asked.append(query)
        return real(own, query, *rest, **how)

    hand_in()
    asked, real = [], psycopg.Cursor.execute
    monkeypatch.setattr(
        psycopg.Cursor, "execute", asks
    )  # every other way leads through it, the toolkit's too
    hand_in()
    assert asked == [TAKE]


def test_nothing_is_flushed_later_than_the_answer(databases):
    statement = "select current_setting('synchronous_commit'), current_setting('fsync')"
    assert databases["residents"].at_once(statement, {}) == ("on", "on")
