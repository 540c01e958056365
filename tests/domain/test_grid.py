"""The grid: every place of a city is counted in exactly one cell of each zoom."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPoint, MultiPolygon, Point

from backend.domain.cells import cell_at, parent, zoom
from backend.domain.grid import SLIVER, Geography, from_tiles, measured_cells, squares, to_tiles

corner = st.tuples(st.floats(2.1, 2.17), st.floats(41.37, 41.43))
outlines = (
    st.lists(corner, min_size=3, max_size=9)
    .map(lambda points: MultiPoint(points).convex_hull.buffer(0.001))
    .map(lambda polygon: MultiPolygon([polygon]))
)


def city_of(outline):
    return Geography("a", "A", "Europe/Madrid", outline, ())


@settings(max_examples=25, deadline=None)
@given(outlines)
def test_owners_nest_and_no_sliver_owns(outline):
    grid = measured_cells(city_of(outline))
    for level in range(13, 18):
        nodes, inverse = np.unique(grid.owners[level], return_inverse=True)
        inside = np.bincount(inverse, weights=grid.cover) / 4 ** (17 - level)
        assert (inside >= SLIVER).all() or len(nodes) == 1
        assert {zoom(int(node)) for node in nodes} == {level}
        if level > 13:
            pairs = np.unique(np.column_stack([grid.owners[level], grid.owners[level - 1]]), axis=0)
            assert len(pairs) == len(nodes)


@settings(max_examples=15, deadline=None)
@given(outlines, st.integers(13, 17))
def test_the_cells_of_a_zoom_share_out_the_city(outline, level):
    grid = measured_cells(city_of(outline))
    boundary = to_tiles(outline)
    pieces = []
    for node in np.unique(grid.owners[level]):
        cells = grid.compact(grid.owners[level] == node)
        boxes = [squares(np.array([cell]), zoom(cell))[0] for cell in cells]
        pieces.append(shapely.intersection(shapely.union_all(boxes), boundary))
    assert sum(piece.area for piece in pieces) == pytest.approx(boundary.area, rel=1e-9)
    assert shapely.union_all(pieces).area == pytest.approx(boundary.area, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(outlines, st.randoms(use_true_random=False))
def test_every_point_of_the_city_has_a_finest_cell(outline, random):
    grid = measured_cells(city_of(outline))
    west, south, east, north = outline.bounds
    points = [(random.uniform(west, east), random.uniform(south, north)) for _ in range(50)]
    inside = [point for point in points if outline.covers(Point(point))]
    cells = np.array([cell_at(*point) for point in inside], dtype=np.int64)
    assert (grid.positions(cells) >= 0).all()


def test_inside_the_city_an_owner_is_the_ancestor():
    outline = MultiPolygon([Point(2.13, 41.4).buffer(0.05)])
    grid = measured_cells(city_of(outline))
    middle = grid.positions(np.array([cell_at(2.13, 41.4)]))[0]
    for level in range(13, 18):
        assert grid.owners[level][middle] == parent(int(grid.cells[middle]), 17 - level)
    assert grid.positions(np.array([cell_at(3.0, 41.4)])).tolist() == [-1]


def test_projection_can_be_undone():
    there = Point(2.17, 41.38)
    assert from_tiles(to_tiles(there)).equals_exact(there, 1e-9)
