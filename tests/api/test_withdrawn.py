"""A release that was taken back stays as it was, and everything that names it says so; the database is stopped."""

import json
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from backend.app import create_app
from backend.cli import main
from backend.config import load_settings
from backend.domain.permissions import Role
from backend.domain.withdrawals import NOTES
from tests.api.conftest import Reader, release_bytes
from tests.staff import PASSWORD, add_staff
from tests.support import environment
from workers.publish.document import canonical
from workers.publish.release import release_city
from workers.publish.shelf import Shelf

CITY = "/v1/cities/lantern"
LAYER = f"{CITY}/layers/map"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
NOTE = {
    "layer": "map", "period": "2026-Q4", "withdrawn_on": "2027-01-05", "reason": "outline_wrong",
    "note": NOTES["outline_wrong"], "corrected_by": "2026-Q4-corrected",
}  # fmt: skip


@pytest.fixture(scope="module")
def shelves(tmp_path_factory):
    """Two quarters of which the second was taken back: one city with a correction, one without."""
    folder = tmp_path_factory.mktemp("withdrawn")
    for city, corrected in (("lantern", True), ("dark", False)):
        shelf = Shelf(folder, city)
        for period, estimate in (("2026-Q3", 30), ("2026-Q4", 35)):
            shelf.place("map", period, release_bytes(city, period, estimate))
        if corrected:
            told = json.loads(release_bytes(city, "2026-Q4", 41))
            shelf.place("map", "2026-Q4-corrected", canonical(told | {"correction": True, "epsilon": "3/10"}))
        note = NOTE if corrected else NOTE | {"corrected_by": None}
        shelf.annotate("map", "2026-Q4", canonical(note))
    return folder


