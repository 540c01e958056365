"""Cities and files that are awkward: a correct tile or a clear error, never nonsense."""

import gzip
import io
import json

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from PIL import Image
from pmtiles.reader import MemorySource, all_tiles
from shapely import MultiPolygon, Polygon, box
from shapely.geometry import shape

from backend.domain.cells import FINEST, ROOT, cell_of, quadkey, xyz
from backend.domain.grid import Geography, to_tiles
from backend.domain.layers import MAP, PULSE
from backend.domain.periods import period_named
from backend.errors import NotFound, Unavailable
from backend.store.archives import Archive
from backend.store.features import Features
from backend.store.releases import Releases
from workers.publish.document import write_document
from workers.publish.plan import plan_layer, roll_up
from workers.publish.render import render
from workers.publish.shelf import Shelf

WEST, SOUTH = 2.0, 41.3


def hollow():
    """A city around a lake."""
    outer = box(WEST, SOUTH, WEST + 0.06, SOUTH + 0.05)
    return MultiPolygon([outer - box(WEST + 0.02, SOUTH + 0.015, WEST + 0.04, SOUTH + 0.03)])


def scattered():
    """Islands, one of them smaller than a finest cell."""
    small = box(WEST + 0.05, SOUTH + 0.05, WEST + 0.0505, SOUTH + 0.0505)
    return MultiPolygon([box(WEST, SOUTH, WEST + 0.01, SOUTH + 0.01), small])


def divided():
    """A city on both sides of the antimeridian, cut there as GeoJSON asks."""
    return MultiPolygon([box(179.98, -17.02, 180, -17.0), box(-180, -17.02, -179.98, -17.0)])


CITIES = {"with a hole": hollow, "of islands": scattered, "at the antimeridian": divided}


def empty(boundary, make, layer=MAP):
    """A release in which nobody reported anything and no noise is shown."""
    city = Geography("awkward", "Awkward", "UTC", boundary, ())
    plan = plan_layer(layer, period_named("2026-Q1" if layer is MAP else "2026-W10"), city)
    return make.release(plan, roll_up(plan, [], [], []), k=60.0)


@pytest.fixture(scope="module", params=CITIES)
def drawn(request, make):
    document = empty(CITIES[request.param](), make)
    return document, render(document)


def tiles_of(files, name="tiles.pmtiles"):
    return dict(all_tiles(MemorySource(files[name])))


def polygons(data):
    tile = mapbox_vector_tile.decode(gzip.decompress(data), default_options={"y_coord_down": True})
    return [(one["properties"], shape(one["geometry"])) for one in tile["map"]["features"]]


def test_an_empty_city_is_hatched_and_whole(drawn):
    """Tiles of the finest zoom cover just the city: holes stay holes, islands islands."""
    document, files = drawn
    scale, area, valid = 4096 / 2 ** (FINEST - 14), 0.0, True
    for (z, _, _), data in tiles_of(files).items():
        for properties, polygon in polygons(data):
            assert properties["shown"] is False
            assert "estimate" not in properties
            valid &= polygon.is_valid
            area += (z == 14) * shapely.intersection(polygon, box(0, 0, 4096, 4096)).area / scale**2
    assert valid
    assert area == pytest.approx(to_tiles(document.boundary).area, rel=0.01)


def test_tiles_lie_where_the_city_is_and_nowhere_else(drawn):
    document, files = drawn
    city = to_tiles(document.boundary)
    for name in ("tiles.pmtiles", "images.pmtiles"):
        for z, x, y in tiles_of(files, name):
            side = 2 ** (FINEST - z)
            assert city.distance(box(x * side, y * side, (x + 1) * side, (y + 1) * side)) < 1
    assert len(tiles_of(files)) < 200


def test_downloads_of_awkward_cities_are_valid(drawn):
    document, files = drawn
    collection = json.loads(files["regions.geojson"])
    shapes = [shape(feature["geometry"]) for feature in collection["features"]]
    assert all(one.is_valid for one in shapes)
    assert "crs" not in collection
    assert shapely.union_all(shapes).area == pytest.approx(document.boundary.area, rel=0.01)
    assert all(one.bounds[0] >= -180 and one.bounds[2] <= 180 for one in shapes)


