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
from backend.domain.layers import MAP
from backend.domain.periods import period_named
from workers.publish.counting import REPORTS, every_level
from workers.publish.engines import Rows, export, in_duckdb, in_postgres, in_spark
from workers.publish.trial.cities import boxed
from workers.publish.trial.points import Points, as_reports, jittered, usable

SHARED = Path(os.environ.get("FAROLA_SHARED_DATA") or ROOT.parent / "shared" / "data") / "points"
COPIES = int(os.environ.get("FAROLA_BENCH_COPIES", "2000000"))
MOVED = 0.002  # degrees
EVERY = partial(every_level, city="city", layer=MAP, period=period_named("2026-Q3"))


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


def engines(folder: Path, table: Any, path: Path) -> dict[str, Callable[[], Rows]]:
    """The engines of this machine."""
    found = {
        "postgres": lambda: _in_postgres(table),
        "duckdb": lambda: in_duckdb(path, REPORTS, EVERY),
    }
    if shutil.which("java") and find_spec("pyspark"):
        from pyspark.sql import SparkSession

        build = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        session = build.config("spark.local.dir", str(folder)).getOrCreate()
        found["spark"] = lambda: in_spark(session, path, REPORTS, EVERY)
    else:
        say("Spark is left out: it needs Java, and pip install pyspark")
    return found


def _in_postgres(table: Any) -> Rows:
    url = make_url(load_settings().owner_url).render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:
        return in_postgres(connection, table, REPORTS, EVERY)


def main() -> None:
    """Count the real points of each city, then the moved copies, in every engine."""
    figures: dict[str, list[float]] = {}
    real = {"chicago": chicago(), "houston": houston()}
    with tempfile.TemporaryDirectory() as name:
        moved = jittered(real["chicago"], COPIES, MOVED, seed=1)
        for city, points in (real | {"copies": moved}).items():
            say(f"{city}: {len(points.lon):,} points, left out: {dict(points.rejected)}")
            figures[f"{city}_points"] = [len(points.lon)]
            _compare(Path(name), city, points, figures)
    record("counting", figures, of_packages("duckdb", "ibis-framework", "pyarrow"))


def _compare(folder: Path, city: str, points: Points, figures: dict[str, list[float]]) -> None:
    table, path = as_reports(points, "city"), folder / f"{city}.parquet"
    export(table, path)
    seen: dict[str, Rows] = {}
    for engine, run in engines(folder, table, path).items():
        began = perf_counter()
        seen[engine] = run()
        figures[f"{city}_{engine}_seconds"] = [perf_counter() - began]
    if any(rows != seen["duckdb"] for rows in seen.values()):
        sys.exit(f"{city}: the engines disagree: { {engine: len(rows) for engine, rows in seen.items()} }")
    figures[f"{city}_cells"] = [len(seen["duckdb"])]
    say(f"{city}: {len(seen['duckdb']):,} rows, the same in {', '.join(seen)}")


if __name__ == "__main__":
    main()
