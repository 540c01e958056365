"""Three ways to release the same quarter: the plan, a uniform tree, and no noise at all.

Each answers for every finest cell with the region it lies in (-1 where too few to tell), and with
zoom and number of each region. Noise of a trial is repeatable; it is never that of a release.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache

import numpy as np

from backend.domain.budgets import variance
from backend.domain.cells import quadkey
from backend.domain.grid import Floats, Grid
from backend.domain.layers import MAP, PULSE
from backend.domain.periods import PeriodKind, period_named, periods_between
from workers.publish.assemble import build_document
from workers.publish.document import ReleaseDocument, read_document
from workers.publish.estimate import estimate
from workers.publish.plan import Plan, plan_layer, roll_up
from workers.publish.show import FEWEST, sift, threshold
from workers.publish.threshold import FALSE_REGIONS, k_of
from workers.publish.tree import Counts, Index, Level, Tree, cell_tree, lift
from workers.publish.trial.cities import Ground, Numbers

QUARTERS = ("2026-Q1", "2026-Q2", "2026-Q3")  # the last is looked at, the plan knows the two before
UNIFORM = Fraction(1)
_RUNS = 2000
_BATCH = 250
_MANY = 10_000  # cells, from which on one batch must do: this tree is only there to compare with
_AT = datetime(2026, 10, 1, tzinfo=UTC)
_LITTLE = 1e-12  # a variance of nothing, where there is no noise


@dataclass(frozen=True, eq=False)
class Shown:
    """What one release shows of a city."""

    regions: Index
    zooms: Numbers
    values: Floats


def by_plan(ground: Ground, quarters: Sequence[Numbers], rng: np.random.Generator) -> Shown:
    """Release the last quarter by the plan at 0.7, after the weeks of the first and the two quarters before."""
    pulses = _pulses(ground, int(quarters[0].sum()), rng)
    earlier: list[ReleaseDocument] = []
    for name, counts in zip(QUARTERS, quarters, strict=True):
        plan = plan_layer(MAP, period_named(name), ground.geography, earlier, pulses)
        table = roll_up(plan, ground.grid.cells.tolist(), [None] * len(counts), counts.tolist())
        noisy = _noised(plan, table, rng)
        earlier.append(read_document(build_document(plan, noisy, (), 0.0, _AT)))
    results = sift(plan.tree, estimate(plan.tree, noisy, plan.variances), plan.variances, k_of(plan))
    return _shown(plan.tree, ((one.level, one.passes[:, 0], one.rest[:, 0]) for one in results))


def without_noise(ground: Ground, counts: Numbers) -> Shown:
    """Release true counts with a floor of 8: what no private release can beat."""
    tree = full_tree(ground.grid)
    leaves = _leaves(tree, counts)
    results = sift(tree, leaves, np.full(len(tree.rows), _LITTLE), 0.0)
    return _shown(tree, ((one.level, one.passes[:, 0], one.rest[:, 0]) for one in results))


def by_uniform_tree(ground: Ground, counts: Numbers, rng: np.random.Generator) -> Shown:
    """Release the whole tree, each zoom at a fifth of 1.0, made consistent, with one k for all."""
    tree = full_tree(ground.grid)
    k = _uniform_k(ground.grid)
    found = _sift_uniform(tree, _leaves(tree, counts), rng, k)
    return _shown(tree, ((level, passes[:, 0], rest[:, 0]) for level, passes, rest in found))


@lru_cache(maxsize=8)
def full_tree(grid: Grid) -> Tree:
    """Return the tree whose leaves are all finest cells."""
    names = [quadkey(int(cell)) for cell in np.unique(grid.owners[17])]
    return cell_tree(names, [False] * len(names), grid)


def _leaves(tree: Tree, counts: Numbers) -> Floats:
    counted: Floats = np.bincount(tree.leaf_of, weights=counts, minlength=len(tree.rows)).astype(np.float64)
    return counted[:, None]


def _pulses(ground: Ground, reports: int, rng: np.random.Generator) -> list[ReleaseDocument]:
    """Publish the weeks of the first quarter."""
    first = period_named(QUARTERS[0])
    weeks = list(periods_between(PeriodKind.WEEK, first.first, first.last))
    made: list[ReleaseDocument] = []
    for week in weeks:
        counts = ground.quarter(reports // len(weeks), rng)
        plan = plan_layer(PULSE, week, ground.geography, made)
        table = roll_up(plan, ground.areas, [None] * len(counts), counts.tolist())
        made.append(read_document(build_document(plan, _noised(plan, table, rng), (), 0.0, _AT)))
    return made


def _noised(plan: Plan, counts: Counts, rng: np.random.Generator) -> Counts:
    """Add noise of the plan's size from a generator, so that a trial can be repeated."""
    chance = 1 - np.exp([[-float(unit.epsilon) / unit.sensitivity for unit in row] for row in plan.units])
    noisy: Counts = counts + rng.geometric(chance) - rng.geometric(chance)
    return noisy


