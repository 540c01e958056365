"""A release's regions as tables for statistics programs: CSV and GeoParquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import shapely

from workers.publish.about import about, caution
from workers.publish.document import canonical

if TYPE_CHECKING:
    from workers.publish.mvt import Value
    from workers.publish.shapes import Drawing

# What each row of a CSV repeats: a table has no other place for it, and rows get copied.
_REPEATED = "city layer period epsilon k regions_withheld".split()
_GEOPARQUET = "1.1.0"


def regions_csv(drawing: Drawing) -> bytes:
    """Return the regions as CSV (RFC 4180) in UTF-8, outlines as WKT in WGS84, longitude first."""
    told = about(drawing.document)
    repeated = [told[name] for name in _REPEATED]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*drawing.columns, *_REPEATED, "note", "wkt"])
    outlines = shapely.to_wkt(drawing.degrees, rounding_precision=6).tolist()
    for values, wkt in zip(zip(*drawing.columns.values(), strict=True), outlines, strict=True):
        writer.writerow([*map(_cell, values), *repeated, caution(), wkt])
    return out.getvalue().encode()


def _cell(value: Value | None) -> Value:
    """Return a value as other readers of CSV expect it: nothing for what is not known."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value


def regions_parquet(drawing: Drawing) -> bytes:
    """Return the regions as GeoParquet; the file's metadata say under `farola` what must be known."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = {name: pa.array(values, _type(values)) for name, values in drawing.columns.items()}
    columns["geometry"] = pa.array(shapely.to_wkb(drawing.degrees).tolist(), pa.binary())
    told = {"geo": canonical(_geo(drawing)), "farola": canonical(about(drawing.document))}
    table = pa.table(columns).replace_schema_metadata(told)
    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def _type(values: Sequence[Value | None]) -> Any:
    """Return a column's type; where nothing is known, that of numbers."""
    import pyarrow as pa

    types = {bool: pa.bool_(), int: pa.int64(), str: pa.string()}
    known = {type(value) for value in values if value is not None}
    return types[known.pop()] if len(known) == 1 and known <= types.keys() else pa.float64()


def _geo(drawing: Drawing) -> dict[str, Any]:
    """Return the metadata that make a Parquet file a GeoParquet one; without a crs it is OGC:CRS84."""
    kinds = sorted({shape.geom_type for shape in drawing.degrees})
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": kinds, "orientation": "counterclockwise"}
    if len(drawing.degrees):
        column["bbox"] = json.loads(json.dumps(shapely.total_bounds(drawing.degrees).tolist()))
    return {"version": _GEOPARQUET, "primary_column": "geometry", "columns": {"geometry": column}}
