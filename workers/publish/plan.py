"""What a release will measure, decided from public things only and before any report is read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from shapely import normalize, to_wkb

from backend.domain.budgets import per_value, sensitivity, shares, spending, variance
from backend.domain.cells import FINEST, ROOT, Cells, quadkey
from backend.domain.grid import Floats, Geography, Grid, measured_cells
from backend.domain.layers import Layer, Place, Shape
from backend.domain.periods import Period
from workers.publish.document import PublishedArea, ReleaseDocument, canonical
from workers.publish.expect import expected_in_areas, expected_in_cells
from workers.publish.pools import FLOOR, pool_areas
from workers.publish.tree import Counts, Tree, cell_tree, flat_tree, lift

_DUST = 1e-9  # what sums of shares lack of the whole number they make up
# A cell of a plain total is split while at least so many reports are expected in it, by its zoom.
SPLIT_AT = {13: 24.0, 14: 16.0, 15: 32.0, 16: 32.0}


@dataclass(frozen=True)
class Unit:
    """One number that is measured: a place, a cross value (None for the total), and its noise."""

    place: str
    cross: str | None
    epsilon: Fraction
    sensitivity: int


@dataclass(frozen=True)
class PlannedPlace:
    """A cell (by quadkey) or area (by code) that is measured; `split` roots have cut cells below."""

    name: str
    epsilon: Fraction
    split: bool = False


@dataclass(frozen=True, eq=False)
class Plan:
    """The table that one release measures: places by cross values.

    `grid` is there for layers counted in cells, `areas` for those counted in areas. Tables of
    counts and of noisy numbers have one row a place and one column a cross value, in this order.
    """

    layer: Layer
    period: Period
    correction: bool
    epsilon: Fraction
    geography: Geography
    places: tuple[PlannedPlace, ...]
    grid: Grid | None
    areas: tuple[PublishedArea, ...]

    @property
    def values(self) -> tuple[str | None, ...]:
        """Return the cross values, (None,) for a plain total."""
        return self.layer.values or (None,)

    @cached_property
    def units(self) -> tuple[tuple[Unit, ...], ...]:
        """Return every number that is measured, row by row."""
        return tuple(tuple(self._unit(place, value) for value in self.values) for place in self.places)

    @cached_property
    def tree(self) -> Tree:
        """Return how the places lie above each other."""
        names = [place.name for place in self.places]
        if self.grid is None:
            return flat_tree(names)
        return cell_tree(names, [place.split for place in self.places], self.grid)

    @cached_property
    def variances(self) -> Floats:
        """Return the variance of the noise on each place's counts."""
        return np.array([variance(row[0].epsilon, row[0].sensitivity) for row in self.units])

    @cached_property
    def hash(self) -> str:
        """Return the sha256 of the plan's canonical JSON; it enters the ledger before any count."""
        return hashlib.sha256(self.canonical()).hexdigest()

    def canonical(self) -> bytes:
        """Return the plan as canonical JSON."""
        outline = hashlib.sha256(to_wkb(normalize(self.geography.boundary))).hexdigest()
        return canonical(
            {
                "city": self.geography.city,
                "boundary": outline,
                "layer": self.layer.name,
                "period": self.period.name,
                "correction": self.correction,
                "areas": {area.code: list(area.members) for area in self.areas},
                "units": [
                    [u.place, u.cross, str(u.epsilon), u.sensitivity] for row in self.units for u in row
                ],
            }
        )

    def _unit(self, place: PlannedPlace, value: str | None) -> Unit:
        return Unit(place.name, value, place.epsilon, sensitivity(self.layer, value))


def plan_layer(
    layer: Layer,
    period: Period,
    geography: Geography,
    earlier: Sequence[ReleaseDocument] = (),
    pulses: Sequence[ReleaseDocument] = (),
    *,
    correction: bool = False,
    at_most: Fraction | None = None,
) -> Plan:
    """Return the plan of a layer for a period; it is a pure function of public things.

    `earlier` holds release files of any layers and periods, `pulses` those of the weeks of this
    quarter; what does not belong is left aside. A correction measures from the layer's reserve.
    `at_most` is a city's own, smaller epsilon.
    """
    epsilon = spending(layer, correction=correction, at_most=at_most)
    make = _plan_cells if layer.place is Place.CELL else _plan_areas
    places, grid, areas = make(layer, period, geography, (earlier, pulses), epsilon)
    return Plan(layer, period, correction, epsilon, geography, places, grid, areas)


