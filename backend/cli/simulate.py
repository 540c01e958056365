"""`farola simulate`: how useful a map would be, for made-up cities or real points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click
import numpy as np

from backend.cli.output import answer, json_option, progress
from backend.cli.sources import read_points
from backend.errors import InvalidInput
from workers.publish.trial.cities import MADE_UP, Ground, boxed, made_up, real
from workers.publish.trial.run import SEEDS, WAYS, Trial, trial

_AREAS = (7, 10)
_LEAST = 1000
_MIDDLE = (0.005, 0.995)  # of the longitudes and latitudes, beyond which lie slips


@click.command("simulate")
@click.option("--city", type=click.Choice(sorted(MADE_UP)), multiple=True, help="A made-up city.")
@click.option(
    "--points",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="Parquet or CSV with lon and lat: a city of real points, thinned.",
)
@click.option("--reports", type=click.IntRange(10), multiple=True, help="Reports a quarter.")
@click.option("--seeds", type=click.IntRange(1), default=SEEDS, show_default=True)
@json_option
def command(
    city: tuple[str, ...], points: tuple[Path, ...], reports: tuple[int, ...], seeds: int, *, as_json: bool
) -> None:
    """Release simulated quarters in three ways and say how much each shows.

    A uniform tree at epsilon 1.0, the plan at 0.7 after two quarters, and no noise with a floor
    of 8: shares of the reports in shown regions, in regions of z15 or finer, of the 5 % hottest
    z15 cells that are named, and of the named ones that are not hot.
    """
    if not city and not points:
        raise InvalidInput("Name a made-up city with --city, or a file with --points.")
    makers: dict[str, Callable[[int], Ground]] = {name: partial(made_up, name) for name in city}
    for path in points:
        makers[path.name.split(".")[0]] = partial(_the_same, ground_of(path))
    found = [
        trial(name, number, maker, range(seeds), progress)
        for name, maker in makers.items()
        for number in reports or (3000,)
    ]
    answer({"trials": [_told(one) for one in found]}, "\n".join(map(_words, found)), as_json=as_json)


def _the_same(ground: Ground, _seed: int) -> Ground:
    """Return the one city there is; only the reports differ by seed."""
    return ground


def ground_of(path: Path) -> Ground:
    """Return the city of a file's points: the rectangle that holds all but the outermost of them."""
    rejected: Counter[str] = Counter()
    kept = []
    for place in read_points(path):
        if place is None:
            rejected["without a usable point"] += 1
        else:
            kept.append((place.lon, place.lat))
    if len(kept) < _LEAST:
        raise InvalidInput(f"{path.name} has too few points for a trial.")
    lon, lat = np.array(kept).T
    (west, east), (south, north) = np.quantile(lon, _MIDDLE), np.quantile(lat, _MIDDLE)
    inside = (lon > west) & (lon < east) & (lat > south) & (lat < north)
    rejected["far outside"] = int((~inside).sum())
    progress(f"{path.name}: {inside.sum():,} points, left out: {dict(rejected)}")
    bounds = (float(west), float(south), float(east), float(north))
    return real(boxed(path.name, bounds, *_AREAS), lon[inside], lat[inside])


def _told(one: Trial) -> dict[str, object]:
    return {
        "city": one.name,
        "reports": one.reports,
        "seeds": len(one.seen),
        "ways": {way: asdict(one.of(way)) for way in WAYS},
    }


def _words(one: Trial) -> str:
    lines = [f"{one.name}, {one.reports:,} reports a quarter, {len(one.seen)} seeds"]
    for way in WAYS:
        f = one.of(way)
        lines.append(
            f"  {way:<26} shown {f.shown:.2f}  fine {f.fine:.2f}  hot found {f.found:.2f}  named, not hot {f.false_share:.2f}"
        )
    return "\n".join(lines)
