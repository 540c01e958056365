"""axe looks at the map page in every state and language; nothing is left in English, nothing runs off a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from backend.domain.words import part
from tests.pages.conftest import axe_findings, looking, ready
from tests.pages.test_map_cities import both

pytestmark = pytest.mark.browser
GONE = {"layer": "map", "period": "2026-Q2", "withdrawn_on": "2026-08-05", "corrected_by": "2026-Q3"}


def _open(page, site, language, asked, seen):
    # A page of its own each time: a change of what stands behind '#' alone would not read it anew.
    page.goto("about:blank")
    ready(page, f"{site}/map?lang={language}{asked}")
    page.wait_for_selector(seen)


def loading(page, site, language):
    page.route("**/v1/cities", lambda _route: None)  # an answer that does not come
    page.goto(f"{site}/map?lang={language}")
    page.wait_for_selector("#message:visible")
    assert page.locator("#message").inner_text() == part(language, "map")["map.loading"]


def shown(page, site, language):
    _open(page, site, language, "#layer=category&cross=harassment", ".place")


def card(page, site, language):
    _open(page, site, language, "#layer=gender", ".place")
    page.locator(".place", has_text="L'Horta").click()
    page.locator("#card .did").wait_for()


def withheld(page, site, language):
    _open(page, site, language, "#layer=gender&at=12.00/41.4200/2.1800", ".place")
    page.wait_for_timeout(300)
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")
    page.locator("#card").wait_for()


def empty_city(page, site, language):
    both(page)
    _open(page, site, language, "#city=nova", "#message:visible")
    assert page.locator("#city").is_visible()
    expect(page.locator("#legend")).to_be_hidden()


def withdrawn(page, site, language):
    _open(page, site, language, "#layer=map&period=2026-Q2", "#withdrawn:visible")


def all_withdrawn(page, site, language):
    page.route("**/fonteria/layers", lambda route: route.fulfill(json={"layers": [], "withdrawn": [GONE]}))
    _open(page, site, language, "#layer=map&period=2026-Q2", "#withdrawn:visible")


def women_and_men(page, site, language):
    _open(page, site, language, "#layer=gender&compare=women-men", "#comparison-list .place")


def periods(page, site, language):
    _open(page, site, language, "#layer=map&compare=2026-Q3", "#comparison-list .place")


def cities(page, site, language):
    both(page)
    _open(
        page, site, language, "#city=fonteria&layer=gender&compare=city:vilagran", "#comparison-list .cities"
    )


def audits_of_cities(page, site, language):
    both(page)
    _open(
        page, site, language, "#city=fonteria&layer=audit&compare=city:vilagran", "#comparison-list .cities"
    )


def pulse(page, site, language):
    _open(page, site, language, "#layer=pulse", "#sum:visible")


def notes_lost(page, site, language):
    page.route("**/layers/notes.json", lambda route: route.fulfill(status=503, body="{}"))
    _open(page, site, language, "", ".place")


def misspelled(page, site, language):
    _open(page, site, language, "#layr=gender", "#mistaken:visible")


def offline(page, site, language):
    _open(page, site, language, "", ".place")
    page.route("**/tilejson.json", lambda route: route.abort())
    page.select_option("#layer", "daypart")
    page.wait_for_selector("#message:visible")
    assert page.locator("#message").inner_text() == part(language, "base")["base.offline"]
    # Nothing of the layer before stands under the name of the one that could not be read.
    assert page.locator(".place").count() == 0
    expect(page.locator("#legend")).to_be_hidden()


def refused(page, site, language):
    page.route(
        "**/tilejson.json", lambda route: route.fulfill(status=503, json={"title": "Please try again"})
    )
    _open(page, site, language, "", "#message:visible")


def printed(page, site, language):
    _open(page, site, language, "#layer=gender&compare=women-men", "#comparison-list .place")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator("#printed")).to_be_visible()


def embedded(page, site, language):
    page.goto("about:blank")
    ready(page, f"{site}/map/embed?lang={language}#layer=safe")
    page.wait_for_selector(".place")


STATES = [
    loading, shown, card, withheld, empty_city, withdrawn, all_withdrawn, women_and_men, periods, cities,
    audits_of_cities, pulse, notes_lost, misspelled, offline, refused, printed, embedded,
]  # fmt: skip
# What the browser itself says of requests that were made to fail.
_MADE = re.compile("Failed to load resource")


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("en", 360, "light"), ("en", 1280, "dark"), ("es", 360, "dark"), ("fr", 1280, "light"), ("pt", 360, "light"),
     ("ca", 1280, "dark")],
)  # fmt: skip
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_axe_finds_nothing_in_any_state_and_language(browser, site, state, language, width, scheme):
    with looking(browser, site, color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        state(page, site, language)
        assert axe_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert not re.search(r"\bmap\.[a-z_.]+\b|\{\w+\}|undefined|NaN", page.locator("main").inner_text())
        assert [one for one in page.complaints if not _MADE.search(one)] == []
