"""How useful the map is: the plan at 0.7 beside a uniform tree at 1.0 and no noise at all, on the same seeds.

Shares, not times: nothing here depends on the machine, but for how many made-up large cities fit into
the minutes there are. The parameters of the made-up cities stand in `workers/publish/trial/cities.py`; Chicago and
Houston are the rectangles that hold all but the outermost of their real points, thinned to so many
a quarter. `FAROLA_BENCH_SEEDS` (20) says how many small cities are made up, `FAROLA_BENCH_MINUTES` (8) when no
further large one is begun; how many there were is among the figures.
"""

from __future__ import annotations

import os
import statistics
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import islice
from pathlib import Path
from time import monotonic

from support import ROOT, of_packages, record, say

from backend.cli.simulate import ground_of
from workers.publish.trial.cities import Ground, made_up
from workers.publish.trial.figures import Figures
from workers.publish.trial.run import SEEDS, WAYS, Trial, trial

SHARED = Path(os.environ.get("FAROLA_SHARED_DATA") or ROOT.parent / "shared" / "data") / "points"
SMALL = int(os.environ.get("FAROLA_BENCH_SEEDS", str(SEEDS)))
MINUTES = float(os.environ.get("FAROLA_BENCH_MINUTES", "8"))
REAL = {"chicago": "chicago_2017.parquet", "houston": "houston_2010_half.csv.gz"}
REAL_SEEDS = 3
NAMES = dict(zip(WAYS, ("uniform", "plan", "no_noise"), strict=True))
# key -> city, reports a quarter, figure of the plan
KEYS = {
    "s300_shown": ("S", 300, "shown"),
    "s1000_found": ("S", 1000, "found"),
    "s3000_fine": ("S", 3000, "fine"),
    "s3000_found": ("S", 3000, "found"),
    "l30000_fine": ("L", 30000, "fine"),
    "false_share_3000": ("S", 3000, "false_share"),
}
Task = tuple[str, int, int]


def tasks() -> Iterator[Task]:
    """Yield city, reports a quarter and seed: small and real cities first, large ones for as long as there is time."""
    yield from (("S", reports, seed) for reports in (300, 1000, 3000, 30_000) for seed in range(SMALL))
    there = [city for city, name in REAL.items() if (SHARED / name).exists()]
    yield from (
        (city, reports, seed) for city in there for reports in (3000, 30_000) for seed in range(REAL_SEEDS)
    )
    yield from (("L", reports, seed) for seed in range(SEEDS) for reports in (30_000, 3000))


def run(task: Task) -> tuple[Figures, ...]:
    """Release one quarter of one city in each way."""
    city, reports, seed = task
    return trial(city, reports, lambda at: _real(city) if city in REAL else made_up(city, at), [seed]).seen[0]


@cache
def _real(city: str) -> Ground:
    return ground_of(SHARED / REAL[city])


def measured() -> dict[tuple[str, int], Trial]:
    """Run what fits, two at a time; every row of the table gets one seed at least."""
    until, wanted = monotonic() + 60 * MINUTES, tasks()
    seen: dict[tuple[str, int], list[tuple[Figures, ...]]] = defaultdict(list)
    with ProcessPoolExecutor(2) as pool:
        while batch := list(islice(wanted, 4)):
            late = monotonic() > until and all(seen[city, reports] for city, reports, _ in batch)
            if late and batch[0][0] == "L":
                break
            for task, figures in zip(batch, pool.map(run, batch), strict=True):
                say(f"{task[0]}, {task[1]:,} reports, seed {task[2]}")
                seen[task[:2]].append(figures)
    return {name: Trial(*name, tuple(rows)) for name, rows in seen.items() if rows}


def main() -> None:
    """Print the table, and keep all of it; the keys with bars are those of the plan."""
    trials = measured()
    values = {
        key: [getattr(row[WAYS.index(WAYS[1])], figure) for row in trials[city, reports].seen]
        for key, (city, reports, figure) in KEYS.items()
    }
    print(f"{'reports a quarter':<20}{'seeds':>6}" + "".join(f"{way:>34}" for way in NAMES.values()))
    for (city, reports), one in trials.items():
        row, name = f"{city} {reports:,}", f"{city.lower()}{reports}"
        cells = [one.of(way) for way in WAYS]
        told = "".join(
            f"{f'{c.shown:.2f} / {c.fine:.2f} / {c.found:.2f} / {c.false_share:.2f}':>34}" for c in cells
        )
        print(f"{row:<20}{len(one.seen):>6}{told}")
        values[f"{name}_seeds"] = [len(one.seen)]
        for way, short in NAMES.items():
            for figure in ("shown", "fine", "found", "false_share"):
                values[f"{name}_{short}_{figure}"] = [
                    getattr(seen[WAYS.index(way)], figure) for seen in one.seen
                ]
    print(
        "shares: of reports in shown regions / in z15 or finer / of hot cells found / of named cells not hot"
    )
    record("usefulness", values, of_packages("numpy", "scipy", "shapely"), middle=statistics.fmean)


if __name__ == "__main__":
    main()
