"""One vector tile of a few features, for tests that have no release to cut."""

import numpy as np

from workers.publish.mvt import encode_tiles, table_of
from workers.publish.pieces import Pieces, Rectangles, outlines


def encode_tile(layer, told):
    """A tile of features told as (shape in units of the tile, properties); none gives no bytes."""
    if not told:
        return b""
    names = dict.fromkeys(name for _, properties in told for name in properties)
    columns = {name: [properties.get(name) for _, properties in told] for name in names}
    table = table_of(columns or {"nothing": [None] * len(told)})
    every, none = np.arange(len(told)), Rectangles(np.empty((0, 4), dtype=np.int64))
    shapes = np.array([shape for shape, _ in told], dtype=object)
    [tile] = encode_tiles(layer, table, Pieces(np.zeros_like(every), every, every, none, outlines(shapes)))
    return tile
