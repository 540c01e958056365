"""How useful the map is: the plan at 0.7 beside a uniform tree at 1.0 and no noise at all, on the same seeds.

Shares, not times: nothing here depends on the machine. Reaches or misses the bars of the design's
table; `FAROLA_BENCH_SEEDS` (20) and `FAROLA_BENCH_SEEDS_LARGE` (5) say how many cities are made up.
"""

from __future__ import annotations

import os
import statistics

from support import of_packages, record, say

from workers.publish.trial.cities import made_up
from workers.publish.trial.run import SEEDS, WAYS, Trial, trial

PLAN = WAYS[1]
SMALL = int(os.environ.get("FAROLA_BENCH_SEEDS", str(SEEDS)))
LARGE = int(os.environ.get("FAROLA_BENCH_SEEDS_LARGE", "5"))
# key -> city, reports a quarter, figure
KEYS = {
    "s300_shown": ("S", 300, "shown"),
    "s1000_found": ("S", 1000, "found"),
    "s3000_fine": ("S", 3000, "fine"),
    "s3000_found": ("S", 3000, "found"),
    "l30000_fine": ("L", 30000, "fine"),
    "false_share_3000": ("S", 3000, "false_share"),
}


def measured() -> dict[tuple[str, int], Trial]:
    """Run each city and number of reports once."""
    sizes = {"S": SMALL, "L": LARGE}
    wanted = dict.fromkeys((city, reports) for city, reports, _ in KEYS.values())
    return {
        (city, reports): trial(
            city, reports, lambda seed, city=city: made_up(city, seed), range(sizes[city]), say
        )
        for city, reports in wanted
    }


def main() -> None:
    """Print the means of all ways, and keep those of the plan with their spread over the seeds."""
    trials = measured()
    for (city, reports), one in trials.items():
        for way in WAYS:
            print(f"{city} {reports}: {way}: {one.of(way)}")
    values = {
        key: [getattr(row[WAYS.index(PLAN)], figure) for row in trials[city, reports].seen]
        for key, (city, reports, figure) in KEYS.items()
    }
    record("usefulness", values, of_packages("numpy", "scipy", "shapely"), middle=statistics.fmean)


if __name__ == "__main__":
    main()
