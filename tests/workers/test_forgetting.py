"""What is over its term is erased on its day, by one schedule, and nothing of it is left anywhere."""

from __future__ import annotations

import os
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update

from backend.domain.messages import Author
from backend.domain.retention import erased_by_day, kept, schedule
from backend.domain.workflow import State
from backend.store.blobs import original_path, public_path
from backend.store.forgetting import TRACES
from backend.store.models import (
    Decision,
    Forgotten,
    Message,
    Photo,
    PhotoChunk,
    PhotoState,
    Report,
    ReportKey,
    Sealed,
)
from backend.store.queries import month_key
from backend.store.seals import Binding, KeyClass, new_key, seal
from tests.support import START, in_review
from workers.clock import Forgetting
from workers.forgetting.erase import ERASING
from workers.forgetting.run import KEYS, TRAIL, forget

TODAY = START.date()
SAYING = "Zxqv walked behind me as far as the fountain."


@pytest.fixture(autouse=True)
def _only_this_city(monkeypatch, city):
    """The tests' database holds many cities, and this is about one."""
    for module in ("workers.forgetting.run", "workers.sweep"):
        monkeypatch.setattr(f"{module}.city_ids", lambda _database: [city])


@pytest.fixture
def report(works, city, hand_in, blobs) -> UUID:
    """A report in review with an original photo in one piece and a redacted one."""
    report_id = UUID(hand_in(text=SAYING)["id"])
    with works["owner"].open(city) as work:
        in_review(work, report_id)
        key = month_key(work.session, city, work.clock.now())
        fresh = new_key(key.public_key)
        original = original_path(city, report_id, "1", 0, uuid4())
        public = public_path(city, report_id, "1", uuid4())
        for path in (original, public):
            blobs.put(path, seal(fresh.key, Binding(report_id, "photo:1"), b"pixels"))
        own = {"city_id": city, "report_id": report_id, "name": "1"}
        work.session.add(Photo(**own, state=PhotoState.REDACTED, size=6, public_blob=public))
        work.session.flush()
        work.session.add(PhotoChunk(**own, sequence=0, month=key.month, wrapped=fresh.wrapped, blob=original))
        work.session.add(
            Message(
                city_id=city, report_id=report_id, number=1, author=Author.RESIDENT, day=TODAY,
                month=key.month, wrapped=new_key(key.public_key).wrapped, ciphertext=os.urandom(64),
                reply_copy=os.urandom(80),
            )
        )  # fmt: skip
    return report_id


def close(works, city, report_id, on: date, state: State = State.REJECTED):
    with works["owner"].open(city) as work:
        work.session.execute(update(Report).where(Report.id == report_id).values(state=state, closed_on=on))


def classes(works, city, report_id) -> set[KeyClass]:
    """The classes of which a key or a ciphertext is left."""
    with works["owner"].open(city) as work:
        found = [
            set(work.session.scalars(select(table.key_class).where(table.report_id == report_id)))
            for table in (Sealed, ReportKey)
        ]
    assert found[0] == found[1]
    return found[0]


def row(works, city, report_id) -> Report:
    with works["owner"].open(city) as work:
        return work.session.get_one(Report, (city, report_id))


def run(runtime, **how) -> dict[str, int]:
    return {one.item: one.count for one in forget(runtime, **how) if one.count}


def test_an_undecided_report_loses_its_original_after_thirty_days(runtime, works, city, clock, report):
    clock.move(days=29)
    assert run(runtime) == {}
    clock.move(days=1)
    assert run(runtime) == {"point": 1, "words": 1, "photos": 1}
    assert classes(works, city, report) == {KeyClass.ABOUT_ME, KeyClass.PUBLIC}
    assert run(runtime) == {}


def test_a_decided_report_loses_its_original_words_and_photos_after_a_week(
    runtime, works, city, clock, report
):
    close(works, city, report, TODAY)
    clock.move(days=7)
    assert run(runtime) == {"words": 1, "photos": 1}
    assert KeyClass.POINT in classes(works, city, report)


def test_ninety_days_after_closing_only_a_tombstone_is_left(runtime, works, city, clock, blobs, report):
    close(works, city, report, TODAY)
    clock.move(days=89)
    run(runtime)
    assert KeyClass.PUBLIC in classes(works, city, report)
    clock.move(days=1)
    assert run(runtime) == {"public_half": 3, "receipt": 1}
    left = row(works, city, report)
    assert (left.state, left.closed_on, left.erased_on) == (State.REJECTED, TODAY, TODAY + timedelta(days=90))
    told = (left.cell, left.area, left.occurred_on, left.daypart, left.reply_key, left.language, left.audit)
    assert told == (None,) * 7
    assert (left.categories, left.labels, left.urgency) == ([], [], 0)
    assert left.counted_in == []
    assert run(runtime) == {}


def test_what_a_receipt_opens_is_gone_with_the_row(runtime, works, city, clock, report):
    before = bytes(row(works, city, report).receipt_hash)
    clock.move(days=180)
    run(runtime)
    assert bytes(row(works, city, report).receipt_hash) != before
    assert row(works, city, report).state is State.WITHDRAWN
    assert classes(works, city, report) == set()


def test_an_approved_report_waits_for_its_release_without_words(runtime, works, city, clock, report):
    close(works, city, report, TODAY, State.APPROVED)
    with works["owner"].open(city) as work:
        work.session.execute(update(Report).where(Report.id == report).values(countable_on=TODAY))
    clock.move(days=400)
    run(runtime)
    assert classes(works, city, report) == {KeyClass.ABOUT_ME}
    left = row(works, city, report)
    assert (left.state, left.cell is not None, left.erased_on) == (State.APPROVED, True, None)
    close(works, city, report, TODAY, State.COUNTED)
    assert run(runtime) == {"receipt": 1}


