"""What is published, as programs find it."""

import pytest

from tests.api.conftest import pulse_bytes
from workers.publish.document import Region
from workers.publish.shelf import Shelf

ROOT = "/v1/cities/lantern/layers"


def test_layers_are_listed_with_their_periods(tiles):
    answer = tiles.get(ROOT)
    assert answer.json == {
        "layers": [
            {
                "name": "map",
                "period_kind": "quarter",
                "place": "cell",
                "kinds": ["condition", "incident"],
                "epsilon": "7/10",
                "cross": None,
                "periods": ["2026-Q3", "2026-Q4"],
                "latest": "2026-Q4",
                "tilejson": "/v1/cities/lantern/layers/map/tilejson.json",
            }
        ],
        "withdrawn": [],
    }
    assert answer.headers["Cache-Control"] == "public, max-age=60"


def test_tilejson_says_where_tiles_are_and_what_they_are_not(tiles):
    told = tiles.get(f"{ROOT}/map/tilejson.json", base_url="https://farola.example").json
    root = "https://farola.example/v1/cities/lantern/layers/map/2026-Q4"
    assert told["tilejson"] == "3.0.0"
    assert told["tiles"] == [f"{root}/{{z}}/{{x}}/{{y}}.mvt"]
    assert told["bounds"] == [2.05, 41.32, 2.23, 41.47]
    assert (told["minzoom"], told["maxzoom"]) == (8, 14)
    [layer] = told["vector_layers"]
    assert layer["id"] == "map"
    assert {"region", "shown", "estimate", "low", "high", "se", "part"} <= set(layer["fields"])
    assert told["farola"] == {
        "city": "lantern",
        "layer": "map",
        "period": "2026-Q4",
        "period_first": "2026-10-01",
        "period_last": "2026-12-31",
        "kinds": ["condition", "incident"],
        "correction": False,
        "epsilon": "7/10",
        "k": 3.1,
        "regions_withheld": 1,
        "whole_city": None,
        "plan": "0" * 64,
        "published_at": "2027-01-01T00:00:00+00:00",
        "notes": {"what": "reported, not verified", "not": "not a crime rate, not SDG 11.7.2"},
        "withdrawn": None,
        "images": f"{root}/{{z}}/{{x}}/{{y}}.png",
        "geojson": f"{root}.geojson",
        "pmtiles": f"{root}.pmtiles",
    }


def test_a_named_period_is_described_as_it_was_published(tiles):
    told = {period: tiles.get(f"{ROOT}/map/{period}/tilejson.json").json for period in ("2026-Q3", "2026-Q4")}
    for period, tilejson in told.items():
        assert tilejson["farola"]["period"] == period
        assert tilejson["tiles"] == [f"http://localhost{ROOT}/map/{period}/{{z}}/{{x}}/{{y}}.mvt"]
    assert told["2026-Q4"] == tiles.get(f"{ROOT}/map/tilejson.json").json
    assert tiles.get(f"{ROOT}/map/2026-Q2/tilejson.json").status_code == 404
    assert tiles.get(f"{ROOT}/map/2026-W47/tilejson.json").status_code == 404


def test_the_pulse_tells_the_whole_city_with_its_error(client, city, settings):
    areas = Region("sw", "area", None, (), "sw", None, False, None, 7.06, 0, 20)
    whole = Region("city", "city", None, (), None, None, True, 14, 14.12, 0, 38)
    data = pulse_bytes(city, "2026-W40", (areas, whole))
    assert Shelf(settings.releases_dir, city).place("pulse", "2026-W40", data)
    told = client.get(f"/v1/cities/{city}/layers/pulse/2026-W40/tilejson.json").json["farola"]
    assert told["whole_city"] == {"estimate": 14, "low": 0, "high": 38, "se": 14.12}
    assert told["regions_withheld"] == 1


def test_the_addresses_in_a_tilejson_answer(tiles):
    told = tiles.get(f"{ROOT}/map/tilejson.json").json
    z, x, y = 12, 2072, 1529
    for template in (told["tiles"][0], told["farola"]["images"]):
        address = template.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))
        assert tiles.get(address).status_code == 200
    for address in (told["data"][0], told["farola"]["pmtiles"]):
        assert tiles.get(address).status_code == 200


@pytest.mark.parametrize("layer", ["pulse", "nothing", "Map", "map%20"])
def test_a_layer_that_is_not_published_is_a_problem(tiles, layer):
    answer = tiles.get(f"{ROOT}/{layer}/tilejson.json")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


def test_a_city_without_releases_has_none_and_no_city_is_a_problem(client, city):
    assert client.get(f"/v1/cities/{city}/layers").json == {"layers": [], "withdrawn": []}
    assert client.get("/v1/cities/nowhere/layers").status_code == 404
