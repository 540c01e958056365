"""What the next period may bring, read from earlier releases, population and geometry only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from backend.domain.budgets import variance
from backend.domain.cells import FINEST
from backend.domain.grid import Floats, Geography, Grid, squares, to_tiles
from backend.domain.layers import CATEGORY, COUNT, DAYPART, GENDER, MAP, Layer
from backend.domain.periods import Period
from workers.publish.document import ReleaseDocument
from workers.publish.estimate import estimate
from workers.publish.tree import Index, cell_tree

REMEMBERED = 4  # releases
_READS = {CATEGORY: MAP}  # a layer that is cut by what another one showed
_HEARS_PULSE = (MAP, CATEGORY, DAYPART, GENDER)


def earlier_of(layer: Layer, period: Period, releases: Iterable[ReleaseDocument]) -> list[ReleaseDocument]:
    """Return the last four releases before a period that the layer's plan reads, oldest first.

    Of a release and its correction the correction counts.
    """
    read = _READS.get(layer, layer)
    found = [r for r in releases if r.layer == read and r.period.first < period.first]
    newest = {r.period: r for r in sorted(found, key=lambda r: (r.period, r.correction))}
    return list(newest.values())[-REMEMBERED:]


def expected_in_cells(
    layer: Layer,
    period: Period,
    ground: tuple[Geography, Grid],
    releases: Sequence[ReleaseDocument],
    pulses: Sequence[ReleaseDocument],
) -> Floats:
    """Return how many reports are expected in each finest cell of the grid."""
    geography, grid = ground
    weights = _weights(grid, geography)
    earlier = earlier_of(layer, period, releases)
    if earlier:
        told = np.mean([_spread_cells(release, grid, weights) for release in earlier], axis=0)
        return np.asarray(told, dtype=np.float64)
    heard = pulses if layer in _HEARS_PULSE else ()
    return sum(
        (_spread_areas(pulse, grid, weights) * pulse.period.share_within(period) for pulse in heard),
        np.zeros(len(grid.cells)),
    )


def expected_in_areas(
    layer: Layer,
    period: Period,
    geography: Geography,
    releases: Sequence[ReleaseDocument],
    pulses: Sequence[ReleaseDocument],
) -> dict[str, float]:
    """Return how many reports are expected in each area of the city, by code."""
    sizes = {area.code: float(to_tiles(area.polygon).area) for area in geography.areas}
    earlier = earlier_of(layer, period, releases)
    told = [(release, 1 / len(earlier)) for release in earlier]
    if not earlier and layer in _HEARS_PULSE:
        told = [(pulse, pulse.period.share_within(period)) for pulse in pulses]
    expected = dict.fromkeys(sizes, 0.0)
    for release, share in told:
        for code, count in _shared_out(release, sizes).items():
            expected[code] += share * count
    return expected


def _weights(grid: Grid, geography: Geography) -> Floats:
    """Return each finest cell's share of the residents, or of the ground where nobody counted."""
    if not geography.population:
        return grid.cover
    people = np.array([geography.population.get(int(cell), 0.0) for cell in grid.cells])
    return people + 1e-6 * grid.cover  # a cell without residents can still take a share


def _spread_cells(release: ReleaseDocument, grid: Grid, weights: Floats) -> Floats:
    """Return a cell release's estimates, spread inside each cut cell by weight."""
    names = [place.place for place in release.measured]
    tree = cell_tree(names, [place.split for place in release.measured], grid)
    noisy = np.array([place.values for place in release.measured], dtype=np.float64)
    variances = np.array([variance(place.epsilon) for place in release.measured])
    totals = estimate(tree, noisy, variances).sum(axis=1)
    return _spread(totals, tree.leaf_of, weights)


def _spread_areas(release: ReleaseDocument, grid: Grid, weights: Floats) -> Floats:
    """Return an area release's numbers, spread inside each area by weight."""
    shapes = [to_tiles(area.shape) for area in release.areas]
    totals = np.array([float(sum(place.values)) for place in release.measured])
    return _spread(totals, _nearest(grid, shapes), weights)


def _spread(totals: Floats, place_of: Index, weights: Floats) -> Floats:
    """Share out the total of each place over its finest cells; a negative total stays negative."""
    inside = place_of >= 0
    sums = np.bincount(place_of[inside], weights=weights[inside], minlength=len(totals))
    rate = np.divide(totals, sums, out=np.zeros_like(totals), where=sums > 0)
    return np.where(inside, rate[place_of] * weights, 0.0)


def _nearest(grid: Grid, shapes: Sequence[BaseGeometry]) -> Index:
    """Return for each finest cell the shape that its centre lies in, or the nearest one."""
    centres = shapely.centroid(squares(grid.cells, FINEST))
    pairs = shapely.STRtree(shapes).query_nearest(centres, all_matches=False)
    return np.asarray(pairs[1], dtype=np.intp)


def _shared_out(release: ReleaseDocument, sizes: dict[str, float]) -> dict[str, float]:
    """Return an area release's numbers, shared out to the areas that were pooled by their size."""
    column = slice(0, 1) if release.values and release.values[0] == COUNT else slice(None)
    shared = {}
    for area, place in zip(release.areas, release.measured, strict=True):
        members = [code for code in area.members if code in sizes]
        whole = sum(sizes[code] for code in members)
        for code in members:
            shared[code] = sum(place.values[column]) * sizes[code] / whole
    return shared
