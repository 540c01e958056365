"""The tile encoder against independent decoders, and against the format's own words."""

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from backend.domain.cells import FINEST
from tests.tiling import encode_tile
from tests.workers.publish.protobuf import fields, numbers
from workers.publish.cutting import cut, ground_of
from workers.publish.mvt import EXTENT, encode_tiles, table_of
from workers.publish.pieces import Pieces, Rectangles, outlines
from workers.publish.varints import lengths, pack, varint

whole = st.integers(-64, EXTENT + 64)
values = st.one_of(
    st.text(max_size=12), st.booleans(), st.integers(-(2**40), 2**40), st.floats(allow_nan=False, width=64)
)
boxes = st.lists(st.tuples(whole, whole, st.integers(1, 900), st.integers(1, 900)), min_size=1, max_size=5)
features = st.lists(
    st.tuples(boxes, st.dictionaries(st.text(min_size=1, max_size=8), values, max_size=4)),
    min_size=1,
    max_size=4,
)
NONE = Rectangles(np.empty((0, 4), dtype=np.int64))


def polygon(told):
    return shapely.union_all([shapely.box(x, y, x + w, y + h) for x, y, w, h in told])


def encode(told):
    return encode_tile("map", told)


def decode(data):
    return mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})["map"]


@settings(max_examples=100, deadline=None)
@given(features)
def test_another_reader_finds_what_was_written(told):
    told = [(polygon(parts), properties) for parts, properties in told]
    layer = decode(encode(told))
    assert (layer["version"], layer["extent"], len(layer["features"])) == (2, EXTENT, len(told))
    for feature, (drawn, properties) in zip(layer["features"], told, strict=True):
        read = shape(feature["geometry"])
        assert read.is_valid
        assert read.equals(drawn)
        assert feature["properties"] == properties
        assert {k: type(v) for k, v in feature["properties"].items()} == {
            k: type(v) for k, v in properties.items()
        }


def test_a_hole_stays_a_hole_and_exteriors_turn_as_the_format_asks():
    ring = shapely.box(0, 0, 100, 100) - shapely.box(20, 20, 60, 60)
    exterior, hole = decode(encode([(ring, {})]))["features"][0]["geometry"]["coordinates"]
    assert shapely.LinearRing(exterior).is_ccw
    assert not shapely.LinearRing(hole).is_ccw


def test_squares_and_outlines_are_written_alike():
    """A square cut by arithmetic has the same corners as one cut by geometry, pen moves included."""
    edges = np.array([[0, 0, 8, 8], [5, 3, 4096, 4160], [-64, 4000, 4160, 4096]])
    drawn = outlines(shapely.orient_polygons(shapely.box(*edges.T)))
    nothing = outlines(np.empty(0, dtype=object))
    every = np.arange(len(edges))
    table = table_of({"n": every})
    as_squares, as_outlines = (
        geometries(*encode_tiles("map", table, Pieces(np.zeros_like(every), every, every, *shapes)))
        for shapes in ((Rectangles(edges), nothing), (NONE, drawn))
    )
    assert [corners(told) for told in as_squares] == [corners(told) for told in as_outlines]
    assert [len(told) for told in as_squares] == [11, 11, 11]


def test_a_tile_holds_squares_and_outlines_in_the_order_of_their_features():
    """Rectangles, outlines and gaps in a column, in two tiles: every feature keeps its place and its values."""
    drawn = outlines(np.array([shapely.Point(50, 50).buffer(9), shapely.box(1, 1, 3, 3)], dtype=object))
    pieces = Pieces(
        np.array([0, 0, 1, 1]),
        np.array([0, 1, 1, 2]),
        np.array([0, 1, 1, 2]),
        Rectangles(np.array([[0, 0, 8, 8]])),
        drawn,
    )
    table = table_of({"n": np.array([7, 8, 7]), "name": ["a", None, "a"]})
    told = [
        [one["properties"] for one in decode(tile)["features"]] for tile in encode_tiles("map", table, pieces)
    ]
    assert told == [[{"n": 7, "name": "a"}, {"n": 8}], [{"n": 8}, {"n": 7, "name": "a"}]]


def geometries(tile):
    """The commands of each feature of a tile, as another reader of the wire tells them."""
    [(_, layer)] = fields(tile)
    return [numbers(dict(fields(content))[4]) for number, content in fields(layer) if number == 2]


