"""What desktop GIS, portals and map libraries of others make of what is published; the database is stopped."""

import io
import json
import math
import re
import shutil
import subprocess
from threading import Thread
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import rdflib
import shapely
from PIL import Image
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF
from werkzeug.serving import make_server

from backend.domain.cells import ancestor, xyz
from tests.api.conftest import SHOWN, pulse_bytes
from tests.api.gdal import ask
from tests.support import ROOT as CHECKOUT
from workers.publish.document import Region
from workers.publish.shelf import Shelf

EDGE = 20037508.342789244  # metres from the middle of the map to its edge
LAYER = "/v1/cities/lantern/layers/map"


class Seen:
    """The door, and what it was asked for in parts."""

    def __init__(self, app):
        self.app, self.parts = app, []

    def __call__(self, environ, start_response):
        def note(status, headers, exc_info=None):
            if status.startswith("206"):
                self.parts.append(environ["HTTP_RANGE"])
            return start_response(status, headers)

        return self.app(environ, note)


@pytest.fixture(scope="module")
def served(offline):
    seen = Seen(offline)
    server = make_server("127.0.0.1", 0, seen, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def opaque(data):
    """Where something is drawn."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))[..., 3] > 0


def path_of(address):
    return urlsplit(address).path


def test_gdal_reads_the_archive_over_ranges(served, lantern):
    """It asks for parts only, and finds in the finest tiles what the release says."""
    address, seen = served
    read = ask(what="read", source=f"/vsicurl/{address}{LAYER}/2026-Q4.pmtiles", layer="map")
    told = json.loads((lantern / "lantern/map/2026-Q4/regions.geojson").read_bytes())["features"]
    assert set(read["columns"]["region"]) == {one["id"] for one in told}
    assert seen.parts
    assert all(shapely.from_wkb(one).is_valid for one in read["shapes"])
    assert {one for one in read["columns"]["estimate"] if not math.isnan(one)} == {35}


def test_gdal_reads_wmts_as_desktop_gis_do(served, tiles):
    """The pixels of a window are those of the tile that covers it."""
    address, _ = served
    z, x, y = xyz(ancestor(SHOWN, 12))
    side = 2 * EDGE / 2**z
    west, north = x * side - EDGE, EDGE - y * side
    source = f"WMTS:{address}/v1/cities/lantern/wmts.xml,layer=map"
    read = ask(what="window", source=source, bounds=[west, north - side, west + side, north], side=256)
    assert read["epsg"] == 3857
    drawn = opaque(tiles.get(f"{LAYER}/2026-Q4/{z}/{x}/{y}.png").data)
    assert drawn.any()
    assert ((np.array(read["pixels"][3]) > 0) == drawn).mean() > 0.95


def test_wmts_names_all_periods_and_the_tiles_it_names_are_there(tiles):
    spaces = {"": "http://www.opengis.net/wmts/1.0", "ows": "http://www.opengis.net/ows/1.1"}
    root = ET.fromstring(tiles.get("/v1/cities/lantern/wmts.xml").data)  # noqa: S314 (our own)
    assert [one.text for one in root.findall(".//Dimension/Value", spaces)] == ["2026-Q4", "2026-Q3"]
    template = root.find(".//ResourceURL", spaces).attrib["template"]
    matrices = [one.text for one in root.findall(".//TileMatrix/ows:Identifier", spaces)]
    assert matrices == [str(zoom) for zoom in range(8, 16)]
    filled = re.sub(
        r"\{(\w+)\}",
        lambda part: {"Period": "2026-Q3", "TileMatrix": "8", "TileCol": "129", "TileRow": "95"}[part[1]],
        template,
    )
    assert tiles.get(path_of(filled)).mimetype == "image/png"
    legend = root.find(".//LegendURL", spaces).attrib["{http://www.w3.org/1999/xlink}href"]
    assert tiles.get(path_of(legend)).mimetype == "image/svg+xml"


def tilejson_faults(told, *, vector):
    """What TileJSON 3.0.0 asks for and is not so (chapters 3.1 to 3.18 of its text)."""
    faults = []

    def need(name, holds):
        if not holds:
            faults.append(name)

    need("tilejson", re.fullmatch(r"3\.\d+\.\d+", told.get("tilejson", "")))
    tiles = told.get("tiles")
    need("tiles", isinstance(tiles, list) and tiles and all(isinstance(one, str) for one in tiles))
    need("tiles", all({"{z}", "{x}", "{y}"} <= set(re.findall(r"\{\w+\}", one)) for one in tiles or []))
    low, high = told.get("minzoom", 0), told.get("maxzoom", 30)
    need("zooms", isinstance(low, int) and isinstance(high, int) and 0 <= low <= high <= 30)
    bounds = told.get("bounds", [-180, -85, 180, 85])
    need("bounds", len(bounds) == 4 and bounds[0] < bounds[2] and bounds[1] < bounds[3])
    need("bounds", bounds[0] >= -180 and bounds[2] <= 180 and bounds[1] >= -90 and bounds[3] <= 90)
    if "center" in told:
        x, y, zoom = told["center"]
        need("center", bounds[0] <= x <= bounds[2] and bounds[1] <= y <= bounds[3] and low <= zoom <= high)
    need("scheme", told.get("scheme", "xyz") in {"xyz", "tms"})
    need("data", all(isinstance(one, str) for one in told.get("data", [])))
    for name in ("name", "description", "attribution", "legend", "template"):
        need(name, isinstance(told.get(name, ""), str))
    need("version", re.fullmatch(r"\d+\.\d+\.\d+", told.get("version", "1.0.0")))
    need("vector_layers", isinstance(told.get("vector_layers"), list) or not vector)
    for layer in told.get("vector_layers") or []:
        need("vector_layers.id", isinstance(layer.get("id"), str))
        fields = layer.get("fields")
        need(
            "vector_layers.fields",
            isinstance(fields, dict) and all(isinstance(v, str) for v in fields.values()),
        )
        need("vector_layers.zooms", low <= layer.get("minzoom", low) <= layer.get("maxzoom", high) <= high)
    return faults


def test_tilejson_keeps_the_rules_of_its_specification(tiles):
    for path, vector in (
        ("/tilejson.json", True),
        ("/2026-Q3/tilejson.json", True),
        ("/latest/images.json", False),
    ):
        assert tilejson_faults(tiles.get(f"{LAYER}{path}").json, vector=vector) == []


def test_what_checks_tilejson_finds_faults(tiles):
    good = tiles.get(f"{LAYER}/tilejson.json").json
    for name, value in (
        ("tilejson", "2.2.0"), ("tiles", []), ("tiles", ["https://a/{z}/{x}.mvt"]), ("maxzoom", 31),
        ("bounds", [3, 0, 2, 1]), ("scheme", "zyx"), ("vector_layers", [{"id": "map"}]), ("vector_layers", None),
    ):  # fmt: skip
        assert tilejson_faults({**good, name: value}, vector=True)


def test_the_style_is_valid_by_maplibres_own_validator(tiles, client, city, settings):
    region = Region("sw", "area", None, (), "sw", None, False, None, 7.06, 0, 20)
    Shelf(settings.releases_dir, city).place("pulse", "2026-W40", pulse_bytes(city, "2026-W40", (region,)))
    styles = [
        tiles.get(f"{LAYER}/2026-Q4/style.json").json,
        tiles.get(f"{LAYER}/latest/style.json").json,
        client.get(f"/v1/cities/{city}/layers/pulse/latest/style.json").json,
    ]
    script = """
        import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
        let text = ""; for await (const part of process.stdin) text += part;
        const styles = JSON.parse(text);
        console.log(JSON.stringify([...styles, {...styles[0], layers: [{id: "x", type: "fill"}]}].map((one) => validateStyleMin(one))));
    """
    node = shutil.which("node") or str(CHECKOUT / ".venv/.node/bin/node")
    done = subprocess.run(
        [node, "--input-type=module", "-e", script], input=json.dumps(styles), cwd=CHECKOUT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    *ours, broken = json.loads(done.stdout)
    assert ours == [[], [], []]
    assert broken


def test_the_style_leads_to_its_tiles_its_hatch_and_its_legend(tiles):
    style = tiles.get(f"{LAYER}/latest/style.json").json
    tilejson = tiles.get(path_of(style["sources"]["farola"]["url"])).json
    fields = tilejson["vector_layers"][0]["fields"]
    used = set(re.findall(r'\["get", "(\w+)"\]', json.dumps(style["layers"])))
    assert used <= fields.keys()
    for scale in ("", "@2x"):
        index = tiles.get(path_of(style["sprite"]) + f"{scale}.json").json["hatch"]
        lines = opaque(tiles.get(path_of(style["sprite"]) + f"{scale}.png").data)
        assert lines.shape == (index["height"], index["width"])
        assert 0 < lines.mean() < 1
    legend = style["metadata"]["farola:legend"]
    drawn = [
        step
        for layer in style["layers"]
        if layer["id"].endswith("-shown")
        for step in layer["paint"]["fill-color"][2:-1]
    ]
    assert [entry["colour"] for entry in legend if entry.get("class")] == drawn[1::2]
    assert {entry["label"] for entry in legend} >= {"fewer", "more", "too few to tell"}
    assert style["metadata"]["farola:release"]["notes"]["what"] == "reported, not verified"


def test_the_legend_is_drawn_in_the_citys_languages(tiles):
    english, spanish = (tiles.get(f"{LAYER}/legend.svg{query}").data for query in ("", "?language=es"))
    assert ET.fromstring(english).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 (our own)
    assert b"too few to tell" in english
    assert english != spanish
    assert tiles.get(f"{LAYER}/legend.svg?lang=es").status_code == 422


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_the_catalogue_holds_what_dcat_ap_demands(tiles):
    answer = tiles.get("/v1/catalog.jsonld")
    assert answer.mimetype == "application/ld+json"
    graph = rdflib.Graph().parse(data=answer.data, format="json-ld")
    [catalogue] = graph.subjects(RDF.type, DCAT.Catalog)
    for needed in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.dataset):
        assert (catalogue, needed, None) in graph
    [dataset] = graph.subjects(RDF.type, DCAT.Dataset)
    for needed in (DCTERMS.title, DCTERMS.description, DCTERMS.temporal, DCTERMS.spatial, DCAT.theme):
        assert (dataset, needed, None) in graph
    assert "reported, not verified" in str(graph.value(dataset, DCTERMS.description)).lower()
    assert "7.4 times" in str(graph.value(dataset, DCTERMS.description))
    for agent in graph.objects(None, DCTERMS.publisher):
        assert (agent, FOAF.name, None) in graph
    distributions = list(graph.objects(dataset, DCAT.distribution))
    assert len(distributions) == 5
    for one in distributions:
        answer = tiles.get(path_of(str(graph.value(one, DCAT.accessURL))))
        assert answer.status_code == 200
        assert len(answer.data) == int(graph.value(one, DCAT.byteSize))
        assert str(graph.value(one, DCAT.mediaType)).endswith(answer.mimetype)


def test_the_feed_lists_releases_with_what_can_be_downloaded(tiles):
    atom = {"": "http://www.w3.org/2005/Atom"}
    for path in ("/v1/releases.atom", "/v1/cities/lantern/releases.atom"):
        feed = ET.fromstring(tiles.get(path).data)  # noqa: S314 (our own)
        for needed in ("id", "title", "updated", "author/name"):
            assert feed.find(needed, atom).text
        entries = feed.findall("entry", atom)
        assert {entry.find("title", atom).text[-7:] for entry in entries} == {"2026-Q3", "2026-Q4"}
        assert len({entry.find("id", atom).text for entry in entries}) == 2
        for link in entries[0].findall("link", atom):
            assert tiles.get(path_of(link.attrib["href"])).status_code == 200
    assert tiles.get("/v1/cities/nowhere/releases.atom").status_code == 404
    assert tiles.get("/v1/releases.atom?city=lantern").status_code == 422