def test_pictures_leave_the_hole_open(make):
    files = render(empty(hollow(), make))
    middle = to_tiles(shapely.Point(WEST + 0.03, SOUTH + 0.0225))
    rim = to_tiles(shapely.Point(WEST + 0.01, SOUTH + 0.0225))
    seen = {}
    for name, point in (("middle", middle), ("rim", rim)):
        side = 2 ** (FINEST - 15)
        x, y = int(point.x // side), int(point.y // side)
        drawn = tiles_of(files, "images.pmtiles").get((15, x, y))
        if drawn is None:
            seen[name] = False
            continue
        picture = Image.open(io.BytesIO(drawn)).convert("RGBA")
        px, py = (int((value % side) / side * 256) for value in (point.x, point.y))
        around = np.asarray(picture)[max(0, py - 8) : py + 8, max(0, px - 8) : px + 8, 3]
        seen[name] = bool((around > 0).any())
    assert seen == {"middle": False, "rim": True}


def test_a_city_without_areas_is_one_area(make):
    document = empty(hollow(), make, PULSE)
    files = render(document)
    [area] = json.loads(files["areas.geojson"])["features"]
    assert shape(area["geometry"]).equals(
        shape(json.loads(files["regions.geojson"])["features"][0]["geometry"])
    )
    assert any(part.interiors for part in shapely.get_parts(shape(area["geometry"])))


@pytest.mark.parametrize(
    "told",
    [
        Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]),  # crosses itself
        Polygon(),
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.Point(0, 0),
    ],
)
def test_a_boundary_that_is_none_is_refused(works, make_city, told):
    from backend.errors import FarolaError

    with pytest.raises(FarolaError):
        make_city(boundary=shapely.geometry.mapping(told))


@pytest.fixture
def shelved(town_maps, tmp_path):
    assert Shelf(tmp_path, "lantern").place("map", "2026-Q3", write_document(town_maps[-1]))
    return tmp_path / "lantern" / "map" / "2026-Q3"


@pytest.mark.parametrize("name", ["tiles.pmtiles", "images.pmtiles", "regions.geojson", "regions.gpkg"])
@pytest.mark.parametrize("left", [0, 1, 126, 127, 500, -1])
def test_half_a_file_is_never_served(shelved, name, left):
    path = shelved / name
    path.write_bytes(path.read_bytes()[:left])
    release = Releases(shelved.parents[2]).find("lantern", "map", "2026-Q3")
    with pytest.raises(Unavailable):
        release.file(name)
    with pytest.raises(Unavailable):
        release.tag(name)


@pytest.mark.parametrize("left", [0, 1, 126, 127, 200, 500, -1])
def test_half_an_archive_without_a_list_is_found_out(shelved, left):
    """Releases of earlier versions have no list of lengths; the archive itself says how long it is."""
    path = shelved / "tiles.pmtiles"
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(Unavailable):
        Archive(path)


def test_bytes_that_are_no_archive_are_found_out(tmp_path):
    chance = np.random.default_rng(1)
    for number in range(30):
        path = tmp_path / f"{number}.pmtiles"
        path.write_bytes((b"PMTiles\x03" if number % 2 else b"") + chance.bytes(400))
        with pytest.raises(Unavailable):
            Archive(path)


def test_half_a_collection_is_found_out(shelved):
    path = shelved / "regions.geojson"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(Unavailable):
        Features(path)


def test_a_release_that_is_being_written_is_not_there(town_maps, tmp_path):
    data = write_document(town_maps[-1])
    half = tmp_path / "lantern" / "map" / ".2026-Q3.half"
    half.mkdir(parents=True)
    (half / "release.json").write_bytes(data)
    releases = Releases(tmp_path)
    with pytest.raises(NotFound):
        releases.find("lantern", "map", "2026-Q3")
    assert releases.cities() == []


def test_the_whole_world_is_within_range(shelved):
    archive = Archive(shelved / "tiles.pmtiles")
    for z, x, y in ((7, 0, 0), (15, 0, 0), (8, 256, 0), (8, 0, 256), (14, 1 << 14, 0)):
        with pytest.raises(NotFound):
            archive.tile(z, x, y)
    z, x, y = xyz(cell_of(ROOT, 0, 0))
    assert archive.tile(z, x, y) == b""
    assert quadkey(cell_of(ROOT, 0, 0)) == "0" * ROOT
