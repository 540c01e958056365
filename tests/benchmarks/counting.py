"""Counting in every engine: one expression over all real points and 2,000,000 moved copies of them.

Results must be identical, or the benchmark ends with an error; seconds are told beside each
engine. Spark takes part where Java and `pyspark` are there. `FAROLA_BENCH_COPIES` makes it shorter.
"""

from __future__ import annotations

import gzip
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from csv import DictReader
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
import pyarrow.parquet
from sqlalchemy import make_url
from support import ROOT, of_packages, record, say

from backend.config import load_settings
from backend.domain.layers import CATEGORY, DAYPART, MAP, SAFE
from backend.domain.periods import period_named
from workers.publish.counting import CONTRIBUTIONS, REPORTS, cap_check, every_level, tally
from workers.publish.engines import Rows, export, in_duckdb, in_postgres, in_spark
from workers.publish.trial.cities import boxed
from workers.publish.trial.points import Points, as_contributions, as_reports, jittered, usable

SHARED = Path(os.environ.get("FAROLA_SHARED_DATA") or ROOT.parent / "shared" / "data") / "points"
COPIES = int(os.environ.get("FAROLA_BENCH_COPIES", "2000000"))
MOVED = 0.002  # degrees
Q3 = period_named("2026-Q3")
EVERY = partial(every_level, city="city", layer=MAP, period=Q3)
# What else must come out alike: the tables of crossed layers, and what the cap settles.
TABLES = [partial(tally, city="city", layer=layer, period=Q3) for layer in (MAP, CATEGORY, DAYPART, SAFE)]


def houston() -> Points:
    """Half a year of Houston, dirty as it comes."""
    with gzip.open(SHARED / "houston_2010_half.csv.gz", "rt") as file:
        rows = [(row["lon"], row["lat"]) for row in DictReader(file)]
    return usable(rows, boxed("houston", (-95.8, 29.5, -95.0, 30.12), 1, 1))


def chicago() -> Points:
    """A year of Chicago."""
    table = pyarrow.parquet.read_table(SHARED / "chicago_2017.parquet").to_pydict()
    lon, lat = (
        next(table[name] for name in table if name.lower().startswith(part)) for part in ("lon", "lat")
    )
    return usable(zip(lon, lat, strict=True), boxed("chicago", (-87.95, 41.62, -87.5, 42.05), 1, 1))


Run = Callable[[Any, Path, Any, Any], Rows]


def engines(folder: Path) -> dict[str, Run]:
    """The engines of this machine."""
    found: dict[str, Run] = {
        "postgres": lambda table, _path, schema, expression: _in_postgres(table, schema, expression),
        "duckdb": lambda _table, path, schema, expression: in_duckdb(path, schema, expression),
    }
    if shutil.which("java") and find_spec("pyspark"):
        session = _spark(folder)
        found["spark"] = lambda _table, path, schema, expression: in_spark(session, path, schema, expression)
    else:
        say("Spark is left out: it needs Java 17, and pip install -e '.[spark]'")
    return found


def _spark(folder: Path) -> Any:
    from pyspark.sql import SparkSession

    build = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    build = build.config("spark.ui.showConsoleProgress", "false").config(
        "spark.driver.bindAddress", "127.0.0.1"
    )
    session = build.config("spark.local.dir", str(folder)).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    session.range(1).count()  # what starting costs is not counting
    return session


def _in_postgres(table: Any, schema: Any, expression: Any) -> Rows:
    url = make_url(load_settings().owner_url).render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:
        return in_postgres(connection, table, schema, expression)


def main() -> None:
    """Count the real points of each city, then the moved copies, in every engine."""
    figures: dict[str, list[float]] = {}
    real = {"chicago": chicago(), "houston": houston()}
    with tempfile.TemporaryDirectory() as name:
        folder, found = Path(name), engines(Path(name))
        moved = jittered(real["chicago"], COPIES, MOVED, seed=1)
        for city, points in (real | {"copies": moved}).items():
            say(f"{city}: {len(points.lon):,} points, left out: {dict(points.rejected)}")
            figures[f"{city}_points"] = [len(points.lon)]
            figures[f"{city}_left_out"] = [sum(points.rejected.values())]
            table, path = as_reports(points, "city"), folder / f"{city}.parquet"
            export(table, path)
            rows = _alike(city, found, (table, path, REPORTS), EVERY, figures)
            figures[f"{city}_rows"] = [rows]
            for expression in TABLES:
                _alike(city, found, (table, path, REPORTS), expression)
        contributions, path = as_contributions(real["houston"]), folder / "contributions.parquet"
        export(contributions, path)
        settled = _alike("houston, the cap", found, (contributions, path, CONTRIBUTIONS), cap_check)
        figures["houston_settled"] = [settled]
    record("counting", figures, of_packages("duckdb", "ibis-framework", "pyarrow"))


def _alike(
    name: str,
    found: dict[str, Run],
    told: tuple[Any, Path, Any],
    expression: Any,
    figures: dict[str, list[float]] | None = None,
) -> int:
    """Run one expression in every engine; end with an error where they disagree, else return how many rows came."""
    seen: dict[str, Rows] = {}
    for engine, run in found.items():
        began = perf_counter()
        seen[engine] = run(*told, expression)
        if figures is not None:
            figures[f"{name}_{engine}_seconds"] = [perf_counter() - began]
    if any(rows != seen["duckdb"] for rows in seen.values()):
        sys.exit(f"{name}: the engines disagree: { {engine: len(rows) for engine, rows in seen.items()} }")
    say(f"{name}: {len(seen['duckdb']):,} rows, the same in {', '.join(seen)}")
    return len(seen["duckdb"])


if __name__ == "__main__":
    main()
