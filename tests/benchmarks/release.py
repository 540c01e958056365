"""What it costs to make the `map` layer anew from ten million counted reports, beside reading them once.

One side counts the reports of a quarter in PostgreSQL, adds noise, estimates, decides what is
shown, and writes every file of the release, all levels of tiles among them; the plan and its k,
which are made before any report is read, are not part of it. The other is a sequential scan of
the same rows through the same connection. `rss_mb` is the most memory the process ever held,
its libraries and the plan included; the database's own is not.

The city is a square of FAROLA_BENCH_SIDE finest cells to a side, FAROLA_BENCH_REPORTS in number.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import numpy as np
import psycopg
from shapely.geometry import mapping
from sqlalchemy import func, make_url, select
from support import ROUNDS, of_packages, record, say
from support.cities import ALIKE, CITY, SMALL, counts_of, geography, release_of
from support.processes import Installation, fresh_installation

from backend.cli.context import owner_works
from backend.config import load_settings
from backend.domain.layers import MAP
from backend.domain.periods import period_named
from backend.steps.cities import add_city
from backend.store.database import Database, login_url
from backend.store.models import Report
from backend.store.work import Works
from workers.publish.count import count
from workers.publish.document import read_document
from workers.publish.draw import draw
from workers.publish.limits import Limits
from workers.publish.plan import plan_layer
from workers.publish.shelf import Shelf

REPORTS = int(os.environ.get("FAROLA_BENCH_REPORTS", "10000000"))
SIDE = int(os.environ.get("FAROLA_BENCH_SIDE", str(SMALL)))
PERIOD = period_named("2026-Q3")
PUBLISHED = datetime(2026, 10, 1, 6, tzinfo=UTC)
# What a report row holds once it is approved; words and photos lie elsewhere and are not read.
ROWS = """
insert into farola.reports (city_id, id, kind, state, receipt_hash, key_month, source, categories, cell, area,
  occurred_on, daypart, forward_consent, urgency, minor, labels, received_on, counts, burst, primary_group,
  countable_on, counted_in, fence, attempts)
select %(city)s, gen_random_uuid(), 'incident', 'approved', decode(md5(n::text || cell::text), 'hex'), '2026-08', 'phone',
  array['following'], cell, '1', date '2026-08-01' + (n %% 30)::int, 'night', false, 1, false, '[]', date '2026-08-01',
  true, false, 'intimidation', date '2026-08-04' + (n %% 30)::int, '{}', 0, 0
from unnest(%(cells)s::bigint[], %(counts)s::int[]) as place(cell, number), generate_series(1, number) n
"""
INDEXES = """
select indexname, indexdef from pg_indexes
where schemaname = 'farola' and tablename = 'reports'
  and indexname not in (select conname from pg_constraint where conrelid = 'farola.reports'::regclass)
"""


def filled(installation: Installation) -> None:
    """Put the city and its reports into the database, in the order of nothing in particular."""
    city = geography(SIDE)
    told = {
        "id": CITY, "name": city.name, "country": "ES", "timezone": city.timezone, "languages": ["en"],
        "started_on": "2026-01-01", "policy": {}, "help_lines": [], "boundary": mapping(city.boundary),
        "areas": [{"code": "1", "name": "All", "geometry": mapping(city.boundary)}],
    }  # fmt: skip
    with owner_works(installation.settings) as works, works.open(CITY) as work:
        add_city(work, told)
    rows = counts_of(city, REPORTS, 9)
    np.random.default_rng(1).shuffle(rows)
    asked = {
        "city": CITY,
        "cells": [cell for cell, _, _ in rows],
        "counts": [number for _, _, number in rows],
    }
    url = make_url(installation.environ["DATABASE_URL"]).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        say(f"{REPORTS} reports are written")
        # Ten million rows one by one through every index and foreign key would take half an hour.
        connection.execute("set session_replication_role = replica")
        indexes = connection.execute(INDEXES).fetchall()
        for name, _ in indexes:
            connection.execute(f"drop index farola.{name}")
        connection.execute(ROWS, asked)
        for _, definition in indexes:
            connection.execute(str(definition))
        connection.execute("vacuum analyze farola.reports")


def rebuilt(folder: Path, rounds: int) -> dict[str, object]:
    """Measure in this process: seconds of both sides in turn, and the most memory it held."""
    database = Database(login_url(load_settings(), "worker"))
    works = Works(database, None, lambda _job: None)  # type: ignore[arg-type]
    city = geography(SIDE)
    earlier = [release_of(REPORTS, "2026-Q1", SIDE).read, release_of(REPORTS, "2026-Q2", SIDE).read]
    plan = plan_layer(MAP, PERIOD, city, earlier)
    told: dict[str, list[float]] = {"rebuild_s": [], "seqscan_s": []}
    for number in range(rounds + 1):  # the first is not counted: it fills caches for both
        with works.open(CITY) as work:
            started = perf_counter()
            rows = count(work, None, MAP, PERIOD)  # type: ignore[arg-type]
            data = draw(plan, rows, Limits.alike(ALIKE), PUBLISHED)
            assert sum(row[2] for row in rows) == REPORTS, (len(rows), sum(row[2] for row in rows))
            Shelf(folder / str(number), CITY).place("map", PERIOD.name, data)
            middle = perf_counter()
            assert work.session.scalar(select(func.count(Report.kind))) == REPORTS
            ended = perf_counter()
        if number:
            told["rebuild_s"].append(middle - started)
            told["seqscan_s"].append(ended - middle)
    regions = len(read_document(data).regions)
    database.close()
    return {**told, "rss_mb": _most_memory(), "regions": regions}


def _most_memory() -> float:
    """The most memory this process ever held, in megabytes of a million bytes."""
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(rebuilt(Path(sys.argv[1]), ROUNDS)))
        return
    with (
        tempfile.TemporaryDirectory(prefix="farola-release-") as folder,
        fresh_installation(Path(folder)) as made,
    ):
        filled(made)
        command = [sys.executable, __file__, str(Path(folder) / "releases")]
        # An installation of its own knows nothing of what the bench was told.
        size = {"FAROLA_BENCH_REPORTS": str(REPORTS), "FAROLA_BENCH_SIDE": str(SIDE)}
        environ = dict(made.environ) | size
        done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=True)
        told = json.loads(done.stdout.splitlines()[-1])
        shares = [one / other for one, other in zip(told["rebuild_s"], told["seqscan_s"], strict=True)]
        figures = {
            "ratio_to_seqscan": shares, "rss_mb": [told["rss_mb"]], "rebuild_s": told["rebuild_s"],
            "seqscan_s": told["seqscan_s"], "reports": [REPORTS], "regions": [told["regions"]],
        }  # fmt: skip
        record("release", figures, of_packages("numpy", "shapely", "opendp", "psycopg", "pyarrow"))


if __name__ == "__main__":
    main()