_Found = tuple[Level, np.ndarray[tuple[int, ...], np.dtype[np.bool_]], Floats]


def _shown(tree: Tree, results: Iterator[_Found]) -> Shown:
    """Number the regions, and say for each finest cell which one it is in."""
    region = np.full(len(tree.rows), -1, dtype=np.intp)
    zooms: list[int] = []
    values: list[float] = []
    for level, passes, rest in results:
        numbers = np.full(len(level.names) + 1, -1, dtype=np.intp)
        passing = np.flatnonzero(passes)
        numbers[passing] = np.arange(len(passing)) + len(zooms)
        mine = numbers[level.node_of_leaf]
        region = np.where((region < 0) & (level.node_of_leaf >= 0), mine, region)
        zooms += [level.zoom or 0] * len(passing)
        values += rest[passing].tolist()
    regions = np.where(tree.leaf_of >= 0, region[tree.leaf_of], -1)
    return Shown(regions, np.array(zooms, dtype=np.int64), np.array(values, dtype=np.float64))


# --- the uniform tree ---------------------------------------------------------------------------


def _sift_uniform(tree: Tree, leaves: Floats, rng: np.random.Generator, k: float) -> Iterator[_Found]:
    """Measure every node of every zoom, make the numbers consistent, and show what passes."""
    epsilon = UNIFORM / len(tree.levels)
    chance, spread = 1 - math.exp(-float(epsilon)), variance(epsilon)
    ups, parents = [], np.empty(0, dtype=np.intp)
    value, var, true = np.empty((0, leaves.shape[1])), np.empty((0, 1)), np.empty((0, leaves.shape[1]))
    for level in tree.levels:
        sums, sum_var = lift(value, parents, len(level.names)), lift(var, parents, len(level.names))
        true = leaves if not len(parents) else lift(true, parents, len(level.names))
        own = true + rng.geometric(chance, true.shape) - rng.geometric(chance, true.shape)
        if len(parents):
            var = 1 / (1 / spread + 1 / sum_var)
            value = var * (own / spread + sums / sum_var)
        else:
            value, var = own.astype(np.float64), np.full((len(own), 1), spread)
        ups.append((level, value, var, sums, sum_var))
        parents = level.parents
    yield from _show_uniform(_down(ups), ups, k)


_Up = tuple[Level, Floats, Floats, Floats, Floats]


def _down(ups: Sequence[_Up]) -> list[Floats]:
    """Spread each parent's residual over its children by their variance; return values fine to coarse."""
    found = [ups[-1][1]]
    for finer, coarser in zip(reversed(ups[:-1]), reversed(ups[1:]), strict=True):
        residual = (found[-1] - coarser[3]) / np.where(coarser[4] > 0, coarser[4], 1.0)
        found.append(finer[1] + residual[finer[0].parents] * finer[2])
    return found[::-1]


def _show_uniform(values: Sequence[Floats], ups: Sequence[_Up], k: float) -> Iterator[_Found]:
    """Show what passes from fine to coarse; a node of which a part is shown has what is left of its children."""
    runs = values[0].shape[1]
    left, parents = np.empty((0, 3 * runs)), np.empty(0, dtype=np.intp)
    for final, (level, _, var, _, _) in zip(values, ups, strict=True):
        held, spread, cut = np.split(lift(left, parents, len(final)), 3, axis=1)
        whole = cut == 0
        # What floats lose must not fall below a floor.
        rest: Floats = np.where(whole, final, held).round(6)
        spread = np.where(whole, np.broadcast_to(var, final.shape), spread)
        passes = (rest >= threshold(k, np.sqrt(spread))) & (spread > 0)
        yield level, passes, rest
        left = np.concatenate([rest * ~passes, spread * ~passes, passes | ~whole], axis=1)
        parents = level.parents


@lru_cache(maxsize=8)
def _uniform_k(grid: Grid) -> float:
    """Return the least k, in twentieths, at which noise alone shows at most 0.05 regions a release."""
    tree, rng = full_tree(grid), np.random.default_rng(1)
    low, high = 2.0, 12.0
    runs = _RUNS if len(tree.rows) < _MANY else _BATCH
    seeds = rng.integers(0, 2**32, runs // _BATCH)
    nothing = np.zeros((len(tree.rows), _BATCH))
    while high - low > FEWEST / 160:
        middle = (low + high) / 2
        false = sum(
            int(passes.sum())
            for seed in seeds
            for _, passes, _ in _sift_uniform(tree, nothing, np.random.default_rng(seed), middle)
        )
        low, high = (low, middle) if false / runs <= FALSE_REGIONS else (middle, high)
    return high
