"""One expression counts: PostgreSQL, DuckDB and Spark say the same, as does counting by hand."""

import gzip
import shutil
from collections import Counter
from csv import DictReader
from datetime import date
from functools import partial

import pyarrow.parquet
import pytest

from backend.domain.cells import zoom
from backend.domain.layers import CATEGORY, DAYPART, MAP, SAFE
from backend.domain.periods import period_named
from workers.publish.counting import CONTRIBUTIONS, REPORTS, cap_check, every_level, tally
from workers.publish.engines import export, in_duckdb, in_postgres, in_spark
from workers.publish.trial.cities import boxed
from workers.publish.trial.points import as_contributions, as_reports, jittered, usable

Q3 = period_named("2026-Q3")
TOTAL = partial(every_level, city="houston", layer=MAP, period=Q3)
CHECKED = [TOTAL, *(partial(tally, city="houston", layer=layer, period=Q3) for layer in (MAP, CATEGORY, DAYPART, SAFE))]  # fmt: skip


@pytest.fixture(scope="module")
def houston(shared_data):
    """Real points, dirty as they come: nothing where a number should be, and places on another continent."""
    with gzip.open(shared_data / "points" / "houston_2010_half.csv.gz", "rt") as file:
        rows = [(row["lon"], row["lat"]) for row in DictReader(file)]
    points = usable(rows, boxed("houston", (-95.8, 29.5, -95.0, 30.12), 2, 2))
    assert len(points.lon) + sum(points.rejected.values()) == len(rows)
    return points


@pytest.fixture(scope="module")
def reports(houston, tmp_path_factory):
    table = as_reports(houston, "houston")
    path = tmp_path_factory.mktemp("export") / "reports.parquet"
    export(table, path)
    return table, path


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, which is not on this machine")
    pyspark = pytest.importorskip("pyspark.sql", reason="Spark is an extra: pip install -e '.[spark]'")
    build = pyspark.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    build = build.config("spark.sql.shuffle.partitions", "1").config("spark.driver.bindAddress", "127.0.0.1")
    # What Spark compiles for large data takes far longer than this little takes to count.
    build = build.config("spark.sql.codegen.wholeStage", "false").config(
        "spark.sql.adaptive.enabled", "false"
    )
    build = build.config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    build = build.config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1")
    session = build.config("spark.local.dir", str(tmp_path_factory.mktemp("spark"))).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture
def postgres(databases):
    with databases["owner"].engine.connect() as connection, connection.begin():
        yield connection.connection.driver_connection


def test_points_are_left_out_for_reasons_that_are_told(houston):
    assert houston.rejected["outside the city"] > 0
    assert houston.rejected["no coordinates"] > 0
    odd = usable([("x", 1), (None, 1), (1, 95), (-95.5, 29.8), ("nan", 2)], boxed("h", (-96, 29, -95, 30), 1, 1))  # fmt: skip
    assert odd.rejected == {"no coordinates": 3, "not on Earth": 1}
    assert odd.lon.tolist() == [-95.5]


def test_every_engine_counts_alike(reports, postgres):
    table, path = reports
    for expression in CHECKED:
        found = in_duckdb(path, REPORTS, expression)
        assert found
        assert in_postgres(postgres, table, REPORTS, expression) == found


def test_spark_counts_alike(reports, spark):
    _, path = reports
    for expression in (TOTAL, partial(tally, city="houston", layer=CATEGORY, period=Q3)):
        assert in_spark(spark, path, REPORTS, expression) == in_duckdb(path, REPORTS, expression)


def test_counting_by_hand_gives_the_same(reports):
    table, path = reports
    rows = table.to_pylist()
    ours = Counter(
        row["cell"]
        for row in rows
        if row["city_id"] == "houston" and row["counts"] and row["state"] == "approved"
        and row["kind"] in {"incident", "condition"} and date(2026, 7, 1) <= row["countable_on"] <= date(2026, 9, 30)
    )  # fmt: skip
    told = in_duckdb(path, REPORTS, TOTAL)
    assert {cell: number for level, cell, number in told if level == 17} == ours
    for level, cell, number in told:
        assert zoom(cell) == level
        assert number == sum(count for finest, count in ours.items() if finest >> 2 * (17 - level) == cell) or level > 13  # fmt: skip
    assert sum(number for level, _, number in told if level == 13) == sum(ours.values())


@pytest.fixture(scope="module")
def contributions(houston, tmp_path_factory):
    """Many reports at few places, so that every rule of the cap bites."""
    few = jittered(houston, 12_000, 0.0, seed=4)
    few.lon[:6000], few.lat[:6000] = few.lon[0], few.lat[0]
    table = as_contributions(few)
    path = tmp_path_factory.mktemp("cap") / "contributions.parquet"
    export(table, path)
    return table, path


def test_the_cap_is_recomputed_by_an_expression(contributions, postgres):
    table, path = contributions
    found = in_duckdb(path, CONTRIBUTIONS, cap_check)
    assert len(found) == table.num_rows
    assert all(counts == settled for _, counts, settled in found)
    assert {settled for _, _, settled in found} == {True, False}
    assert in_postgres(postgres, table, CONTRIBUTIONS, cap_check) == found


def test_spark_settles_the_cap_alike(contributions, spark):
    _, path = contributions
    assert in_spark(spark, path, CONTRIBUTIONS, cap_check) == in_duckdb(path, CONTRIBUTIONS, cap_check)


def test_a_wrong_flag_is_found_by_the_check(contributions, tmp_path):
    table, _ = contributions
    rows = table.to_pylist()
    rows[5000]["counts"] = not rows[5000]["counts"]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows, schema=table.schema), tmp_path / "c.parquet")
    found = in_duckdb(tmp_path / "c.parquet", CONTRIBUTIONS, cap_check)
    assert [one for one, counts, settled in found if counts != settled] == [5000]
