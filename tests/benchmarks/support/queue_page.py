"""The first page of a moderator's queue with a million reports waiting, beside a naive ORDER BY on the same rows.

Both run through the staff's login, row-level security included, and bring home the same 50 rows whole.
The naive side sorts by urgency and age alone: it is not even fair between areas. What else the queue
asks of the database is measured along with it: filters, taking the next report, counting all that waits, what lies near, figures of a day.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select, text

from backend.cli.servers.packages import postgres_programs
from backend.domain.permissions import Actor, Role
from backend.domain.workflow import TO_DECIDE
from backend.store.clocks import SystemClock
from backend.store.database import Database, as_psycopg, login_url, owner_engine
from backend.store.models import Report
from backend.store.waiting import counts, near, nearest, next_free, waiting
from backend.store.wanted import Wanted
from backend.store.work import Work, Works
from backend.store.worked import figures
from support import in_turn, of_packages, of_program, record, say
from support.processes import fresh_installation

CITY = "big"
REPORTS = int(os.environ.get("FAROLA_BENCH_REPORTS", "1000000"))
AREAS = 73
PAGE = 50
ROUNDS = int(os.environ.get("FAROLA_BENCH_ROUNDS", "7"))
# Each side several times in a row, so that a pause of the machine meets one of them, not the median.
TIMES = 5
MARA = Actor(uuid4(), "mara", Role.MODERATOR)

# Busy areas and quiet ones, usual and rare languages and categories, a few urgent ones, ninety days deep.
_CITY = """
insert into farola.cities (city_id, name, country, timezone, languages, started_on, boundary, policy, help_lines)
values (:city, 'Big', 'ES', 'Europe/Madrid', '{en,es}', '2026-01-01',
    ST_GeomFromText('MULTIPOLYGON(((2 41, 3 41, 3 42, 2 42, 2 41)))', 4326), '{}', '[]')
"""
_FILL = """
insert into farola.reports (
    city_id, id, kind, state, receipt_hash, key_month, source, categories, cell, area, occurred_on, daypart,
    forward_consent, language, urgency, minor, labels, received_on, counts, burst, fence, attempts, flags
)
select :city, gen_random_uuid(), 'incident', case when random() < 0.02 then 'quarantined' else 'in_review' end,
    gen_random_bytes(32), '2026-11', 'phone',
    array[(array['commenting', 'following', 'badly_lit', 'theft', 'rape_assault'])[1 + floor(random() * random() * 5)::int]],
    17179869184 + floor(random() * 2100)::bigint,
    'a' || lpad(floor(:areas * random() * random())::int::text, 2, '0'), current_date, 'night', false,
    (array['es', 'ca', 'en', 'fr', 'pt', 'ar'])[1 + floor(random() * random() * 6)::int],
    case when random() < 0.9 then 0 when random() < 0.6 then 1 when random() < 0.7 then 2 else 3 end,
    random() < 0.05, '[{"code": "following", "score": 0.9}]',
    current_date - floor(random() * 90)::int, true, false, 0, 0,
    case when random() < 0.001 then array['burst'] when random() < 0.02 then array['duplicate'] else '{}' end
from generate_series(1, :reports)
"""
# A day of staff's work at the end of a long trail.
_WORK = """
insert into farola.trail (city_id, sequence, at, entry, previous, digest)
select :city, n, now() - (200000 - n) * interval '4 seconds',
    jsonb_build_object(
        'what', case when n % 2 = 0 then 'decided' else 'claimed' end, 'verdict', 'approve',
        'account', '00000000-0000-4000-8000-00000000000' || (n / 2 % 9), 'report', gen_random_uuid()
    ), gen_random_bytes(32), gen_random_bytes(32)
from generate_series(1, 200000) n
"""


@contextmanager
def opened(folder: Path) -> Iterator[Works]:
    """An installation whose one city has all reports waiting, as the staff's login sees it."""
    with fresh_installation(folder) as installation:
        say(f"writing {REPORTS:,} reports")
        engine = owner_engine(installation.settings)
        with engine.begin() as connection:
            connection.execute(text("select set_config('farola.city', :city, true)"), {"city": CITY})
            connection.execute(text(_CITY), {"city": CITY})
            connection.execute(text(_FILL), {"city": CITY, "areas": AREAS, "reports": REPORTS})
            connection.execute(text(_WORK), {"city": CITY})
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("vacuum analyze farola.reports, farola.trail"))
        engine.dispose()
        database = Database(as_psycopg(login_url(installation.settings, "staff")))
        yield Works(database, SystemClock(), lambda _: None)
        database.close()


def naive(work: Work) -> None:
    """Sort all that waits, and take the first."""
    query = select(Report).where(
        Report.city_id == CITY,
        Report.state.in_([state.value for state in TO_DECIDE]),
        ~Report.minor,
    )
    order = (Report.urgency.desc(), Report.received_on, Report.id)
    assert len(work.session.scalars(query.order_by(*order).limit(PAGE)).all()) == PAGE


def page(work: Work, wanted: Wanted | None = None) -> None:
    assert len(waiting(work, MARA, wanted or Wanted(), PAGE)) == PAGE


def take(work: Work) -> None:
    assert next_free(work, MARA, Wanted()) is not None


def near_one(work: Work) -> None:
    """Count and list what came from the cell of one report, as reading it does."""
    report = work.session.scalars(select(Report).where(Report.city_id == CITY).limit(1)).one()
    assert near(work, MARA, report) > PAGE
    assert nearest(work, MARA, report)


def milliseconds(works: Works, ask: Callable[[Work], object]) -> float:
    """The median of a few runs, each in a transaction of its own that is taken back."""
    seen = []
    for _ in range(TIMES):
        with works.database.session(CITY) as session:
            work = Work(session, CITY, works.clock)
            began = time.perf_counter()
            ask(work)
            seen.append(1000 * (time.perf_counter() - began))
            session.rollback()
    return sorted(seen)[TIMES // 2]


def measure(works: Works) -> dict[str, list[float]]:
    asks: dict[str, Callable[[Work], object]] = {
        "first_page_ms": page,
        "naive_ms": naive,
        "rare_language_ms": partial(page, wanted=Wanted(language="ar")),
        "rare_category_ms": partial(page, wanted=Wanted(category="rape_assault")),
        "one_area_ms": partial(page, wanted=Wanted(area="a40")),
        "rare_flag_ms": partial(page, wanted=Wanted(flag="burst")),
        "overdue_ms": partial(
            page,
            wanted=Wanted(due_before=SystemClock().now().date(), terms={"default": 5, "rape_assault": 1}),
        ),
        "next_free_ms": take,
        "near_ms": near_one,
        "figures_ms": figures,
        "counts_ms": lambda work: counts(work, MARA, Wanted()),
    }
    say("warming up")
    for ask in asks.values():
        milliseconds(works, ask)
    seen = in_turn(ROUNDS, *(partial(milliseconds, works, ask) for ask in asks.values()))
    found = dict(zip(asks, seen, strict=True))
    ratios = [ours / theirs for ours, theirs in zip(found["first_page_ms"], found["naive_ms"], strict=True)]
    return {"first_page_ms": found["first_page_ms"], "ratio_to_naive": ratios} | found


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="farola-bench-") as folder, opened(Path(folder)) as works:
        found = measure(works)
        versions = of_packages("sqlalchemy", "psycopg") | {
            "postgresql": of_program(str(postgres_programs() / "postgres"), "--version"),
            "reports": f"{REPORTS} waiting in {AREAS} areas",
        }
    record("queue", found, versions)
