"""What is served of a release: valid, whole, and the same bytes every time."""

import gzip
import io
import json

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from PIL import Image
from pmtiles.reader import MemorySource, Reader, all_tiles
from pmtiles.tile import Compression, TileType
from shapely.geometry import shape

from backend.domain.grid import to_tiles
from backend.domain.layers import AUDIT, CATEGORY, GENDER
from backend.domain.periods import period_named
from backend.errors import InvalidInput
from workers.publish.document import read_document, write_document
from workers.publish.plan import plan_layer, roll_up
from workers.publish.render import render


@pytest.fixture(scope="module")
def map_release(town_maps):
    return town_maps[-1]


@pytest.fixture(scope="module")
def files(map_release):
    return render(map_release)


@pytest.fixture(scope="module")
def gender(town, make):
    plan = plan_layer(GENDER, period_named("2026-Q1"), town)
    codes = [area.code for area in town.areas]
    return make.release(plan, roll_up(plan, codes, ["women"] * len(codes), [90] * len(codes)))


@pytest.fixture(scope="module")
def category(town, make, town_maps):
    plan = plan_layer(CATEGORY, period_named("2026-Q4"), town, town_maps)
    cells = make.reports(town, 400, 1).tolist()
    return make.release(plan, roll_up(plan, cells, ["harassment"] * 400, [1] * 400))


def vector(files):
    return {
        tile: mapbox_vector_tile.decode(gzip.decompress(data), default_options={"y_coord_down": True})
        for tile, data in all_tiles(MemorySource(files["tiles.pmtiles"]))
    }


def pictures(files):
    return {
        tile: Image.open(io.BytesIO(data)) for tile, data in all_tiles(MemorySource(files["images.pmtiles"]))
    }


def test_a_document_survives_being_read_and_written(map_release, gender, category):
    for release in (map_release, gender, category):
        data = write_document(release)
        assert write_document(read_document(data)) == data
        assert (
            json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            == data.decode()
        )


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b'{"format": 2}', b'{"format": 1}', b"\xff"])
def test_what_is_no_release_file_is_refused(data):
    with pytest.raises(InvalidInput):
        read_document(data)


def test_the_document_says_what_it_is_and_what_it_is_not(map_release):
    told = json.loads(write_document(map_release))
    assert told["notes"] == {"what": "reported, not verified", "not": "not a crime rate, not SDG 11.7.2"}
    assert (told["epsilon"], told["kinds"]) == ("7/10", ["condition", "incident"])
    assert told["regions_withheld"] == sum(not region["shown"] for region in told["regions"])
    assert all(region["estimate"] is None for region in told["regions"] if not region["shown"])


def test_the_same_document_gives_the_same_bytes(map_release, files, gender, category):
    again = render(read_document(write_document(map_release)))
    assert again == files
    for release in (gender, category):
        assert render(release) == render(release)


def test_archives_can_be_read_and_span_their_zooms(files, map_release):
    for name, kind, packed, zooms in (
        ("tiles", TileType.MVT, Compression.GZIP, (8, 14)),
        ("images", TileType.PNG, Compression.NONE, (8, 15)),
    ):
        reader = Reader(MemorySource(files[f"{name}.pmtiles"]))
        header = reader.header()
        assert (header["tile_type"], header["tile_compression"]) == (kind, packed)
        assert (header["min_zoom"], header["max_zoom"]) == zooms
        assert reader.metadata()["notes"]["what"] == "reported, not verified"
        assert header["min_lon_e7"] == round(map_release.boundary.bounds[0] * 1e7)


def test_vector_tiles_are_valid_and_carry_what_a_map_needs(files, map_release):
    by_id = {region.id: region for region in map_release.regions}
    for tile in vector(files).values():
        for feature in tile["map"]["features"]:
            told, region = feature["properties"], by_id[feature["properties"]["region"]]
            assert shape(feature["geometry"]).is_valid
            assert told.get("estimate") == region.estimate
            assert (told["shown"], told["low"], told["high"]) == (region.shown, region.low, region.high)
            assert (told.get("class") in {1, 2, 3, 4, 5}) == region.shown
            assert "id" not in feature or feature["id"] == 0


def test_the_regions_of_a_tile_share_out_the_city(files, map_release):
    for (zoom, x, y), tile in vector(files).items():
        side = 2 ** (17 - zoom)
        window = shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side)
        city = shapely.intersection(to_tiles(map_release.boundary), window).area * (4096 / side) ** 2
        inside = shapely.box(0, 0, 4096, 4096)
        parts = [shapely.intersection(shape(f["geometry"]), inside) for f in tile["map"]["features"]]
        edge = 4 * 4096 + 64  # a unit along every border is lost or won by whole coordinates
        assert sum(part.area for part in parts) == pytest.approx(city, abs=edge)
        assert shapely.union_all(parts).area == pytest.approx(city, abs=edge)


def test_pictures_show_colour_inside_and_nothing_outside(files):
    for image in pictures(files).values():
        assert (image.size, image.mode) == ((256, 256), "P")
    whole = pictures(files)
    alpha = np.concatenate([np.asarray(i.convert("RGBA"))[..., 3].ravel() for i in whole.values()])
    assert (alpha == 0).any()
    assert (alpha > 200).any()


def test_too_few_to_tell_is_hatched(town, make):
    plan = plan_layer(GENDER, period_named("2026-Q1"), town)
    drawn = pictures(render(make.release(plan, roll_up(plan, [], [], []), k=50.0)))
    seen = {int(index) for image in drawn.values() for index in np.unique(np.asarray(image))}
    assert seen == {0, 11}


def test_geojson_is_the_same_regions(files, map_release):
    told = json.loads(files["regions.geojson"])
    assert [f["id"] for f in told["features"]] == [region.id for region in map_release.regions]
    west, south, east, north = map_release.boundary.bounds
    for feature in told["features"]:
        polygon = shape(feature["geometry"])
        assert polygon.is_valid
        assert shapely.box(west, south, east, north).buffer(1e-5).covers(polygon)


def test_a_crossed_layer_draws_every_value(category, gender):
    crosses = {
        f["properties"]["cross"] for t in vector(render(category)).values() for f in t["category"]["features"]
    }
    assert crosses == set(CATEGORY.values)
    shown = {region.cross for region in gender.regions if region.shown}
    assert shown == {"women"}


def test_an_audit_tells_every_mean_with_its_error(town, make):
    plan = plan_layer(AUDIT, period_named("2026-Q4"), town)
    document = make.release(plan, np.full((len(plan.places), 10), 900, dtype=np.int64))
    told = json.loads(render(document)["regions.geojson"])["features"][0]["properties"]
    mean, se = next(region.means for region in document.regions if region.id == told["region"])["lighting"]
    assert (told["mean_lighting"], told["mean_lighting_se"]) == (mean, se)
    assert 1.5 < mean <= 3
    assert se > 0
    assert sum(name.endswith("_se") for name in told) == 9
