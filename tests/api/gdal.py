"""GDAL in a process of its own: while it waits for a door, it must not hold up the door's own thread.

As a script it reads what is asked as JSON from stdin and prints what GDAL found.
"""

import json
import subprocess
import sys
from pathlib import Path


def ask(**asked):
    """What GDAL finds: `layers`, `read` (fields, columns, outlines as hexadecimal WKB) or `window` (pixels)."""
    done = subprocess.run(
        [sys.executable, Path(__file__)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _layers(source):
    import pyogrio

    return [str(name) for name, _ in pyogrio.list_layers(source)]


def _read(source, layer, bbox=None):
    import pyogrio

    meta, _, shapes, columns = pyogrio.raw.read(source, layer=layer, bbox=bbox and tuple(bbox))
    told = {str(name): column.tolist() for name, column in zip(meta["fields"], columns, strict=True)}
    return {"columns": told, "shapes": [bytes(shape).hex() for shape in shapes]}


def _window(source, bounds, side):
    import rasterio

    with rasterio.open(source) as opened:
        window = rasterio.windows.from_bounds(*bounds, opened.transform)
        pixels = opened.read(window=window, out_shape=(opened.count, side, side))
        return {"epsg": opened.crs.to_epsg(), "pixels": pixels.tolist()}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    does = {"layers": _layers, "read": _read, "window": _window}[asked.pop("what")]
    print(json.dumps(does(**asked), default=str))