def roll_up(
    plan: Plan, places: Sequence[int | str], values: Sequence[str | None], numbers: Sequence[int]
) -> Counts:
    """Return the table of counts from rows of (place, cross value, number).

    A place is a z17 cell where the layer counts in cells and the code of a city's area where it
    counts in areas. Rows outside the city or without one of the layer's values are left out.
    """
    columns = {value: column for column, value in enumerate(plan.values)}
    column = np.array([columns.get(value, -1) for value in values], dtype=np.intp)
    row = _leaf_rows(plan, places)
    known = (row >= 0) & (column >= 0)
    counts = np.zeros((len(plan.places), len(columns)), dtype=np.int64)
    np.add.at(counts, (row[known], column[known]), np.asarray(numbers, dtype=np.int64)[known])
    return _with_tops(plan.tree, counts)


_Read = tuple[Sequence[ReleaseDocument], Sequence[ReleaseDocument]]
_Planned = tuple[tuple[PlannedPlace, ...], Grid | None, tuple[PublishedArea, ...]]


def _plan_cells(
    layer: Layer, period: Period, geography: Geography, read: _Read, epsilon: Fraction
) -> _Planned:
    grid = measured_cells(geography)
    expected = expected_in_cells(layer, period, (geography, grid), *read)
    whole, cut, split = _cut(grid, expected, _split_at(layer, epsilon))
    share = shares(epsilon)
    places = [
        *(PlannedPlace(quadkey(int(cell)), share.whole) for cell in whole),
        *(PlannedPlace(quadkey(int(cell)), share.cut) for cell in cut),
        *(PlannedPlace(quadkey(int(cell)), share.split, split=True) for cell in split),
    ]
    return tuple(sorted(places, key=lambda place: place.name)), grid, ()


def _split_at(layer: Layer, epsilon: Fraction) -> dict[int, float]:
    """Return how many expected reports split a cell, by its zoom, down to the layer's finest.

    A crossed layer needs as much in each of four children and each cross value as a pool of areas
    does; with the numbers of the plain total a city of 3,000 reports would see next to nothing.
    A release that spends less than the layer's share, as a correction does, needs as much more.
    """
    crossed = float(4 * FLOOR / epsilon) * len(layer.values)
    finest, dearer = layer.finest or FINEST, float(max(layer.epsilon / epsilon, Fraction(1)))
    return {z: crossed or enough * dearer for z, enough in SPLIT_AT.items() if z < finest}


def _cut(grid: Grid, expected: Floats, split_at: dict[int, float]) -> tuple[Cells, Cells, Cells]:
    """Walk down from the roots; return the roots left whole, the cut cells, and the split roots."""
    active = np.ones(len(grid.cells), dtype=bool)
    settled = []
    for level in range(ROOT, FINEST + 1):
        _, inverse = np.unique(grid.owners[level], return_inverse=True)
        enough = np.bincount(inverse, weights=expected)[inverse] >= split_at.get(level, np.inf) - _DUST
        on = active & enough
        settled.append(np.unique(grid.owners[level][active & ~on]))
        active = on
    whole, *cut = settled
    return whole, np.concatenate(cut), np.setdiff1d(np.unique(grid.owners[ROOT]), whole)


def _plan_areas(
    layer: Layer, period: Period, geography: Geography, read: _Read, epsilon: Fraction
) -> _Planned:
    expected = expected_in_areas(layer, period, geography, *read)
    share = per_value(layer, epsilon)
    tested = 1 if layer.cross is Shape.AUDIT else len(layer.values or (None,))
    areas = pool_areas(geography, expected, share, tested)
    return tuple(PlannedPlace(area.code, share) for area in areas), None, areas


def _leaf_rows(plan: Plan, places: Sequence[int | str]) -> NDArray[np.intp]:
    """Return the row of the leaf that each place is counted in, -1 for none."""
    if plan.grid is None:
        rows = {code: row for row, area in enumerate(plan.areas) for code in area.members}
        return np.array([rows.get(str(place), -1) for place in places], dtype=np.intp)
    at = plan.grid.positions(np.array(places, dtype=np.int64))
    leaf = np.where(at >= 0, plan.tree.leaf_of[at], -1)
    return np.where(leaf >= 0, plan.tree.rows[leaf], -1)


def _with_tops(tree: Tree, counts: Counts) -> Counts:
    """Count in each split root what its leaves count."""
    summed = lift(counts[tree.rows].astype(np.float64), tree.roots, len(tree.tops))
    split = tree.tops >= 0
    counts[tree.tops[split]] = summed[split].astype(np.int64)
    return counts
