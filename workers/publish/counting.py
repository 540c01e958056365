"""Counting as one expression: from the table of reports to cells, the same in every engine that Ibis speaks.

It runs inside PostgreSQL by default, on DuckDB over an export to Parquet, and on Spark when a
country outgrows both. What counts was settled at intake; `cap_check` recomputes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
from ibis import _

from backend.domain.cells import FINEST, ROOT
from backend.domain.layers import Place, Shape
from backend.domain.workflow import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.domain.layers import Layer
    from backend.domain.periods import Period

# The columns that counting reads, as every engine must offer them.
REPORTS = ibis.schema(
    {
        "city_id": "string",
        "kind": "string",
        "state": "string",
        "cell": "int64",
        "area": "string",
        "primary_group": "string",
        "daypart": "string",
        "countable_on": "date",
        "counts": "boolean",
    }
)
# What the check of the cap needs beside: whose report it was. The database never holds that in one
# row; only an export made for the check, from made-up or already public points, does.
CONTRIBUTIONS = ibis.schema(
    {
        "id": "int64",
        "token": "string",
        "cell": "int64",
        "about": "string",
        "day": "date",
        "week": "string",
        "quarter": "string",
        "counts": "boolean",
    }
)
BURST, A_WEEK, A_QUARTER = 20, 1, 3


def stored() -> Any:
    """Return the table of reports as PostgreSQL holds it."""
    return ibis.table(REPORTS, name="reports", database="farola")


# In which state a report is counted; what was counted once is counted again by a correction.
FRESH = (State.APPROVED,)
AGAIN = (State.APPROVED, State.COUNTED)


def counted(reports: Any, city: str, layer: Layer, period: Period, states: Sequence[State] = FRESH) -> Any:
    """Return the reports that a layer counts in a period."""
    return reports.filter(
        _.city_id == city,
        _.counts,
        _.state.isin([state.value for state in states]),
        _.kind.isin(sorted(kind.value for kind in layer.kinds)),
        _.countable_on.between(ibis.literal(period.first), ibis.literal(period.last)),
        _.cell.notnull(),
    )


def tally(reports: Any, city: str, layer: Layer, period: Period, states: Sequence[State] = FRESH) -> Any:
    """Return (place, value, number) of a layer's table: one sequential pass."""
    chosen = counted(reports, city, layer, period, states)
    place = chosen.cell if layer.place is Place.CELL else chosen.area
    columns = {Shape.CATEGORY: chosen.primary_group, Shape.DAYPART: chosen.daypart}
    value = columns.get(layer.cross, ibis.null("string"))
    return chosen.select(place=place, value=value).group_by("place", "value").agg(number=_.count())


def every_level(reports: Any, city: str, layer: Layer, period: Period) -> Any:
    """Return (zoom, cell, number) of all zooms, rolled up from the finest by a shift of two bits a level."""
    base = counted(reports, city, layer, period).group_by("cell").agg(number=_.count())
    levels = [
        base.group_by(
            zoom=ibis.literal(zoom, "int64"), cell=(base.cell >> 2 * (FINEST - zoom)).cast("int64")
        ).agg(number=_.number.sum().cast("int64"))
        for zoom in range(ROOT, FINEST + 1)
    ]
    return ibis.union(*levels)


def cap_check(contributions: Any) -> Any:
    """Return (id, counts, settled): what was noted at intake beside what the rule says, in order of arrival.

    A cell and day holds so many; of those, a token's first in a cell, about a thing, in a week; of
    those, its first three in a quarter. Reports without a token only meet the first rule.
    """
    seen = contributions.mutate(
        in_burst=ibis.row_number().over(ibis.window(group_by=["cell", "day"], order_by="id"))
    ).mutate(open=_.in_burst < BURST)
    first = seen.mutate(
        week_slot=ibis.row_number().over(
            ibis.window(group_by=["open", "token", "cell", "about", "week"], order_by="id")
        )
    ).mutate(open=_.open & (_.token.isnull() | (_.week_slot < A_WEEK)))
    last = first.mutate(
        quarter_slot=ibis.row_number().over(ibis.window(group_by=["open", "token", "quarter"], order_by="id"))
    ).mutate(open=_.open & (_.token.isnull() | (_.quarter_slot < A_QUARTER)))
    return last.select("id", "counts", settled=_.open)


def sql(expression: Any, engine: str) -> str:
    """Return an expression in the SQL of `postgres`, `duckdb` or `pyspark`."""
    return str(ibis.to_sql(expression, dialect=engine))
