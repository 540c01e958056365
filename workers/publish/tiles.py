"""Vector tiles of a release: the city's regions clipped to each tile of zooms 8 to 14."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from workers.publish.cutting import Ground, cut
from workers.publish.mvt import Table, encode_tiles, table_of
from workers.publish.shapes import Drawing

ZOOMS = range(8, 15)
Tile = tuple[int, int, int]


def vector_tiles(drawing: Drawing) -> Iterator[tuple[Tile, bytes]]:
    """Yield ((zoom, x, y), bytes) of every tile that shows part of the city."""
    return tiles_of(drawing.document.layer.name, drawing.ground, table_of(drawing.columns))


def tiles_of(layer: str, ground: Ground, table: Table) -> Iterator[tuple[Tile, bytes]]:
    """Yield ((zoom, x, y), bytes) of all tiles of features; `table` has a row for each of them.

    Zooms are made side by side: what is compiled leaves Python to the others meanwhile.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for tiles in pool.map(partial(_of_zoom, layer, ground, table), ZOOMS):
            yield from tiles


def _of_zoom(layer: str, ground: Ground, table: Table, zoom: int) -> list[tuple[Tile, bytes]]:
    addresses, pieces = cut(ground, zoom)
    encoded = encode_tiles(layer, table, pieces)
    return [((zoom, x, y), data) for (x, y), data in zip(addresses.tolist(), encoded, strict=True)]
