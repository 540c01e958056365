"""The shape of a plan: which measured places are leaves, which lie above them, level by level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.domain.cells import FINEST, ROOT, Cells, from_quadkey, quadkey
from backend.domain.grid import Floats, Grid

Index = NDArray[np.intp]
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Level:
    """The nodes of one zoom (None for areas), ordered by their parent.

    `parents[n]` is the place of node n's parent in the next coarser level, `roots[n]` that of
    its root in the coarsest. `node_of_leaf[l]` is -1 where a leaf is coarser than this level.
    `ends` are the nodes that are leaves themselves and `end_leaves` the leaves they are.
    """

    zoom: int | None
    names: tuple[str, ...]
    parents: Index
    roots: Index
    node_of_leaf: Index
    ends: Index
    end_leaves: Index


@dataclass(frozen=True, eq=False)
class Tree:
    """Leaves in root order, and the levels above them from fine to coarse.

    `rows[l]` is the row of leaf l among the plan's places, `tops[r]` the row in which root r is
    measured above its leaves, -1 where the root is itself the one leaf. For cells, `leaf_of` says
    for each finest cell of the grid which leaf it is counted in.
    """

    rows: Index
    roots: Index
    tops: Index
    levels: tuple[Level, ...]
    leaf_of: Index


def lift(values: Floats, parents: Index, count: int) -> Floats:
    """Sum rows that are ordered by parent into their parents' rows."""
    lifted = np.zeros((count, *values.shape[1:]))
    starts = np.flatnonzero(np.diff(parents, prepend=-1))
    if len(starts):
        lifted[parents[starts]] = np.add.reduceat(values, starts, axis=0)
    return lifted


def flat_tree(names: Sequence[str]) -> Tree:
    """Return the tree of places that stand side by side, such as areas."""
    every = np.arange(len(names))
    level = Level(None, tuple(names), every, every, every, every, every)
    return Tree(every, every, np.full(len(names), -1), (level,), every)


def cell_tree(names: Sequence[str], split: Sequence[bool], grid: Grid) -> Tree:
    """Return the tree of a cut: `names` are quadkeys, `split` marks the roots above cut cells.

    Cells that the grid does not know, as after a change of the boundary, are left out.
    """
    cells = np.array([from_quadkey(name) for name in names], dtype=np.int64)
    row_of = _cut_row_of(cells, np.array(split, dtype=bool), grid)
    rows, samples = np.unique(row_of[row_of >= 0], return_index=True)
    samples = np.flatnonzero(row_of >= 0)[samples]
    order = np.lexsort((samples, grid.owners[ROOT][samples]))
    levels = _levels(grid, samples[order], _zooms(cells[rows[order]]))
    rows_of_tops = {names[row]: row for row in range(len(names)) if split[row]}
    tops = np.array([rows_of_tops.get(name, -1) for name in levels[-1].names], dtype=np.intp)
    place_of = np.full(len(names) + 1, -1)
    place_of[rows[order]] = np.arange(len(rows))
    return Tree(rows[order], levels[-1].node_of_leaf, tops, levels, place_of[row_of])


def _cut_row_of(cells: Cells, split: NDArray[np.bool_], grid: Grid) -> Index:
    """Return for each finest cell of the grid the row of the cut cell that owns it, else -1."""
    found = np.full(len(grid.cells), -1, dtype=np.intp)
    zooms = np.where(split, -1, _zooms(cells))
    for level in range(ROOT, FINEST + 1):
        rows = np.flatnonzero(zooms == level)
        rows = rows[np.argsort(cells[rows])]
        at = np.searchsorted(cells[rows], grid.owners[level])
        hit = at < len(rows)
        hit[hit] = cells[rows[at[hit]]] == grid.owners[level][hit]
        found[hit] = rows[at[hit]]
    return found


def _zooms(cells: Cells) -> NDArray[np.int64]:
    """Return the zoom of each cell; cells here stay far below 2**53, so floats are exact."""
    return (np.frexp(cells.astype(np.float64))[1].astype(np.int64) - 1) // 2


def _levels(grid: Grid, samples: Index, zooms: NDArray[np.int64]) -> tuple[Level, ...]:
    levels: list[Level] = []
    above, roots = np.zeros(len(samples), dtype=np.intp), np.zeros(1, dtype=np.intp)
    for level in range(ROOT, int(zooms.max(initial=ROOT)) + 1):
        made = _level(grid, level, samples, zooms, above)
        made = made if level == ROOT else _with_roots(made, roots)
        levels.append(made)
        above, roots = made.node_of_leaf, made.roots
    return tuple(reversed(levels))


def _level(grid: Grid, level: int, samples: Index, zooms: NDArray[np.int64], above: Index) -> Level:
    there = np.flatnonzero(zooms >= level)
    pairs = np.column_stack([above[there], grid.owners[level][samples[there]]])
    nodes, inverse = np.unique(pairs, axis=0, return_inverse=True)
    node_of_leaf = np.full(len(samples), -1, dtype=np.intp)
    node_of_leaf[there] = inverse.ravel()
    ends = np.flatnonzero(zooms == level)
    names = tuple(quadkey(int(cell)) for cell in nodes[:, 1])
    parents = nodes[:, 0].astype(np.intp)
    return Level(level, names, parents, np.arange(len(nodes)), node_of_leaf, node_of_leaf[ends], ends)


def _with_roots(level: Level, roots: Index) -> Level:
    found = roots[level.parents]
    return Level(
        level.zoom, level.names, level.parents, found, level.node_of_leaf, level.ends, level.end_leaves
    )
