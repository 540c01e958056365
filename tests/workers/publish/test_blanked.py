"""After a report was counted and released no table says where and when it was, in any form that comes from its point."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text

from backend.domain.cells import FINEST, ROOT, ancestor
from backend.domain.settling import countable_on
from backend.domain.withdrawals import CORRECTABLE
from backend.domain.workflow import State
from backend.store.models import Base, Report
from tests.support import square
from workers.publish import release
from workers.publish.release import release_city
from workers.sweep import forget_expired

LONGITUDE, LATITUDE = 2.1004137, 41.4003719
APPROVED = datetime(2026, 9, 9, 12, tzinfo=UTC)
QUARTER_OVER = datetime(2026, 10, 1, 5, tzinfo=UTC)
HAPPENED, RECEIVED = date(2026, 9, 5), date(2026, 9, 7)
# What is public about a city, and what was published of it, with noise.
PUBLIC = {"cities", "areas", "ledger", "ledger_plans"}
AREA = "zq-harbour"


@pytest.fixture
def city(make_city, clock, monkeypatch):
    # How k is found has tests of its own; here it may be any number.
    monkeypatch.setattr(release, "k_of", lambda _plan: 4.0)
    monkeypatch.setattr("workers.sweep.city_ids", lambda _database: [made])
    clock.at = APPROVED
    area = square(2.07, 41.37, 2.14, 41.43)
    areas = [{"code": AREA, "name": "Harbour", "geometry": area}]
    made = make_city(started_on="2026-09-07", areas=areas, boundary=area)
    return made


@pytest.fixture
def approved(works, city, hand_in) -> UUID:
    place = {"type": "Point", "coordinates": [LONGITUDE, LATITUDE]}
    told = hand_in(at=city, occurred_on=HAPPENED, daypart="night", location=place, contributor=b"t" * 16)
    with works["worker"].open(city) as work:
        report = work.session.get_one(Report, (city, UUID(told["id"])))
        report.state, report.received_on, report.due_at = State.APPROVED, RECEIVED, None
        report.countable_on = countable_on(APPROVED.date(), RECEIVED)
        report.primary_group = "intimidation"
    return report.id


def written(works, city) -> dict[str, str]:
    """All that each table says of a city, as text."""
    with works["owner"].open(city) as work:
        return {
            table.name: "\n".join(
                work.session.scalars(
                    text(f'select to_jsonb(t)::text from farola."{table.name}" t where city_id = :city'),
                    {"city": city},
                )
            )
            for table in Base.metadata.sorted_tables
            if table.name not in PUBLIC
        }


def found(works, city, needles) -> set[tuple[str, str]]:
    return {
        (table, needle)
        for table, told in written(works, city).items()
        for needle in needles
        if needle in told
    }


def forms_of(cell: int) -> set[str]:
    """A cell and every coarser one it lies in, as numbers."""
    return {str(ancestor(cell, zoom)) for zoom in range(ROOT, FINEST + 1)}


def test_what_was_counted_says_neither_where_nor_when(runtime, works, clock, city, approved):
    with works["worker"].open(city) as work:
        cell = work.session.scalars(select(Report.cell).where(Report.id == approved)).one()
    needles = {*forms_of(cell), AREA, HAPPENED.isoformat(), '"night"', "intimidation", "2.100413", "41.40037"}
    before = {needle for table, needle in found(works, city, needles) if table == "reports"}
    assert before == {str(cell), AREA, HAPPENED.isoformat(), '"night"', "intimidation"}
    clock.at = QUARTER_OVER
    release_city(runtime, city)
    forget_expired(works["worker"])
    # Until the map can no longer be corrected, the cell alone is left.
    assert {needle for _, needle in found(works, city, needles)} == {str(cell)}
    clock.at = QUARTER_OVER + CORRECTABLE
    release_city(runtime, city)
    with works["owner"].open(city) as work:
        report = work.session.get_one(Report, (city, approved))
        readable = (report.cell, report.area, report.occurred_on, report.daypart, report.primary_group)
    assert (report.state, readable, report.audit) == (State.COUNTED, (None,) * 5, None)
    assert found(works, city, needles) == set()


def test_the_counters_of_its_cell_are_gone_with_their_keys(runtime, works, clock, city, approved):
    """A slot is a hash of the cell: whoever kept its key could try every cell."""
    assert written(works, city)["counters"]
    clock.at = QUARTER_OVER
    release_city(runtime, city)
    forget_expired(works["worker"])
    left = written(works, city)
    assert (left["counters"], left["counter_keys"]) == ("", "")
