"""The simpler form for children: one thing at a time, large, roughly where, and whom to call before all else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.pages import fake_city, walk
from tests.pages.conftest import looking, ready

pytestmark = pytest.mark.browser
TOO_SMALL = """() => [...document.querySelectorAll("main button, main .chip, main label.button, main summary")]
    .filter(one => one.checkVisibility() && one.closest(".maplibregl-map") === null)
    .filter(one => one.getBoundingClientRect().height < 56)
    .map(one => one.textContent)"""


def start(page: Page, site: str) -> None:
    ready(page, f"{site}/?lang=en")
    page.get_by_role("button", name="A simpler form, for children").click()


def to_where(page: Page, site: str) -> None:
    start(page, site)
    walk.go_on(page)
    page.click(".kind >> nth=0")
    walk.place(page)


def to_picture(page: Page) -> None:
    walk.go_on(page)
    page.click(".kind >> nth=0")
    page.click(".kind >> nth=3")
    page.check("input[value=following]")
    walk.go_on(page)
    walk.go_on(page)


def send(page: Page) -> None:
    to_picture(page)
    walk.go_on(page)
    walk.go_on(page)
    walk.symbols(page)


def test_a_childs_report_says_so_and_asks_nothing_about_the_child(page, site, door):
    to_where(page, site)
    to_picture(page)
    expect(page.locator(".content")).to_contain_text("No picture of yourself")
    walk.add_photo(page, name="drawing.jpg")
    walk.go_on(page)
    walk.go_on(page)
    walk.symbols(page)
    [report] = door.reports.values()
    assert report["form"] == "child"
    assert report["kind"] == "incident"
    assert report["categories"] == ["following"]
    assert report["daypart"] == "night"
    assert len(report["photos"]) == 1
    assert not {"about_me", "setting", "consent_forward"} & set(report)


def test_a_childs_place_is_the_middle_of_a_square_of_about_900_metres(page, site, door):
    to_where(page, site)
    send(page)
    [report] = door.reports.values()
    lon, lat = report["location"]["coordinates"]
    west, south, east, north = fake_city.cell_at(15, lon, lat).bounds
    assert lon == pytest.approx((west + east) / 2, abs=1e-5)
    assert lat == pytest.approx((south + north) / 2, abs=1e-5)
    assert report["accuracy_m"] == 900


def test_at_the_edge_the_large_square_still_names_a_point_inside_the_city(page, site, door):
    to_where(page, site)
    page.select_option("#where-area", label="La Marina")
    walk.map_ready(page)
    page.locator(walk.CANVAS).focus()
    for _ in range(30):  # down to the edge of the city, and back inside by one step
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(60)
        if "outside" in page.locator("#where-here").inner_text():
            page.keyboard.press("ArrowUp")
            break
    expect(page.locator("#where-here")).to_contain_text("La Marina")
    while page.locator(walk.NEXT).is_disabled():
        page.click(".where-zoom .button >> nth=0")
    send(page)
    [report] = door.reports.values()
    assert fake_city.outline().contains(fake_city.Point(report["location"]["coordinates"]))


def test_a_child_may_choose_to_be_more_exact(page, site, door):
    to_where(page, site)
    page.get_by_label("Show it more exactly").check()
    while page.locator(walk.NEXT).is_disabled():
        page.click(".where-zoom .button >> nth=0")
    send(page)
    [report] = door.reports.values()
    assert report["accuracy_m"] == 100


def test_lines_for_children_come_first_before_during_and_after(page, site):
    start(page, site)
    first = page.locator(".help a").first
    expect(first).to_have_attribute("href", "tel:116111")
    expect(first).to_be_in_viewport()
    walk.go_on(page)
    page.click(".kind >> nth=0")
    page.get_by_text("Was it at home?").click()
    expect(first).to_have_attribute("href", "tel:116111")
    walk.place(page)
    send(page)
    expect(first).to_have_attribute("href", "tel:116111")
    expect(first).to_be_in_viewport()
    expect(page.locator(".receipt h2")).to_have_text("This is your secret code")
    expect(page.locator(".content")).to_contain_text("not your fault")


def test_everything_to_press_is_large_on_every_screen(browser, site):
    with looking(browser, site) as page:
        start(page, site)
        for _ in range(2):
            assert page.evaluate(TOO_SMALL) == []
            walk.go_on(page) if page.locator(".kind").count() == 0 else page.click(".kind >> nth=0")
        walk.place(page)
        assert page.evaluate(TOO_SMALL) == []
        walk.go_on(page)
        for choice in (0, 3):
            assert page.evaluate(TOO_SMALL) == []
            page.click(f".kind >> nth={choice}")
        page.check("input[value=following]")
        for _ in range(4):
            assert page.evaluate(TOO_SMALL) == []
            walk.go_on(page)
        walk.symbols(page)
        assert page.evaluate(TOO_SMALL) == []


def test_the_grown_ups_form_stays_what_it_is_after_a_look_at_the_childrens(page, site):
    start(page, site)
    page.click(".actions .back")
    page.click(walk.NEXT)
    expect(page.locator("h1")).to_have_text("Where was it?")
    expect(page.locator("body.child")).to_have_count(0)
