"""OGC API Features: what the standard asks, read by GDAL as desktop GIS do, with the database stopped."""

import json
from threading import Thread
from urllib.parse import urlsplit

import pytest
import shapely
from shapely.geometry import shape
from werkzeug.serving import make_server

from tests.api.conftest import pulse_bytes
from tests.api.gdal import ask
from workers.publish.document import Region
from workers.publish.shelf import Shelf

ITEMS = "/ogc/collections/lantern.map/items"


@pytest.fixture(scope="module")
def address(offline):
    """The door on a real socket; its database is not there."""
    server = make_server("127.0.0.1", 0, offline, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def follow(tiles, href):
    parts = urlsplit(href)
    return tiles.get(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def test_the_landing_page_leads_everywhere(tiles):
    for start in ("/ogc", "/ogc/"):
        links = {link["rel"]: link for link in tiles.get(start).json["links"]}
        assert {"self", "service-desc", "conformance", "data"} <= links.keys()
        for link in links.values():
            answer = follow(tiles, link["href"])
            assert answer.status_code == 200
    conforms = tiles.get("/ogc/conformance").json["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in conforms
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson" in conforms


def test_collections_tell_where_and_when(tiles):
    told = {one["id"]: one for one in tiles.get("/ogc/collections").json["collections"]}
    assert set(told) == {"lantern.map", "lantern.map.latest"}
    extent = told["lantern.map"]["extent"]
    assert extent["spatial"]["bbox"] == [[2.05, 41.32, 2.23, 41.47]]
    assert extent["temporal"]["interval"] == [["2026-07-01T00:00:00Z", "2026-12-31T23:59:59Z"]]
    assert tiles.get("/ogc/collections/lantern.map").json == told["lantern.map"]
    for link in told["lantern.map"]["links"]:
        assert follow(tiles, link["href"]).status_code == 200


def test_items_come_with_a_strong_etag_and_in_pages(tiles):
    seen, href, pages = [], f"{ITEMS}?limit=1", 0
    while href:
        answer = follow(tiles, href)
        assert answer.mimetype == "application/geo+json"
        assert not answer.headers["ETag"].startswith("W/")
        told = answer.json
        assert (told["numberMatched"], told["numberReturned"]) == (4, 1)
        seen += [feature["id"] for feature in told["features"]]
        pages += 1
        href = next((link["href"] for link in told["links"] if link["rel"] == "next"), None)
        assert pages < 10
    assert len(seen) == len(set(seen)) == pages == 4
    whole = tiles.get(ITEMS)
    assert [feature["id"] for feature in whole.json["features"]] == seen
    known = tiles.get(ITEMS, headers={"If-None-Match": whole.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")


def test_one_feature_can_be_asked_for(tiles):
    for feature in tiles.get(ITEMS).json["features"]:
        alone = tiles.get(f"{ITEMS}/{feature['id']}").json
        assert {name: alone[name] for name in feature} == feature
    assert tiles.get(f"{ITEMS}/2026-Q4.nothing").status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("datetime=2026-11-03", {"2026-Q4"}),
        ("datetime=2026-08-01T12:00:00Z", {"2026-Q3"}),
        ("datetime=2026-09-30/2026-10-01", {"2026-Q3", "2026-Q4"}),
        ("datetime=2026-10-01/..", {"2026-Q4"}),
        ("datetime=../2026-09-30T23:59:59Z", {"2026-Q3"}),
        ("datetime=/2026-09-30", {"2026-Q3"}),
        ("datetime=2027-01-01/..", set()),
        ("datetime=2026-10-01T00:30:00%2B02:00", {"2026-Q3"}),
    ],
)
def test_a_time_chooses_periods(tiles, query, expected):
    found = tiles.get(f"{ITEMS}?{query}").json["features"]
    assert {feature["properties"]["period"] for feature in found} == expected


@pytest.mark.parametrize(
    "box",
    [
        "2.14,41.39,2.15,41.40",
        "2.14,41.39,0,2.15,41.40,100",
        "2.19,41.34,2.20,41.35",
        "-1,1,1,2",
        "170,41,2.14,42",
    ],
)
def test_a_box_chooses_what_touches_it(tiles, box):
    numbers = [float(part) for part in box.split(",")]
    west, south, east, north = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
    window = (
        shapely.box(west, south, east, north)
        if west <= east
        else shapely.union(shapely.box(west, south, 180, north), shapely.box(-180, south, east, north))
    )
    every = tiles.get(ITEMS).json["features"]
    expected = [one["id"] for one in every if shape(one["geometry"]).intersects(window)]
    assert [one["id"] for one in tiles.get(f"{ITEMS}?bbox={box}").json["features"]] == expected
    assert len(expected) < len(every)


@pytest.mark.parametrize(
    "query",
    [
        "bbox=1,2,3",
        "bbox=1,2,3,4,5",
        "bbox=a,b,c,d",
        "bbox=nan,1,2,3",
        "bbox=2,41,3,40",
        "bbox=-181,0,1,1",
        "bbox=0,0,1,91",
        "bbox=",
        "limit=0",
        "limit=-1",
        "limit=ten",
        "limit=1e3",
        "offset=-1",
        "datetime=yesterday",
        "datetime=2026-13-01",
        "datetime=2026-10-01/2026-09-01",
        "datetime=../..",
        "datetime=2026-10-01T00:00:00",
        "datetime=1/2/3",
        "f=html",
        "box=1,2,3,4",
        "Bbox=1,2,3,4",
        "filter=shown",
        "crs=x",
        "bbox=1,2,3,4&bbox=1,2,3,4",
        "limit=1&limit=1",
    ],
)
def test_a_wrong_unknown_or_repeated_parameter_never_gives_the_unfiltered_layer(tiles, query):
    answer = tiles.get(f"{ITEMS}?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.json["field"] == query.split("=")[0]


@pytest.mark.parametrize("path", ["", "/", "/conformance", "/collections", "/collections/lantern.map"])
def test_no_resource_takes_what_it_does_not_know(tiles, path):
    assert tiles.get(f"/ogc{path}?limit=3").status_code == 400
    assert tiles.get(f"/ogc{path}?f=json").status_code == 200


def test_a_large_limit_is_as_much_as_there_is(tiles):
    assert tiles.get(f"{ITEMS}?limit=999999999").json["numberReturned"] == 4


@pytest.mark.parametrize(
    "name",
    [
        "lantern",
        "lantern.",
        "lantern.map.",
        "lantern.map.areas",
        "lantern.pulse",
        "nowhere.map",
        "lantern.map.x",
        "..map",
    ],
)
def test_there_is_no_other_collection(tiles, name):
    for path in ("", "/items", "/items/1"):
        answer = tiles.get(f"/ogc/collections/{name}{path}")
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_gdal_reads_the_regions_as_desktop_gis_do(address, lantern):
    source = f"OAPIF:{address}/ogc"
    assert set(ask(what="layers", source=source)) == {"lantern.map", "lantern.map.latest"}
    read = ask(what="read", source=source, layer="lantern.map.latest")
    told = json.loads((lantern / "lantern/map/2026-Q4/regions.geojson").read_bytes())["features"]
    assert read["columns"]["region"] == [one["id"] for one in told]
    assert all(
        shapely.from_wkb(one).equals(shape(other["geometry"]))
        for one, other in zip(read["shapes"], told, strict=True)
    )
    assert set(read["columns"]["period"]) == {"2026-Q4"}
    boxed = ask(what="read", source=source, layer="lantern.map", bbox=[2.19, 41.34, 2.20, 41.35])
    assert len(boxed["shapes"]) == 2


def test_areas_are_a_collection_where_a_layer_counts_in_them(client, city, settings):
    region = Region("sw", "area", None, (), "sw", None, False, None, 7.06, 0, 20)
    assert Shelf(settings.releases_dir, city).place(
        "pulse", "2026-W40", pulse_bytes(city, "2026-W40", (region,))
    )
    names = {one["id"] for one in client.get("/ogc/collections").json["collections"]}
    assert {f"{city}.pulse", f"{city}.pulse.latest", f"{city}.pulse.areas"} <= names
    [area] = client.get(f"/ogc/collections/{city}.pulse.areas/items").json["features"]
    assert (area["properties"]["area"], area["properties"]["name"]) == ("sw", "SW")