def corners(commands):
    """Where the pen goes: a set of points, since rings may begin at any corner."""
    pen, seen = [0, 0], set()
    steps = [*commands[1:3], *commands[4:10]]
    for x, y in zip(steps[::2], steps[1::2], strict=True):
        pen = [pen[0] + (x >> 1 ^ -(x & 1)), pen[1] + (y >> 1 ^ -(y & 1))]
        seen.add(tuple(pen))
    return seen


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=50))
def test_many_numbers_are_packed_as_one_by_one(told):
    numbers = np.array(told, dtype=np.uint32)
    taken = lengths(numbers)
    at = np.concatenate([[0], np.cumsum(taken, dtype=np.int64)])
    assert pack(numbers, taken, at).tobytes() == b"".join(varint(one) for one in told)


@settings(max_examples=50, deadline=None)
@given(features)
def test_no_number_is_longer_than_it_must_be(told):
    """Every length, tag and command of a tile is a minimal varint, as another reader of the wire says."""
    tile = encode([(polygon(parts), properties) for parts, properties in told])
    [(_, layer)] = fields(tile)
    seen = 0
    for number, content in fields(layer):
        if number == 2:
            inner = dict(fields(content))
            seen += len(numbers(inner.get(2, b""))) + len(numbers(inner[4]))
        if number == 4:
            seen += len(fields(content))
    assert seen > 0


def test_the_reader_of_the_wire_refuses_a_number_that_is_too_long():
    with pytest.raises(AssertionError):
        numbers(b"\x80\x00")
    with pytest.raises(AssertionError):
        fields(b"\x9a\x80\x00\x00")


def test_whole_numbers_in_an_array_are_told_like_those_in_a_list():
    told = [7, -3, 0, 2**40, 7, -(2**40), 127, 128]
    squares = [shapely.box(0, 0, one, one) for one in range(1, 9)]
    every = np.arange(8)
    pieces = Pieces(np.zeros_like(every), every, every, NONE, outlines(np.array(squares, dtype=object)))
    for column in (told, np.array(told)):
        [tile] = encode_tiles("map", table_of({"n": column, "name": [str(one) for one in told]}), pieces)
        assert [one["properties"]["n"] for one in decode(tile)["features"]] == told


@pytest.mark.parametrize("zoom", [8, 11, 14])
def test_what_is_cut_adds_up_to_what_was_there(zoom):
    """Squares and other shapes, within tiles and across their borders, with the seam left out."""
    corner = 66_304  # a multiple of 2**9: the corner of tiles of all zooms
    shapes = [
        shapely.box(corner - 3, corner + 1, corner + 9, corner + 20),
        shapely.box(corner, corner, corner + 8, corner + 8),
        shapely.Point(corner + 2, corner - 1).buffer(7.3),
        shapely.box(corner + 100, corner, corner + 101, corner + 1),
    ]
    scale = EXTENT / (1 << FINEST - zoom)
    addresses, pieces = cut(ground_of(shapes), zoom)
    window, areas = shapely.box(0, 0, EXTENT, EXTENT), np.zeros(len(shapes))
    tiles = encode_tiles("map", table_of({"row": np.arange(len(shapes))}), pieces)
    for _, tile in zip(addresses, tiles, strict=True):
        found = decode(tile)["features"]
        assert found
        for feature in found:
            inside = shapely.intersection(shape(feature["geometry"]), window).area
            areas[feature["properties"]["row"]] += inside / scale**2
    assert areas[[0, 1, 3]].tolist() == [shape.area for shape in (shapes[0], shapes[1], shapes[3])]
    assert areas[2] == pytest.approx(shapes[2].area, rel=0.02)


def test_a_tile_that_only_a_seam_reaches_is_left_out():
    addresses, _ = cut(ground_of([shapely.box(66_304, 66_304, 66_305, 66_305)]), 17 - 4)
    assert addresses.tolist() == [[66_304 >> 4, 66_304 >> 4]]


def test_nothing_is_cut_into_nothing():
    addresses, pieces = cut(ground_of([]), 12)
    assert (len(addresses), pieces.count) == (0, 0)
    assert list(encode_tiles("map", table_of({"a": []}), pieces)) == []
