"""The pages served over a made-up city, and the system's Chromium to look at them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from backend.pages import frame, privacy
from backend.pages import map as map_page
from backend.pages.residents import blueprint as residents_page
from tests.pages import fake_city
from tests.pages.fake_door import FakeDoor

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# A busy machine is slow, not wrong: what has not happened after this long will not happen.
expect.set_options(timeout=20_000)
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser has a clock of its own: what fails in it is run once more, and the summary says so."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.flaky(reruns=1))


def make_app(door: FakeDoor, basemap: str | None = None) -> Flask:
    app = Flask("pages", static_folder=None)
    frame.install(app, basemap)
    pages = (map_page.blueprint, residents_page, privacy.blueprint)
    for blueprint in (*pages, fake_city.blueprint, door.blueprint):
        app.register_blueprint(blueprint)
    return app


@pytest.fixture
def door() -> FakeDoor:
    return FakeDoor()


@pytest.fixture
def client(door):
    return make_app(door).test_client()


@pytest.fixture
def site(door) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, make_app(door), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield chromium
        chromium.close()


@contextmanager
def looking(browser: Browser, site: str, **more) -> Iterator[Page]:
    """A page that may only talk to the site under test, and must not complain."""
    context = browser.new_context(
        **{"viewport": {"width": 360, "height": 740}, "locale": "en-GB", "reduced_motion": "reduce", **more}
    )
    complaints: list[str] = []
    context.route(
        "**/*", lambda route: route.continue_() if route.request.url.startswith(site) else route.abort()
    )
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.complaints = complaints
    yield page
    context.close()


@pytest.fixture
def page(browser, site) -> Iterator[Page]:
    with looking(browser, site) as opened:
        yield opened
        assert opened.complaints == []


def ready(page: Page, address: str) -> Page:
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")
    return page


def axe_findings(page: Page) -> list[str]:
    """What axe finds on a page, one line each; evaluated outside the page's policy."""
    page.evaluate(AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)
    return [
        f"{one['id']}: {node['html'][:120]} {node.get('failureSummary', '')[:200]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
