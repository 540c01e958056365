"""All tiles of a release in one PMTiles file, which any static server can serve.

Vector tiles are compressed here, once: whoever serves the archive hands out its bytes as they are.
Pictures are compressed by their own format.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from workers.publish.tiles import Tile

_E7 = 10_000_000
_LEVEL = 6  # of gzip: nine costs four times as much and saves a hundredth


def write_archive(
    tiles: Iterable[tuple[Tile, bytes]],
    kind: TileType,
    bounds: tuple[float, float, float, float],
    metadata: dict[str, Any],
) -> bytes:
    """Return a PMTiles archive; tiles are stored in the archive's own order of the Hilbert curve."""
    out = io.BytesIO()
    writer: Any = Writer(out)  # type: ignore[no-untyped-call]
    packed = ((zxy_to_tileid(*tile), _packed(kind, data)) for tile, data in tiles)
    for number, data in sorted(packed):
        writer.write_tile(number, data)
    writer.finalize(_header(kind, bounds), metadata)
    return out.getvalue()


def _packed(kind: TileType, data: bytes) -> bytes:
    return gzip.compress(data, _LEVEL, mtime=0) if kind is TileType.MVT else data


def _header(kind: TileType, bounds: tuple[float, float, float, float]) -> dict[str, Any]:
    west, south, east, north = (round(edge * _E7) for edge in bounds)
    return {
        "tile_type": kind,
        "tile_compression": Compression.GZIP if kind is TileType.MVT else Compression.NONE,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": 11,
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }
