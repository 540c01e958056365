"""A city of squares for the benchmarks of tiles: sorted cells with whole numbers, here and in PostGIS."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import starmap
from typing import Any

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from backend.domain.cells import FINEST, addresses, cells_of
from backend.domain.grid import from_tiles

WEST, NORTH = 66_048, 48_896  # of z17: in the south of Europe, where tiles of z12 begin
COLUMNS = ("cell", "estimate", "low", "high", "class")
ZOOMS = range(8, 15)
TILES = """
with tiles as (
  select x, y, ST_TileEnvelope(%(z)s::int, x, y) as envelope,
         ST_TileEnvelope(%(z)s::int, x, y, margin => 64.0 / 4096) as wide
    from generate_series(%(west)s::int, %(east)s::int) x, generate_series(%(north)s::int, %(south)s::int) y)
select x, y, (select ST_AsMVT(cut, 'map', 4096, 'geom') from (
         select cell, estimate, low, high, class, ST_AsMVTGeom(geom, tiles.envelope, 4096, 64, true) as geom
           from {table} where geom && tiles.wide) as cut)
  from tiles
"""


@dataclass(frozen=True)
class Squares:
    """Cells in ascending order with whole numbers, side by side without a gap."""

    side: int
    columns: dict[str, NDArray[np.int64]]

    @property
    def edges(self) -> NDArray[np.int64]:
        """West, north, east and south in units of z17 tiles."""
        x, y = addresses(self.columns["cell"], FINEST)
        return np.column_stack([x, y, x + 1, y + 1])


def squares(side: int) -> Squares:
    """A square city of side times side finest cells; the same numbers on every run."""
    x, y = np.meshgrid(np.arange(WEST, WEST + side), np.arange(NORTH, NORTH + side))
    cells = np.sort(cells_of(FINEST, x.ravel(), y.ravel()))
    chance = np.random.default_rng(6)
    estimate = chance.poisson(300, len(cells))
    told = (cells, estimate, estimate - 12, estimate + 12, chance.integers(1, 6, len(cells)))
    return Squares(side, dict(zip(COLUMNS, (np.asarray(one, dtype=np.int64) for one in told), strict=True)))


def store(connection: psycopg.Connection[Any], table: str, city: Squares) -> None:
    """Put the squares into PostGIS as polygons in web-mercator, with an index on the place."""
    connection.execute(
        f"create table {table} (cell bigint primary key, estimate int, low int, high int, class int, x int, y int)"
    )
    x, y = city.edges[:, 0], city.edges[:, 1]
    with connection.cursor().copy(f"copy {table} from stdin") as copy:
        for row in zip(*city.columns.values(), x, y, strict=True):
            copy.write_row([int(one) for one in row])
    connection.execute(f"alter table {table} add geom geometry(Polygon, 3857)")
    connection.execute(f"update {table} set geom = ST_TileEnvelope({FINEST}, x, y)")
    connection.execute(f"alter table {table} drop x, drop y")
    connection.execute(f"create index on {table} using gist (geom)")
    connection.execute(f"vacuum analyze {table}")


def as_mvt(connection: psycopg.Connection[Any], table: str, city: Squares) -> list[bytes]:
    """All tiles of all zooms, as PostGIS makes them, a statement a zoom."""
    found: list[bytes] = []
    for zoom in ZOOMS:
        west, north = WEST >> FINEST - zoom, NORTH >> FINEST - zoom
        east, south = (start + city.side - 1 >> FINEST - zoom for start in (WEST, NORTH))
        asked = {"z": zoom, "west": west, "east": east, "north": north, "south": south}
        rows = connection.execute(TILES.format(table=table), asked, binary=True).fetchall()
        found += [bytes(row[2]) for row in rows if row[2]]
    return found


def as_geojson(city: Squares) -> str:
    """The squares as one feature a line, which tippecanoe reads fastest."""
    outlines = shapely.to_geojson([from_tiles(one) for one in starmap(shapely.box, city.edges)])
    rows = zip(*(column.tolist() for column in city.columns.values()), outlines.tolist(), strict=True)
    form = '{{"type":"Feature","properties":{{{}}},"geometry":{}}}\n'
    return "".join(
        form.format(
            ",".join(f'"{name}":{value}' for name, value in zip(COLUMNS, row[:-1], strict=True)), row[-1]
        )
        for row in rows
    )
