"""Our own side of the photo benchmark: what redact_photo fills, what it costs, and in how much memory."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from support.pictures import Box, Seen, Shown, judged
from workers.anonymise.photo import Detectors, PhotoWithheld, load_detectors, redact_photo

LARGE = (2048, 1536)


class Cost(NamedTuple):
    """What one large photo costs, and the most memory a worker that made photos of many shapes had."""

    cpu_seconds: float
    rss_mb: float


class Redactor:
    """The detectors of a worker; withheld pictures count as covering nothing, and are counted."""

    def __init__(self) -> None:
        self.detectors: Detectors = load_detectors()
        self.withheld = 0

    def __call__(self, picture: Shown) -> Seen:
        """Redact one variant, and compare what was filled with what was marked."""
        try:
            made = redact_photo(picture.jpeg, self.detectors)
        except PhotoWithheld:
            self.withheld += 1
            return judged(picture, ())
        x, y = picture.size[0] / made.width, picture.size[1] / made.height
        return judged(picture, [Box(m.x0 * x, m.y0 * y, m.x1 * x, m.y1 * y) for m in made.masks])


def large(file: Path) -> bytes:
    """A picture as a phone would send it: 2048 x 1536 pixels before it is shrunk."""
    with Image.open(file) as opened:
        picture = opened.convert("RGB").resize(LARGE, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def cost(files: list[Path]) -> Cost:
    """Measure in a process of its own, as a worker is one."""
    command = [sys.executable, "-m", "support.redacting", *map(str, files)]
    folder = Path(__file__).parents[1]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=folder)
    return Cost(**json.loads(done.stdout))


def _used() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _costs(files: list[Path]) -> Iterator[float]:
    """Processor seconds of each large photo, the decoding child's included; small ones come between."""
    detectors = load_detectors()
    for file in files:
        redact_photo(file.read_bytes(), detectors)
        told = large(file)
        before = _used()
        redact_photo(told, detectors)
        yield _used() - before


def main() -> None:
    costs = list(_costs([Path(name) for name in sys.argv[1:]]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"cpu_seconds": float(np.median(costs)), "rss_mb": peak}, sys.stdout)


if __name__ == "__main__":
    main()
