"""Traces: deleted rows leave the files for good, and nothing that is erased is kept as a planner's sample."""

from __future__ import annotations

import os
import time
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import delete, make_url, text

from backend.domain.retention import erased_by_day, kept
from backend.store import traces
from backend.store.forgetting import MOST_LAG, TRACES, lag, note, noted
from backend.store.models import ReportKey, Submission
from tests.support import START
from workers.forgetting.traces import Traces

BYTES, LISTS = "bytea", "jsonb"
_TRIES = 120


@pytest.fixture(autouse=True)
def _only_this_city(monkeypatch, city):
    """The tests' database holds many cities, and this is about one."""
    for module in ("workers.forgetting.traces", "backend.store.forgetting"):
        monkeypatch.setattr(f"{module}.city_ids", lambda _database: [city])


@pytest.fixture
def deleted(works, city, hand_in) -> list[bytes]:
    """Wrapped keys of a report that are deleted, and only that."""
    report = UUID(hand_in()["id"])
    with works["owner"].open(city) as work:
        gone = delete(ReportKey).where(ReportKey.report_id == report).returning(ReportKey.wrapped)
        return [bytes(one) for one in work.session.scalars(gone)]


def folder(works) -> Path:
    with works["owner"].open("") as work:
        return Path(work.session.scalar(text("show data_directory")))


def in_files(works, needles: list[bytes], part: str) -> set[bytes]:
    """Which byte strings any file of the server holds."""
    with works["owner"].open("") as work:
        work.session.execute(text("checkpoint"))
    found = set()
    for path in (folder(works) / part).rglob("*"):
        try:
            told = path.read_bytes()
        except OSError:
            continue
        found |= {needle for needle in needles if needle in told}
    return found


def written_out(own: Traces) -> bool:
    """Try as the nightly job does: other tests and autovacuum read the same server meanwhile."""
    for _ in range(_TRIES):
        if own.write_out():
            return True
        time.sleep(1)
    return False


def test_what_was_deleted_leaves_the_files_and_the_log(runtime, works, deleted):
    if not os.access(folder(works), os.R_OK):
        pytest.skip("the server's files are not here to be looked through")
    assert in_files(works, deleted, "base") == set(deleted), "the search must find what is there"
    assert in_files(works, deleted, "pg_wal") == set(deleted)
    assert written_out(Traces(runtime))
    assert in_files(works, deleted, "base") == set()
    assert in_files(works, deleted, "pg_wal") == set()


def test_somebody_who_still_reads_is_waited_for(runtime, works, settings, clock, city, deleted):
    own = Traces(runtime)
    url = make_url(settings.owner_url).render_as_string(hide_password=False)
    with psycopg.connect(url) as reader:
        reader.execute("set transaction isolation level repeatable read")
        reader.execute("select 1 from farola.cities")
        # What is deleted now is still there for the reader.
        with works["owner"].open(city) as work:
            work.session.execute(delete(Submission).where(Submission.city_id == city))
        assert not own.write_out()
    assert noted(works["worker"], city, TRACES) == START
    clock.move(minutes=1)
    assert written_out(own)
    assert noted(works["worker"], city, TRACES) == START


def test_it_is_done_at_night_and_at_the_latest_after_a_day(monkeypatch, runtime, works, city, clock):
    done = []
    monkeypatch.setattr(traces, "rewrite", lambda *_: done.append(clock.now()) or True)
    monkeypatch.setattr(traces, "move_log_on", lambda _: True)
    own = Traces(runtime)
    for _ in range(50):  # from noon, Madrid time 13:00, on
        own.round()
        clock.move(hours=1)
    assert [(at - START).total_seconds() / 3600 for at in done] == [13, 37]


def test_traces_that_stay_too_long_are_a_lag(works, city, clock):
    with works["worker"].open(city) as work:
        for item in erased_by_day():
            note(work, item, 0, clock.now() + kept(TRACES) + MOST_LAG)
    clock.move(hours=30)
    assert lag(works["worker"]).total_seconds() == 6 * 3600


def test_nothing_that_is_erased_is_sampled(works):
    """ANALYZE keeps values of every column it samples; none of these may be left in it."""
    erased = set(traces.tables())
    with works["owner"].open("") as work:
        columns = work.session.execute(
            text(
                "select c.relname, a.attname, a.attstattarget, format_type(a.atttypid, null), "
                "col_description(c.oid, a.attnum) from pg_attribute a join pg_class c on c.oid = a.attrelid "
                "where c.relnamespace = 'farola'::regnamespace and c.relkind = 'r' and a.attnum > 0 "
                "and not a.attisdropped"
            )
        ).all()
        for table in sorted(erased):
            work.session.execute(text(f"analyze farola.{table}"))
        sampled = set(
            work.session.execute(text("select tablename, attname from pg_stats where schemaname = 'farola'"))
        )
    watched = {
        (table, name): target
        for table, name, target, kind, comment in columns
        if table in erased and (kind in (BYTES, LISTS) or kind.endswith("[]") or "blanked" in (comment or ""))
    }
    assert ("reports", "cell") in watched
    assert ("report_keys", "wrapped") in watched
    assert {column for column, target in watched.items() if target != 0} == set()
    assert sampled.isdisjoint(watched)
    assert ("reports", "received_on") in sampled, "something must have been sampled"
