"""Which regions may be shown: what noise alone would almost never reach."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.domain.budgets import variance
from backend.domain.cells import quadkey
from backend.domain.grid import Floats
from backend.domain.layers import PULSE, Shape
from workers.publish.document import Region
from workers.publish.estimate import root_information
from workers.publish.limits import Limits
from workers.publish.plan import Plan
from workers.publish.tree import Index, Level, Tree, lift

FEWEST = 8
Z90 = 1.645  # standard errors to each side of a 90 % interval


@dataclass(frozen=True, eq=False)
class LevelResult:
    """What one level's nodes have left after finer regions were shown, and whether it passes.

    `rest`, its standard error `se`, how many measured places it is the sum of and `passes` have
    one row a node and one column a cross value (or run).
    """

    level: Level
    rest: Floats
    se: Floats
    sizes: Floats
    passes: NDArray[np.bool_]


def threshold(k: float | Floats, se: Floats) -> Floats:
    """Return the least estimate that is shown: max(8, ceil(k * se))."""
    return np.maximum(FEWEST, np.ceil(k * se))


def sift(tree: Tree, estimates: Floats, variances: Floats, k: float | Limits) -> Iterator[LevelResult]:
    """Yield each level from fine to coarse: what passes is shown, what is left goes to its parent.

    `estimates` has one row a leaf; `variances` one number a place. Estimates are compared before
    they are clipped or rounded. A plain number stands for the same k whatever the size of a sum.
    """
    limits = k if isinstance(k, Limits) else Limits.alike(k)
    information = root_information(tree, variances)
    leaves = np.ones_like(estimates)
    spreads = np.broadcast_to(variances[tree.rows][:, None], estimates.shape)
    # What is left of each node: its number, the sum of its leaves' variances, how many they are.
    left = np.empty((0, 3 * estimates.shape[1]))
    parents: Index = np.empty(0, dtype=np.intp)
    every = np.concatenate([estimates, spreads, leaves], axis=1)
    for level in tree.levels:
        held = lift(left, parents, len(level.names))
        held[level.ends] = every[level.end_leaves]
        rest, spread, sizes = np.split(held, 3, axis=1)
        se = _se(spread, information[level.roots][:, None])
        passes = (rest >= threshold(limits.of(sizes), se)) & (sizes > 0)
        yield LevelResult(level, rest, se, sizes, passes)
        left, parents = held * ~np.tile(passes, 3), level.parents


def _se(spread: Floats, information: Floats) -> Floats:
    """Return the standard error of a sum of leaves, given the sum of their variances."""
    root: Floats = np.sqrt(np.maximum(0.0, spread - spread**2 / information))
    return root


def show(plan: Plan, estimates: Floats, k: float | Limits) -> tuple[Region, ...]:
    """Return the regions of a release; each place lies in exactly one for each cross value."""
    columns = [0] if plan.layer.cross is Shape.AUDIT else list(range(len(plan.values)))
    results = list(sift(plan.tree, estimates[:, columns], plan.variances, k))
    found = [one for column in columns for one in _found(results, column)]
    describe = _describe_area if plan.grid is None else _describe_cell
    return (*_whole_city(plan, estimates), *(describe(plan, estimates, one) for one in found))


@dataclass(frozen=True, eq=False)
class _Found:
    """A node and those of its leaves that make up one region in one column."""

    level: Level
    node: int
    leaves: NDArray[np.bool_]
    column: int
    shown: bool

    @property
    def name(self) -> str:
        return self.level.names[self.node]


def _found(results: list[LevelResult], column: int) -> Iterator[_Found]:
    top = results[-1].level
    free = np.full(len(top.node_of_leaf), True)
    for result in results:
        nodes = result.level.node_of_leaf
        for node in np.flatnonzero(result.passes[:, column]):
            leaves = (nodes == node) & free
            free &= ~leaves
            yield _Found(result.level, int(node), leaves, column, shown=True)
    for node in np.unique(top.node_of_leaf[free]):
        yield _Found(top, int(node), (top.node_of_leaf == node) & free, column, shown=False)


def _describe_cell(plan: Plan, estimates: Floats, found: _Found) -> Region:
    cross = plan.values[found.column]
    whole = found.leaves.sum() == (found.level.node_of_leaf == found.node).sum()
    part = "cell" if whole else "rest"
    name = found.name if whole else f"{found.name}-rest"
    numbers = _numbers(*_sum(plan, estimates, found), shown=found.shown)
    cells = _cells(plan, found.leaves)
    return Region(_id(name, cross), part, found.level.zoom, cells, None, cross, found.shown, *numbers)


def _describe_area(plan: Plan, estimates: Floats, found: _Found) -> Region:
    audit = plan.layer.cross is Shape.AUDIT
    cross = None if audit else plan.values[found.column]
    numbers = _numbers(*_sum(plan, estimates, found), shown=found.shown)
    means = _means(plan, estimates[found.leaves][0]) if audit and found.shown else None
    name = _id(found.name, cross)
    return Region(name, "area", None, (), found.name, cross, found.shown, *numbers, means)


def _whole_city(plan: Plan, estimates: Floats) -> tuple[Region, ...]:
    """Return the pulse's noisy sum over the areas, which is always shown with its error."""
    if plan.layer is not PULSE:
        return ()
    numbers = _numbers(float(estimates.sum()), float(np.sqrt(plan.variances.sum())), shown=True)
    return (Region("city", "city", None, (), None, None, True, *numbers),)


def _id(name: str, cross: str | None) -> str:
    return name if cross is None else f"{name}:{cross}"


def _cells(plan: Plan, leaves: NDArray[np.bool_]) -> tuple[str, ...]:
    """Return the quadkeys that cover some leaves within the city."""
    if plan.grid is None:
        return ()
    return tuple(quadkey(cell) for cell in plan.grid.compact(leaves[plan.tree.leaf_of]))


def _sum(plan: Plan, estimates: Floats, found: _Found) -> tuple[float, float]:
    """Return the estimate of a region and its standard error."""
    spread = plan.variances[plan.tree.rows[found.leaves]].sum()
    information = root_information(plan.tree, plan.variances)[found.level.roots[found.node]]
    return float(estimates[found.leaves, found.column].sum()), float(_se(spread, information))


def _numbers(value: float, se: float, *, shown: bool) -> tuple[int | None, float, int, int]:
    """Return estimate, standard error and the ends of the interval as they are published."""
    low = max(0, math.floor(value - Z90 * se)) if shown else 0
    high = math.ceil(max(0.0, value) + Z90 * se)
    return (max(0, round(value)) if shown else None), round(se, 2), low, high


def _means(plan: Plan, row: Floats) -> dict[str, tuple[float, float]]:
    """Return each question's mean, 1.5 + S / 2n where S sums 2a - 3, with its standard error."""
    count, *sums = row
    errors = [variance(unit.epsilon, unit.sensitivity) for unit in plan.units[0]]
    return {
        str(question): (
            round(float(np.clip(1.5 + total / count / 2, 0, 3)), 2),
            round(math.sqrt(error + (total / count) ** 2 * errors[0]) / (2 * count), 2),
        )
        for question, total, error in zip(plan.values[1:], sums, errors[1:], strict=True)
    }
