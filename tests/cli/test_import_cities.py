"""Boundary files become cities: repaired where that changes nothing, refused in one clear line where it would."""

from __future__ import annotations

import gzip
import json
from datetime import date

import pytest
import shapely
from shapely.geometry import box, mapping, shape

from backend.cli import cities
from backend.cli.demo import material
from backend.errors import InvalidInput

NAMING = cities.Naming("springfield", "Springfield", "America/Chicago", ("en",))
DAY = date(2026, 7, 1)


@pytest.fixture
def put(tmp_path):
    def put_it(told, name="city.geojson"):
        path = tmp_path / name
        path.write_bytes(told if isinstance(told, bytes) else json.dumps(told).encode())
        return path

    return put_it


def collection(*features, **members):
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"name": name}, "geometry": geometry}
            for name, geometry in features
        ],
    } | members


def square(west, south, size=1):
    return mapping(box(west, south, west + size, south + size))


def read(path, naming=NAMING):
    return cities.read_boundary(path, naming, DAY)


def test_features_become_areas_and_their_union_the_boundary(put):
    city = read(put(collection(("North Side", square(0, 1)), ("Río Piedras", square(0, 0)))))
    assert [(area["code"], area["name"]) for area in city["areas"]] == [
        ("north-side", "North Side"),
        ("rio-piedras", "Río Piedras"),
    ]
    assert shape(city["boundary"]).equals(box(0, 0, 1, 2))
    assert {area["geometry"]["type"] for area in city["areas"]} == {"MultiPolygon"}
    assert city["started_on"] == "2026-07-01"
    json.dumps(city)


def test_features_of_one_name_become_one_area(put):
    city = read(put(collection(("A", square(0, 0)), ("A", square(3, 0)), ("B", square(1, 0)))))
    assert [area["code"] for area in city["areas"]] == ["a", "b"]
    assert len(city["areas"][0]["geometry"]["coordinates"]) == 2


def test_packed_files_and_byte_order_marks_are_read(put):
    told = b"\xef\xbb\xbf" + json.dumps(collection(("A", square(0, 0)))).encode()
    assert read(put(gzip.compress(told), "a.geojson.gz")) == read(put(told))


def test_a_small_overlap_goes_to_the_first(put):
    city = read(put(collection(("A", square(0, 0)), ("B", square(0.99, 0)))))
    first, second = (shape(area["geometry"]) for area in city["areas"])
    assert first.equals(box(0, 0, 1, 1))
    assert first.intersection(second).area == 0


def test_heights_are_dropped(put):
    flat = read(put(collection(("A", square(0, 0)))))
    high = {
        "type": "Polygon",
        "coordinates": [[[*corner, 12.5] for corner in square(0, 0)["coordinates"][0]]],
    }
    assert read(put(collection(("A", high)))) == flat


def test_a_doubled_back_border_is_repaired(put):
    spike = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [1, 1.5], [1, 1], [0, 1], [0, 0]]]}
    city = read(put(collection(("A", spike))))
    assert shape(city["boundary"]).equals(box(0, 0, 1, 1))


# A city drawn over the antimeridian without being cut there: taken by its numbers, it is a belt around the world.
ROUND_THE_WORLD = {
    "type": "Polygon",
    "coordinates": [[[179.9, -17], [-179.9, -17], [-179.9, -16.9], [179.9, -16.9], [179.9, -17]]],
}
BOWTIE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no JSON object"),
        (b"\x1f\x8bnothing", "cannot be read"),
        ({"type": "Feature"}, "FeatureCollection"),
        ({"type": "FeatureCollection", "features": []}, "FeatureCollection"),
        ({"type": "FeatureCollection", "features": [1]}, "no JSON object"),
        (collection(("", square(0, 0))), "no property name"),
        (collection(("A", None)), "geometry of a"),
        (collection(("A", {"type": "Point", "coordinates": [0, 0]})), "no polygon"),
        (collection(("A", {"type": "Polygon", "coordinates": []})), "no polygon"),
        (collection(("A", {"type": "Polygon", "coordinates": "no"})), "cannot be read"),
        (collection(("A", square(430_000, 4_580_000))), "no degrees"),
        (collection(("A", BOWTIE)), "self-intersection"),
        (collection(("A", ROUND_THE_WORLD)), "antimeridian"),
        (collection(("A", square(0, 0)), ("B", square(0.5, 0))), "overlap: b and a"),
        (collection(("A", square(0, 0)), crs={"properties": {"name": "EPSG:25831"}}), "EPSG:25831"),
    ],
)
def test_what_cannot_be_a_city_is_refused_in_one_line(put, told, said):
    with pytest.raises(InvalidInput, match=said) as caught:
        read(put(told))
    assert "\n" not in caught.value.detail


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"])
def test_the_usual_names_of_wgs84_are_known(put, name):
    assert read(put(collection(("A", square(0, 0)), crs={"type": "name", "properties": {"name": name}})))


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "Spring Field"},
        {"id": ""},
        {"name": " "},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../etc/passwd"},
        {"languages": ()},
        {"languages": ("english",)},
        {"country": "es"},
    ],
)
def test_wrong_words_are_refused_with_their_field(put, wrong):
    naming = cities.Naming(**{**NAMING.__dict__, **wrong})
    with pytest.raises(InvalidInput) as caught:
        read(put(collection(("A", square(0, 0)))), naming)
    assert caught.value.field == next(iter(wrong))


def test_the_projects_own_form_reads_back(put):
    told = material.city()
    city = cities.read_city(put(told))
    assert city.keys() == told.keys() - {"comment"}
    for mine, theirs in zip(city["areas"], told["areas"], strict=True):
        assert mine["code"] == theirs["code"]
        assert shape(mine["geometry"]).equals(shape(theirs["geometry"]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mayor": "x"}, "mayor"),
        ({"areas": []}, "Areas are"),
        ({"areas": [{"code": "1"}]}, "Areas are"),
        ({"started_on": "soon"}, "first day"),
    ],
)
def test_a_wrong_member_of_the_own_form_is_named(put, change, said):
    with pytest.raises(InvalidInput, match=said):
        cities.read_city(put(material.city() | change))


def test_areas_must_fill_the_boundary(put):
    told = material.city()
    with pytest.raises(InvalidInput, match="fill"):
        cities.read_city(put(told | {"areas": told["areas"][1:]}))
    with pytest.raises(InvalidInput, match="same code"):
        cities.read_city(put(told | {"areas": [told["areas"][0], *told["areas"]]}))


@pytest.mark.stories
@pytest.mark.parametrize(
    ("file", "names", "areas"),
    [
        ("chicago.geojson.gz", None, 98),
        ("bogota.geojson", None, 19),
        ("montreal.geojson", None, 19),
        ("paris.geojson", None, 20),
        ("delhi/Delhi_Boundary.geojson", "Id", 1),
        ("barcelona/barris/barris.geojson.gz", "NOM", 73),
        ("barcelona/districtes/districtes.geojson", "NOM", 10),
    ],
)
def test_real_boundaries_become_partitions(shared_data, file, names, areas):
    naming = cities.Naming(**{**NAMING.__dict__, "area_name": names})
    city = read(shared_data / "boundaries" / file, naming)
    shapes = [shape(area["geometry"]) for area in city["areas"]]
    assert len(shapes) == areas
    assert all(one.is_valid for one in shapes)
    union = shapely.union_all(shapes)
    assert sum(one.area for one in shapes) == pytest.approx(union.area, rel=1e-9)
    assert union.symmetric_difference(shape(city["boundary"])).area < 1e-9