def test_what_was_decided_about_categories_goes_with_the_row(runtime, works, city, clock, report):
    with works["owner"].open(city) as work:
        work.session.add(
            Decision(
                city_id=city, report_id=report, sequence=1, account_id=uuid4(), was=State.IN_REVIEW,
                became=State.APPROVED, reason="clear", categories=["following"],
                primary_group="intimidation", decided_on=TODAY,
            )
        )  # fmt: skip
    clock.move(days=180)
    run(runtime)
    with works["owner"].open(city) as work:
        decision = work.session.scalars(select(Decision).where(Decision.report_id == report)).one()
    assert (decision.categories, decision.primary_group, decision.reason) == ([], None, "clear")


def test_a_dry_run_counts_and_erases_nothing(runtime, works, city, clock, blobs, report):
    before = classes(works, city, report)
    clock.move(days=181)
    would = {"point": 1, "words": 1, "photos": 1, "public_half": 3, "receipt": 1}
    assert run(runtime, dry=True) == would
    assert classes(works, city, report) == before
    with works["owner"].open(city) as work:
        notes = work.session.scalars(select(Forgotten).where(Forgotten.city_id == city)).all()
    assert {one.until for one in notes} == {START}


def test_each_item_notes_until_when_nothing_was_left(runtime, works, city, clock, report):
    clock.move(days=31)
    run(runtime)
    with works["owner"].open(city) as work:
        notes = {
            one.item: one for one in work.session.scalars(select(Forgotten).where(Forgotten.city_id == city))
        }
    assert set(notes) == {*ERASING, KEYS, TRAIL, TRACES}
    assert notes.pop(TRACES).until == START  # written out at night, not here
    assert {one.until for one in notes.values()} == {clock.now()}
    assert notes["point"].erased == 1


def test_a_months_private_key_is_destroyed_after_the_last_thing_it_could_open(runtime, city, clock):
    assert runtime.keyring.months(city) == ["2026-11", "2026-12"]
    path = runtime.settings.keys_dir / city / "2026-11.key"
    clock.move(days=12 + 300)  # the last day of November, and the term
    assert run(runtime) == {}
    assert path.exists()
    clock.move(days=31)
    assert run(runtime) == {KEYS: 1}
    assert not path.exists()
    assert runtime.keyring.months(city) == ["2026-12"]


def test_every_item_with_a_day_is_erased_by_somebody():
    by_day = {one.item for one in schedule() if one.days_after and one.by is None}
    # The releases blank what was refused, and the cells that a correction could have counted.
    assert by_day - {"refused_place", "counted_cell"} == set(erased_by_day()) == {*ERASING, KEYS, TRAIL}
    assert kept("private_keys", "month_end") >= kept("public_half", "receipt") + timedelta(days=92)


def test_neither_ciphertext_nor_key_nor_plaintext_is_left_in_the_database(
    runtime, works, city, clock, blobs, report
):
    """Rows are gone from every table; after a vacuum their bytes are gone from the files as well."""
    with works["owner"].open(city) as work:
        parts = [
            bytes(one)
            for one in work.session.scalars(select(Sealed.ciphertext).where(Sealed.report_id == report))
        ]
        parts += [
            bytes(one)
            for one in work.session.scalars(select(ReportKey.wrapped).where(ReportKey.report_id == report))
        ]
        parts += [
            bytes(one)
            for one in work.session.scalars(select(PhotoChunk.wrapped).where(PhotoChunk.report_id == report))
        ]
        for column in (Message.wrapped, Message.ciphertext, Message.reply_copy):
            parts += [
                bytes(one) for one in work.session.scalars(select(column).where(Message.report_id == report))
            ]
        paths = [*work.session.scalars(select(PhotoChunk.blob).where(PhotoChunk.report_id == report))]
        paths += [*work.session.scalars(select(Photo.public_blob).where(Photo.report_id == report))]
    assert len(parts) >= 12
    assert found(works, parts) == set(parts), "the search must find what is there"
    close(works, city, report, TODAY)
    with works["owner"].open(city) as work:
        work.session.execute(update(Report).where(Report.id == report).values(state=State.COUNTED))
        work.session.execute(
            text("delete from farola.sealed where key_class = 'about_me' and report_id = :id"), {"id": report}
        )
        work.session.execute(
            text("delete from farola.report_keys where key_class = 'about_me' and report_id = :id"),
            {"id": report},
        )
    clock.move(days=90)
    run(runtime)
    assert found(works, parts) == set()
    for path in paths:
        with pytest.raises(Exception, match="erased"):
            blobs.get(path)


def found(works, parts: list[bytes]) -> set[bytes]:
    """Which byte strings some column of some table holds."""
    hits = set()
    with works["owner"].open("") as work:
        columns = work.session.execute(
            text("select table_name, column_name from information_schema.columns "
                 "where table_schema = 'farola' and data_type = 'bytea'")
        ).all()  # fmt: skip
        for table, column in columns:
            held = work.session.execute(
                text(f'select "{column}" from farola."{table}" where "{column}" = any(:parts)'),
                {"parts": parts},
            )
            hits |= {bytes(one) for (one,) in held}
    return hits


def test_the_clock_forgets_once_an_hour_and_as_soon_as_time_has_jumped(runtime, works, city, clock, report):
    forgetting = Forgetting(runtime)
    forgetting.round()
    with works["owner"].open(city) as work:
        work.session.execute(update(Report).where(Report.id == report).values(received_on=date(2026, 1, 1)))
    clock.move(minutes=59)
    forgetting.round()
    assert KeyClass.POINT in classes(works, city, report)
    clock.move(minutes=1)
    forgetting.round()
    assert KeyClass.POINT not in classes(works, city, report)
