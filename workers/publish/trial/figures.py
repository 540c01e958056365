"""How useful a release is: what share of the reports is told, how finely, and which hot spots are found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np

from backend.domain.grid import Floats
from workers.publish.trial.cities import Ground, Numbers
from workers.publish.trial.ways import Shown

FINE = 15  # the zoom from which a region counts as fine, and at which hot cells are looked for
HOT = 0.05  # share of the z15 cells that are hot


@dataclass(frozen=True)
class Figures:
    """Shares: of reports in shown regions, and in those of z15 or finer; of hot cells named; of named cells not hot.

    Hot are the 5 % of z15 cells with the highest rate; named are as many cells, those with the highest
    number in regions of z15 or finer, fewer where fewer are shown.
    """

    shown: float
    fine: float
    found: float
    false_share: float


def figures(ground: Ground, counts: Numbers, shown: Shown) -> Figures:
    """Return how useful a release of these counts is."""
    there = shown.regions >= 0
    fine = np.zeros(len(there), dtype=np.bool_)
    fine[there] = shown.zooms[shown.regions[there]] >= FINE
    hot, named = _hot(ground), _named(ground, shown, fine)
    both, total = len(hot & named), counts.sum()
    return Figures(
        shown=float(counts[there].sum() / total),
        fine=float(counts[fine].sum() / total),
        found=both / len(hot),
        false_share=1 - both / len(named) if named else 0.0,
    )


def mean(every: Iterable[Figures]) -> Figures:
    """Return the mean of each figure."""
    rows = [asdict(one) for one in every]
    return Figures(**{name: float(np.mean([row[name] for row in rows])) for name in rows[0]})


def _hot(ground: Ground) -> set[int]:
    _, cell = np.unique(ground.grid.owners[FINE], return_inverse=True)
    return _highest(np.bincount(cell, weights=ground.rate).astype(np.float64))


def _named(ground: Ground, shown: Shown, fine: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> set[int]:
    _, cell = np.unique(ground.grid.owners[FINE], return_inverse=True)
    regions, first = np.unique(shown.regions[fine], return_index=True)
    told = np.zeros(int(cell.max()) + 1)
    np.add.at(told, cell[np.flatnonzero(fine)[first]], shown.values[regions])
    return {one for one in _highest(told) if told[one] > 0}


def _highest(values: Floats) -> set[int]:
    return {int(one) for one in np.argsort(-values, kind="stable")[: max(1, round(HOT * len(values)))]}