@pytest.fixture(scope="module")
def reader(shelves, tmp_path_factory):
    """The residents' door with a database and a Redis that are not there."""
    environ = {
        "FAROLA_STATE_DIR": str(tmp_path_factory.mktemp("offline")),
        "FAROLA_RELEASES_DIR": str(shelves),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    app = create_app(load_settings(environ), "residents")
    app.test_client_class = Reader
    return app.test_client()


def test_the_list_of_layers_names_what_stands_and_what_was_taken_back(reader):
    told = reader.get(f"{CITY}/layers").json
    assert told["withdrawn"] == [NOTE]
    assert told["layers"][0]["periods"] == ["2026-Q3", "2026-Q4-corrected"]
    assert told["layers"][0]["latest"] == "2026-Q4-corrected"
    told = reader.get("/v1/cities/dark/layers").json
    assert told["layers"][0]["latest"] == "2026-Q3"
    assert told["withdrawn"][0]["corrected_by"] is None


def test_its_description_says_so_and_that_of_the_correction_that_it_is_one(reader):
    wrong = reader.get(f"{LAYER}/2026-Q4/tilejson.json").json
    assert wrong["farola"]["withdrawn"] == NOTE
    assert wrong["description"].startswith(NOTES["outline_wrong"])
    for name in ("2026-Q4-corrected", None):
        right = reader.get(f"{LAYER}/{name}/tilejson.json" if name else f"{LAYER}/tilejson.json").json
        assert (right["farola"]["withdrawn"], right["farola"]["correction"]) == (None, True)
        assert right["farola"]["epsilon"] == "3/10"
        assert "/2026-Q4-corrected/" in right["tiles"][0]


@pytest.mark.parametrize("ending", ["geojson", "csv", "gpkg", "parquet", "pmtiles"])
def test_its_files_stay_byte_for_byte_and_their_headers_say_what_stands_instead(reader, shelves, ending):
    wrong, right = (reader.get(f"{LAYER}/{name}.{ending}") for name in ("2026-Q4", "2026-Q4-corrected"))
    name = "tiles.pmtiles" if ending == "pmtiles" else f"regions.{ending}"
    assert wrong.data == (shelves / "lantern" / "map" / "2026-Q4" / name).read_bytes()
    assert wrong.headers["Deprecation"] == f"@{int(datetime(2027, 1, 5, tzinfo=UTC).timestamp())}"
    links = ", ".join(wrong.headers.get_all("Link"))
    assert f'{LAYER}/2026-Q4-corrected.{ending}>; rel="successor-version"' in links
    assert "immutable" not in wrong.headers["Cache-Control"]
    assert right.status_code == 200
    assert "Deprecation" not in right.headers
    assert "immutable" in right.headers["Cache-Control"]


def test_its_tiles_are_answered_as_before_and_those_of_the_correction_beside_them(reader, shelves):
    seen = {}
    for name in ("2026-Q4", "2026-Q4-corrected", "latest"):
        answers = [reader.get(f"{LAYER}/{name}/12/{x}/{y}.mvt") for x in (2072, 2073) for y in (1529, 1530)]
        assert {answer.status_code for answer in answers} == {200}
        seen[name] = [answer.data for answer in answers]
    assert any(seen["2026-Q4"])
    assert seen["latest"] == seen["2026-Q4-corrected"] != seen["2026-Q4"]
    assert reader.get(f"{LAYER}/2026-W40-corrected/12/2072/1529.mvt").status_code == 404
    assert reader.get(f"{LAYER}/2026-Q3-corrected/12/2072/1529.mvt").status_code == 404


def test_the_feed_tells_it_as_news_with_what_stands_instead(reader):
    root = ET.fromstring(reader.get(f"{CITY}/releases.atom").data)  # noqa: S314 - our own
    entries = {one.find("a:title", ATOM).text: one for one in root.findall("a:entry", ATOM)}
    wrong = entries["Withdrawn: City lantern: map, 2026-Q4"]
    assert (
        wrong.find("a:updated", ATOM).text == "2027-01-05T00:00:00+00:00" == root.find("a:updated", ATOM).text
    )
    assert wrong.find("a:summary", ATOM).text.startswith(NOTES["outline_wrong"])
    assert wrong.find("a:category", ATOM).attrib == {"term": "withdrawn"}
    [link] = [one for one in wrong.findall("a:link", ATOM) if one.attrib["rel"] == "successor-version"]
    assert link.attrib["href"].endswith(f"{LAYER}/2026-Q4-corrected/tilejson.json")
    assert "City lantern: map, 2026-Q4-corrected" in entries


def test_the_catalogue_offers_the_correction_and_notes_what_was_taken_back(reader):
    [corrected, dark] = sorted(
        reader.get("/v1/catalog.jsonld").get_json(force=True)["dcat:dataset"],
        key=lambda one: "lantern" not in one["@id"],
    )
    assert all("/2026-Q4-corrected." in one["@id"] for one in corrected["dcat:distribution"])
    assert all("/2026-Q3." in one["@id"] for one in dark["dcat:distribution"])
    for one in (corrected, dark):
        [note] = one["adms:versionNotes"]
        assert note["@value"] == f"2026-Q4: {NOTES['outline_wrong']}"


def test_features_are_those_that_stand(reader):
    told = reader.get("/ogc/collections/lantern.map/items?limit=100").json
    ids = {feature["id"].partition(".")[0] for feature in told["features"]}
    assert ids == {"2026-Q3", "2026-Q4-corrected"}
    newest = reader.get("/ogc/collections/lantern.map.latest/items?limit=100").json
    assert {
        feature["properties"]["estimate"] for feature in newest["features"] if feature["properties"]["shown"]
    } == {41}
    one = newest["features"][0]["id"]
    assert reader.get(f"/ogc/collections/lantern.map/items/{one}").json["id"] == one


def test_a_layer_of_which_nothing_stands_is_told_all_the_same(tmp_path, shelves):
    shelf = Shelf(tmp_path / "releases", "lantern")
    shelf.place("map", "2026-Q4", release_bytes("lantern", "2026-Q4"))
    shelf.annotate("map", "2026-Q4", canonical(NOTE | {"corrected_by": None}))
    environ = {
        "FAROLA_STATE_DIR": str(tmp_path), "FAROLA_RELEASES_DIR": str(tmp_path / "releases"),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "REDIS_URL": "redis://127.0.0.1:1",
    }  # fmt: skip
    client = create_app(load_settings(environ), "residents").test_client()
    told = client.get(f"{CITY}/layers").json
    assert (told["layers"], len(told["withdrawn"])) == ([], 1)
    assert client.get(f"{LAYER}/latest/12/2072/1529.mvt").status_code == 404
    assert client.get(f"{LAYER}/2026-Q4/12/2072/1529.mvt").status_code == 200


# --- the staff's door ----------------------------------------------------------------------------


@pytest.fixture
def log_in(client, works, city):
    """Log in as a fresh member of staff; return how to ask as them."""

    def go(name, role):
        add_staff(works, city, name, role)
        told = client.post(f"/v1/cities/{city}/review/session", json={"name": name, "password": PASSWORD})
        headers = {"Authorization": f"Bearer {told.json['token']}"}
        # The cookie of the one would stand beside the token of the other.
        client.delete_cookie("farola_session", path=f"/v1/cities/{city}/review")
        root = f"/v1/cities/{city}/review/withdrawals"
        return lambda path="", **body: (
            client.post(f"{root}{path}", json=body, headers=headers)
            if body
            else client.get(root, headers=headers)
        )

    return go


def test_two_of_the_staff_take_a_release_back_through_their_door(
    log_in, runtime, works, city, clock, monkeypatch
):
    monkeypatch.setattr("workers.publish.release.k_of", lambda _plan: 4.0)
    monkeypatch.setattr("workers.publish.shelf.render", lambda _document: {})
    clock.at = datetime(2027, 1, 1, 7, tzinfo=UTC)
    release_city(runtime, city)
    lead, admin = log_in("ada", Role.LEAD), log_in("bo", Role.CITY_ADMIN)
    told = {"layer": "map", "period": "2026-Q4", "reason": "counting_wrong", "corrects": True}
    assert log_in("cy", Role.MODERATOR)(**told).status_code == 403
    assert lead(**(told | {"reason": "x"})).status_code == 422
    assert lead(**(told | {"period": "2026-Q1"})).status_code == 404
    asked = lead(**told)
    assert (asked.status_code, asked.json["state"], asked.json["mine"]) == (201, "asked", True)
    assert lead(f"/{asked.json['id']}/answer", grant=True).status_code == 403
    assert admin(f"/{asked.json['id']}/answer", grant=True).status_code == 204
    assert release_city(runtime, city).published == [("map", "2026-Q4-corrected")]
    [one] = admin().json["withdrawals"]
    assert (one["state"], one["asked_by"], one["answered_by"], one["mine"]) == ("done", "ada*", "bo*", False)


def test_the_command_lists_what_was_asked_and_does_nothing_else(
    log_in, runtime, city, clock, settings, monkeypatch
):
    monkeypatch.setattr("workers.publish.release.k_of", lambda _plan: 4.0)
    monkeypatch.setattr("workers.publish.shelf.render", lambda _document: {})
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    clock.at = datetime(2027, 1, 1, 7, tzinfo=UTC)
    release_city(runtime, city)
    asked = log_in("ada", Role.LEAD)(
        layer="map", period="2026-Q4", reason="counting_wrong", corrects=False
    ).json

    def listed():
        done = CliRunner().invoke(main, ["release", "--withdrawals", "--json"])
        assert done.exit_code == 0, done.stderr
        return [one for one in json.loads(done.stdout)["withdrawals"] if one["city"] == city]

    [one] = listed()
    assert (one["layer"], one["period"], one["state"]) == ("map", "2026-Q4", "asked")
    assert (one["asked_by"], one["answered_by"], one["until"]) == ("ada*", None, asked["until"])
    assert listed() == [one]
    assert CliRunner().invoke(main, ["release", "--withdrawals", "--due"]).exit_code == 1
    assert CliRunner().invoke(main, ["release"]).exit_code == 1
