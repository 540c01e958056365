"""Leaving at once: no way back, nothing of what was typed, and a page of the city's choice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import ready
from tests.pages.phone_store import as_text, boxes, drawers, stored
from tests.pages.slow_door import SlowDoor
from tests.pages.test_offline import kept, nothing_waits, offline, online, phone, until, wait_on_phone
from tests.pages.walk import WORDS, go_on, symbols, to_check

pytestmark = pytest.mark.browser
HARMLESS = "https://en.wikipedia.org/"
BEFORE = "before.example"


@pytest.fixture
def door() -> SlowDoor:
    return SlowDoor()


@pytest.fixture
def page(browser, site) -> Iterator[Page]:
    """A phone on which another page was open before, and the harmless one can be reached."""
    with phone(browser, site) as opened:
        for address in ("https://*.wikipedia.org/**", f"https://{BEFORE}/**", "https://weather.example/**"):
            opened.route(
                address, lambda route: route.fulfill(body="<h1>harmless</h1>", content_type="text/html")
            )
        opened.goto(f"https://{BEFORE}/")
        yield opened


def on_same_origin(page: Page, site: str) -> Page:
    """A page of the site that keeps nothing itself, to look at what the site has stored."""
    page.goto(f"{site}/v1/cities")
    return page


def test_leaving_in_the_middle_leaves_no_trace_and_no_way_back(page, site):
    kept(page, site)
    to_check(page)
    until(page, lambda: boxes(stored(page)))
    before = page.evaluate("history.length")
    page.click("#leave")
    page.wait_for_url(HARMLESS)
    assert page.evaluate("history.length") == before
    assert page.evaluate("document.referrer") == ""
    page.go_back()
    assert page.url == f"https://{BEFORE}/"
    on_same_origin(page, site)
    until(page, lambda: not any(stored(page)["databases"].values()))
    until(page, lambda: stored(page)["caches"] == {})
    page.reload()
    until(
        page,
        lambda: page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0,
    )


def test_escape_three_times_leaves_and_twice_does_not(page, site):
    ready(page, site)
    to_check(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.locator("h1")).to_have_text("Check and send")
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url(HARMLESS)


def test_what_was_typed_is_gone_when_the_page_is_opened_again(page, site):
    ready(page, site)
    to_check(page)
    until(page, lambda: boxes(stored(page)))
    page.click("#leave")
    page.wait_for_url(HARMLESS)
    ready(page, site)
    expect(page.locator("#begun, #unkept")).to_have_count(0)
    assert boxes(stored(page)) == []


def test_a_receipt_that_was_shown_is_forgotten_too(page, site):
    kept(page, site)
    to_check(page)
    go_on(page)
    symbols(page)
    assert "receipt" in drawers(stored(page))
    page.click("#leave")
    page.wait_for_url(HARMLESS)
    ready(page, site)
    nothing_waits(page)
    expect(page.locator("#begun, #unkept")).to_have_count(0)
    until(page, lambda: not any(stored(page)["databases"].values()))


def test_what_waits_stays_locked_and_goes_later(page, site, door):
    kept(page, site)
    offline(page)
    wait_on_phone(page)
    online_again = site
    page.click("#leave")
    page.wait_for_url(HARMLESS)
    online(page)
    ready(page, online_again)
    nothing_waits(page)
    assert len(door.reports) == 1
    assert len(set(door.keys)) == 1


def test_languages_and_maps_add_no_step_to_go_back_to(page, site):
    ready(page, site)
    steps = page.evaluate("history.length")
    page.click(".tongues a[lang=es]")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.click(".brand")
    page.wait_for_selector("html[data-ready]", state="attached")
    assert page.evaluate("history.length") == steps
    page.click("#leave")
    page.wait_for_url("https://es.wikipedia.org/")
    page.go_back()
    assert page.url == f"https://{BEFORE}/"


def chosen_by_city(page: Page, address: str | None) -> None:
    """The city says where leaving leads to."""

    def told(route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"leave_url": address})

    page.route("**/v1/cities/fonteria?language=en", told)


@pytest.mark.parametrize(
    ("chosen", "reached"),
    [
        ("https://weather.example/today", "https://weather.example/today"),
        ("http://weather.example/", HARMLESS),
        ("javascript:alert(1)", HARMLESS),
        (None, HARMLESS),
    ],
)
def test_a_city_chooses_the_page_to_leave_to_if_it_is_encrypted(page, site, chosen, reached):
    chosen_by_city(page, chosen)
    ready(page, site)
    page.click("#leave")
    page.wait_for_url(reached)


def test_leaving_waits_for_nothing(page, site, door):
    kept(page, site)
    to_check(page)
    door.answering.clear()
    go_on(page)
    until(page, lambda: door.reports)
    page.click("#leave")
    page.wait_for_url(HARMLESS)
    door.answering.set()
    ready(page, site)
    nothing_waits(page)
    assert len(door.reports) == 1


def test_what_is_left_of_a_report_on_its_way_is_locked(page, site, door):
    kept(page, site)
    to_check(page)
    offline(page)
    go_on(page)
    receipt = symbols(page)
    page.click("#leave")
    page.wait_for_url(HARMLESS)
    online(page)
    on_same_origin(page, site)
    found = stored(page)
    assert [trace for trace in (WORDS, receipt) if trace in as_text(found)] == []
