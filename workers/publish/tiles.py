"""Vector tiles of a release: the city's regions clipped to each tile of zooms 8 to 14."""

from __future__ import annotations

from collections.abc import Iterator

from workers.publish.cutting import cut
from workers.publish.mvt import encode_tiles, table_of
from workers.publish.shapes import Drawing

ZOOMS = range(8, 15)
Tile = tuple[int, int, int]


def vector_tiles(drawing: Drawing) -> Iterator[tuple[Tile, bytes]]:
    """Yield ((zoom, x, y), bytes) of every tile that shows part of the city."""
    table = table_of(drawing.columns)
    for zoom in ZOOMS:
        addresses, pieces = cut(drawing.ground, zoom)
        encoded = encode_tiles(drawing.document.layer.name, table, pieces)
        for (x, y), data in zip(addresses.tolist(), encoded, strict=True):
            yield (zoom, x, y), data
