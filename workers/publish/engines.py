"""Where counting can run: PostgreSQL, and DuckDB and Spark over an export to Parquet."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import psycopg
import pyarrow.parquet

from workers.publish.counting import sql

_BATCH = 50_000
Rows = list[tuple[Any, ...]]
Expression = Callable[[Any], Any]


def export(table: Any, path: Path) -> None:
    """Write reports, or contributions, as one Parquet file."""
    pyarrow.parquet.write_table(table, path)


def in_postgres(
    connection: psycopg.Connection[Any], exported: Any, schema: Any, expression: Expression
) -> Rows:
    """Copy an export into a table that ends with the transaction and run an expression over it; rows come sorted."""
    types = {"string": "text", "int64": "bigint", "date": "date", "boolean": "boolean"}
    columns = ", ".join(f"{name} {types[str(kind).lower()]}" for name, kind in schema.items())
    with connection.cursor() as cursor:
        cursor.execute(f"create temporary table exported ({columns}) on commit drop".encode())
        names = ", ".join(schema.names)
        with cursor.copy(f"copy exported ({names}) from stdin".encode()) as copy:
            for batch in exported.select(list(schema.names)).to_batches(max_chunksize=_BATCH):
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    copy.write_row(row)
        cursor.execute(sql(expression(_table(schema)), "postgres").encode())
        found = [tuple(_plain(value) for value in row) for row in cursor.fetchall()]
        cursor.execute(b"drop table exported")
    return sorted(found, key=repr)


def _plain(value: Any) -> Any:
    """PostgreSQL sums into decimals; here they are whole numbers."""
    return int(value) if isinstance(value, Decimal) else value


def in_duckdb(path: Path, schema: Any, expression: Expression) -> Rows:
    """Run an expression over a Parquet file in DuckDB; rows come sorted."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("set threads to 2")
        connection.read_parquet(str(path)).create_view("exported")
        found = connection.execute(sql(expression(_table(schema)), "duckdb")).fetchall()
    return sorted(found, key=repr)


def in_spark(session: Any, path: Path, schema: Any, expression: Expression) -> Rows:
    """Run an expression over a Parquet file in a Spark session; rows come sorted."""
    session.read.parquet(str(path)).createOrReplaceTempView("exported")
    found = session.sql(sql(expression(_table(schema)), "pyspark")).collect()
    return sorted((tuple(row) for row in found), key=repr)


def _table(schema: Any) -> Any:
    return ibis.table(schema, name="exported")
