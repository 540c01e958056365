"""Cells: the arithmetic of quadkeys on one integer and on arrays of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain import cells
from backend.errors import InvalidInput

longitudes = st.floats(-179.999, 179.999)
latitudes = st.floats(-85, 85)


@given(longitudes, latitudes, st.integers(0, 30))
def test_a_point_lies_within_its_cell(lon, lat, zoom):
    west, south, east, north = cells.bounds(cells.cell_at(lon, lat, zoom))
    assert west - 1e-6 <= lon <= east + 1e-6
    assert south - 1e-6 <= lat <= north + 1e-6


@given(longitudes, latitudes, st.integers(1, 30))
def test_names_levels_and_parents_agree(lon, lat, zoom):
    cell = cells.cell_at(lon, lat, zoom)
    assert cells.zoom(cell) == zoom
    assert cells.cell_of(*cells.xyz(cell)) == cell
    assert cells.from_quadkey(cells.quadkey(cell)) == cell
    assert cells.parent(cell) == cells.cell_at(lon, lat, zoom - 1) == cells.ancestor(cell, zoom - 1)
    assert cell in cells.children(cells.parent(cell))
    assert cells.quadkey(cell)[:-1] == (cells.quadkey(cells.parent(cell)))


def test_a_known_quadkey():
    # The example of the public description of the quadkey scheme: tile 3/5 at zoom 3.
    assert cells.quadkey(cells.cell_of(3, 3, 5)) == "213"


@given(st.lists(st.tuples(st.integers(0, 2**17 - 1), st.integers(0, 2**17 - 1)), min_size=1))
def test_arrays_do_what_single_cells_do(pairs):
    x, y = (np.array(axis, dtype=np.int64) for axis in zip(*pairs, strict=True))
    found = cells.cells_of(17, x, y)
    assert found.tolist() == [cells.cell_of(17, *pair) for pair in pairs]
    back = cells.addresses(found, 17)
    assert (back[0] == x).all()
    assert (back[1] == y).all()
    assert cells.parent(found, 4).tolist() == [cells.ancestor(cell, 13) for cell in found.tolist()]


@pytest.mark.parametrize("name", ["", "4", "01a", "-1", " 1", "1" * 32, "१"])
def test_other_names_are_refused(name):
    with pytest.raises(InvalidInput):
        cells.from_quadkey(name)
