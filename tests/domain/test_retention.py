"""Every place that can hold something about a report is held by one row of the retention schedule."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text

from backend.config import Settings
from backend.domain.retention import kept, schedule
from backend.domain.words import RESIDENT_LANGUAGES, written
from backend.steps import sessions
from backend.store.models import Base
from backend.store.queue import FAILURE_TTL, JOB_TIMEOUT
from backend.store.sealed import CLASS_OF
from backend.store.seals import KeyClass
from tests.support import ROOT

# Which city and which report a row is of; every row has them, and ends with its other columns.
OWN = {"city_id", "report_id"}
# Sealed by class of keys, each with a term of its own.
BY_CLASS = {"sealed", "report_keys"}
# Rows that stay when what they told is erased: here each column has to be named.
BLANKED = {"reports", "decisions"}
# Other ways to the same places, and addresses of others.
ELSEWHERE = {"login_urls"}


def places(metadata: MetaData) -> dict[str, set[str]]:
    """What must be held, with the names under which the schedule may hold it."""
    found: dict[str, set[str]] = {}
    for table in metadata.sorted_tables:
        if table.name in BY_CLASS:
            found |= {f"{table.name}@{kind}": {f"{table.name}@{kind}"} for kind in KeyClass}
            continue
        for column in set(table.columns.keys()) - OWN:
            whole = set() if table.name in BLANKED else {f"{table.name}.*"}
            found[f"{table.name}.{column}"] = {f"{table.name}.{column}"} | whole
    return found


def unheld(wanted: dict[str, set[str]]) -> dict[str, int]:
    """Which places not exactly one row holds, and how many do."""
    held = Counter(one for term in schedule() for one in term.holds)
    return {place: n for place, names in wanted.items() if (n := sum(held[name] for name in names)) != 1}


def stores() -> set[str]:
    """The settings that say where something lies or is sent."""
    return {
        one.name
        for one in fields(Settings)
        if "Path" in str(one.type) or one.name.endswith(("_url", "_urls"))
    } - ELSEWHERE


def test_every_column_of_every_table_is_held_by_one_row():
    wanted = places(Base.metadata)
    assert len(wanted) > 100
    assert unheld(wanted) == {}


def test_every_place_of_the_settings_and_of_redis_is_held_by_one_row():
    wanted = {f"place.{name}" for name in stores()} | {"redis.jobs", "redis.failed"}
    assert {"place.releases_dir", "place.trail_heads", "place.redis_url"} <= wanted
    assert unheld({one: {one} for one in wanted}) == {}


def test_no_row_holds_what_is_not_there():
    known = {name for names in places(Base.metadata).values() for name in names}
    known |= {f"place.{name}" for name in stores()} | {"redis.jobs", "redis.failed"}
    assert {one for term in schedule() for one in term.holds} - known == set()


@pytest.mark.parametrize("name", ["notes_on_people", "reports"])
def test_a_planted_table_or_column_is_missed(name):
    planted = MetaData()
    Table(name, planted, Column("city_id", Text), Column("planted", Text))
    assert unheld(places(planted)) == {f"{name}.planted": 0}


def test_only_a_row_that_goes_as_a_whole_is_held_as_a_whole():
    held = {one for term in schedule() for one in term.holds}
    assert not held & {f"{table}.*" for table in BLANKED | BY_CLASS}


def test_every_sealed_field_is_of_a_class_that_is_held():
    assert set(CLASS_OF.values()) <= set(KeyClass)


def test_each_row_says_how_long_in_one_way():
    for one in schedule():
        told = [bool(one.days_after), one.hours is not None, one.until is not None, one.because is not None]
        assert sum(told) == 1, one.item


def test_what_others_end_by_themselves_is_what_the_schedule_says():
    assert timedelta(seconds=FAILURE_TTL + JOB_TIMEOUT) >= kept("jobs") >= timedelta(seconds=FAILURE_TTL)
    assert kept("log_ins") == sessions.LONGEST


def test_the_operator_is_told_the_days_of_what_is_out_of_reach():
    told = (ROOT / "docs" / "forgetting.md").read_text()
    for one in schedule():
        if one.by is not None:
            assert all(f"{days} days" in told for days in one.days_after.values()), one.item
            assert one.item in told.lower()


@pytest.mark.parametrize("language", RESIDENT_LANGUAGES)
def test_every_row_has_words_in_every_language(language):
    said = written(language)
    assert [one.item for one in schedule() if not said.get(f"privacy.item.{one.item}")] == []
    assert [c for one in schedule() if (c := one.because) and not said.get(f"privacy.because.{c}")] == []


def test_the_trail_is_open_to_nobody_before_its_term():
    """The database's own limit on what may go is the schedule's."""
    migration = next(Path(ROOT, "migrations", "versions").glob("0050_*.py")).read_text()
    assert f"interval '{kept('trail', 'entry').days} days'" in migration
