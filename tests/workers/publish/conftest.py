"""Made-up cities and reports for the tests of publishing."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from shapely import MultiPolygon, Polygon, box, intersection

from backend.domain.cells import addresses
from backend.domain.grid import Area, Geography, measured_cells
from backend.domain.layers import MAP
from backend.domain.periods import period_named
from workers.publish.assemble import build_document
from workers.publish.document import multipolygon, read_document
from workers.publish.estimate import estimate
from workers.publish.plan import plan_layer, roll_up
from workers.publish.show import show
from workers.publish.threshold import k_of

WEST, SOUTH = 2.0, 41.3


def octagon(size):
    """A city `size` degrees wide with corners cut off, so that its edge crosses cells."""
    cut, tall = 0.3 * size, 0.75 * size
    corners = [(cut, 0), (size - cut, 0), (size, cut), (size, tall - cut), (size - cut, tall), (cut, tall)]
    return Polygon([(WEST + x, SOUTH + y) for x, y in [*corners, (0, tall - cut), (0, cut)]])


def city(size, columns=3, rows=2):
    outline = octagon(size)
    across, up = size / columns, 0.75 * size / rows
    squares = [
        (f"{row}{column}", box(WEST + column * across, SOUTH + row * up,
                               WEST + (column + 1) * across, SOUTH + (row + 1) * up))
        for row in range(rows)
        for column in range(columns)
    ]  # fmt: skip
    areas = [
        Area(code, f"Area {code}", multipolygon(intersection(square, outline))) for code, square in squares
    ]
    return Geography("lantern", "Lantern", "Europe/Madrid", MultiPolygon([outline]), tuple(areas))


def reports(geography, number, seed):
    """Finest cells of reports that gather around a few spots, repeatable by seed."""
    rng = np.random.default_rng(seed)
    grid = measured_cells(geography)
    x, y = addresses(grid.cells, 17)
    weight = np.full(len(x), 0.15)
    for spot in np.random.default_rng(7).integers(0, len(x), 25):
        weight += 2 * np.exp(-((x - x[spot]) ** 2 + (y - y[spot]) ** 2) / 6)
    weight *= grid.cover
    return rng.choice(grid.cells, number, p=weight / weight.sum())


def repeatable_noise(plan, counts):
    """Counts with noise of the right size that is the same in every test run."""
    rng = np.random.default_rng(int(plan.hash[:8], 16))
    noisy = counts.copy()
    for row, units in enumerate(plan.units):
        ratio = [math.exp(-float(unit.epsilon) / unit.sensitivity) for unit in units]
        noisy[row] += rng.geometric(1 - np.array(ratio)) - rng.geometric(1 - np.array(ratio))
    return noisy


def release(plan, counts, k=None):
    noisy = repeatable_noise(plan, counts)
    k = k or k_of(plan)
    regions = show(plan, estimate(plan.tree, noisy, plan.variances), k)
    return read_document(build_document(plan, noisy, regions, k, datetime(2026, 4, 1, tzinfo=UTC)))


def map_releases(geography, number, quarters):
    """Releases of the map, one after the other, each planned from those before."""
    made = []
    for seed, name in enumerate(quarters):
        plan = plan_layer(MAP, period_named(name), geography, made)
        cells = reports(geography, number, seed)
        made.append(release(plan, roll_up(plan, cells.tolist(), [None] * number, [1] * number)))
    return made


@pytest.fixture(scope="session")
def town():
    """A small city of about 500 finest cells, three roots and six areas."""
    return city(0.07)


@pytest.fixture(scope="session")
def town_maps(town):
    """Three quarters of the small city's map with 600 reports each."""
    return map_releases(town, 600, ["2026-Q1", "2026-Q2", "2026-Q3"])


@pytest.fixture(scope="session")
def make():
    """The helpers above, for tests that need other cities."""

    class Make:
        city = staticmethod(city)
        reports = staticmethod(reports)
        release = staticmethod(release)
        map_releases = staticmethod(map_releases)

    return Make
