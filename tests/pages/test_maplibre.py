"""A layer's style and tiles in MapLibre itself, as another site would embed them; the database is stopped."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server

from backend.app import create_app
from backend.config import load_settings
from tests.api.conftest import release_bytes
from tests.pages.conftest import ROOT
from workers.publish.shelf import Shelf

pytestmark = pytest.mark.browser
LIBRARY = ROOT / "node_modules" / "maplibre-gl" / "dist"
ELSEWHERE = "elsewhere"  # below the door, where a browser takes it for a site of its own network
PAGE = """<!doctype html><meta charset="utf-8"><style>#map { width: 600px; height: 400px }</style>
<div id="map"></div><script type="module">
import * as library from "./maplibre-gl.mjs";
const { Map } = library.default ?? library;
window.wrong = [];
const map = new Map({ container: "map", style: "STYLE", center: [2.15, 41.4], zoom: 11, fadeDuration: 0 });
map.on("error", (event) => window.wrong.push(String(event.error?.message ?? event.error)));
map.once("idle", () => {
  const found = map.queryRenderedFeatures();
  window.seen = found.map((one) => ({ layer: one.layer.id, ...one.properties, points: one.geometry.coordinates.flat(2).length }));
});
</script>"""


@pytest.fixture
def published(tmp_path: Path):
    """The residents' door on a socket, over releases alone."""
    assert Shelf(tmp_path, "lantern").place("map", "2026-Q4", release_bytes("lantern", "2026-Q4"))
    environ = {
        "FAROLA_STATE_DIR": str(tmp_path),
        "FAROLA_RELEASES_DIR": str(tmp_path),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    server = make_server("127.0.0.1", 0, create_app(load_settings(environ), "residents"), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def elsewhere(style: str):
    """Another site that brings the library and a page of its own."""

    def answer(route):
        name = route.request.url.rsplit("/", 1)[-1].partition("?")[0]
        if name.startswith("maplibre-gl"):
            route.fulfill(path=LIBRARY / name, content_type="text/javascript")
        elif name == "":
            route.fulfill(body=PAGE.replace("STYLE", style), content_type="text/html")
        else:
            route.fulfill(status=404)

    return answer


def test_maplibre_draws_what_the_tiles_say(browser, published):
    context = browser.new_context()
    page = context.new_page()
    page.route(
        f"{published}/{ELSEWHERE}/**",
        elsewhere(f"{published}/v1/cities/lantern/layers/map/2026-Q4/style.json"),
    )
    page.goto(f"{published}/{ELSEWHERE}/")
    page.wait_for_function("window.seen || window.wrong?.length", timeout=60_000)
    assert page.evaluate("window.wrong") == []
    seen = page.evaluate("window.seen")
    context.close()
    shown = [one for one in seen if one["layer"] == "map-shown"]
    few = [one for one in seen if one["layer"] == "map-few"]
    assert {(one["estimate"], one["low"], one["high"], one["se"]) for one in shown} == {(35, 30, 40, 2.5)}
    assert few
    assert not any("estimate" in one for one in few)
    assert all(one["points"] >= 8 for one in seen)
