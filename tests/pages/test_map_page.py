"""The map page, looked at in a real browser over a made-up city."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import axe_findings, looking, ready

pytestmark = pytest.mark.browser


def test_it_draws_the_regions_and_says_how_to_read_them(page, site):
    ready(page, f"{site}/map")
    page.wait_for_selector(".place")
    assert "reports" in page.locator(".place").first.inner_text()
    expect(page.locator("#legend")).to_be_visible()
    assert "not verified" in page.locator(".how").inner_text()
    assert "7.4 times" in page.locator("#panel").inner_text()
    assert page.url.split("#")[1].startswith("city=fonteria&layer=map&period=2026-Q4")


def test_a_click_opens_a_card_with_a_range_and_escape_closes_it(page, site):
    ready(page, f"{site}/map")
    page.wait_for_selector(".place")
    page.wait_for_timeout(500)
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    card = page.locator("#card")
    card.wait_for(state="visible")
    assert " to " in card.locator(".range").inner_text() or "few" in card.locator(".range").inner_text()
    assert "cannot" in card.inner_text() or "does not mean" in card.inner_text()
    page.keyboard.press("Escape")
    assert card.is_hidden()


def test_the_keyboard_alone_opens_a_region(page, site):
    ready(page, f"{site}/map")
    page.wait_for_selector(".place")
    page.wait_for_timeout(500)
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")
    page.locator("#card").wait_for(state="visible")
    page.locator("#card .close").click()
    page.locator(".place").first.focus()
    page.keyboard.press("Enter")
    page.locator("#card").wait_for(state="visible")


def test_a_link_brings_back_layer_period_and_cross_value(page, site):
    ready(page, f"{site}/map#city=fonteria&layer=gender&period=2026-Q3&cross=men&at=12.00/41.4000/2.1500")
    page.wait_for_selector(".place")
    expect(page.locator("#layer")).to_have_value("gender")
    expect(page.locator("#period")).to_have_value("2026-Q3")
    assert page.locator("input[name=cross]:checked").get_attribute("value") == "men"
    assert "/2026-Q3/" in page.evaluate("performance.getEntriesByType('resource').map(r => r.name).join(' ')")
    assert "at=12.00" in page.url.replace("%2F", "/")


def test_every_layer_can_be_chosen(page, site):
    ready(page, f"{site}/map")
    for layer in ("category", "daypart", "gender", "pulse", "safe", "map"):
        page.select_option("#layer", layer)
        page.wait_for_function("layer => location.hash.includes(`layer=${layer}`)", arg=layer)
        page.wait_for_function("document.querySelectorAll('.place').length > 0")
    expect(page.locator("#cross-field")).to_be_hidden()


def test_a_hostile_link_is_taken_calmly(page, site):
    ready(page, f"{site}/map#city=<b>&layer=nothing&period=2026-Q9&cross=%00&at=99/999/abc")
    page.wait_for_selector(".place")
    expect(page.locator("#layer")).to_have_value("map")


@pytest.mark.parametrize(
    "link",
    ["#layr=gender", "#layer=gendr", "#layer=gender&cross=wimen", "#period=2025-Q1", "#layer=gender&layer=map", "#city=x",
     "#layer=map&compare=women-men", "?layer=gender"],
)  # fmt: skip
def test_a_misspelled_link_is_never_silently_another_layer(page, site, link):
    ready(page, f"{site}/map{link}")
    page.wait_for_selector(".place")
    assert "Part of this link is not known here" in page.locator("#mistaken").inner_text()
    page.select_option("#layer", "daypart")
    expect(page.locator("#mistaken")).to_be_hidden()


@pytest.mark.parametrize(
    "link", ["", "?lang=en#layer=gender&cross=men", "#period=2026-Q2", "#compare=2026-Q3"]
)
def test_a_link_that_is_understood_says_nothing(page, site, link):
    ready(page, f"{site}/map{link}")
    page.wait_for_selector(".place")
    expect(page.locator("#mistaken")).to_be_hidden()


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [
        *(("en", width, scheme) for width in (360, 1280) for scheme in ("light", "dark")),
        ("es", 360, "light"), ("fr", 1280, "dark"), ("pt", 360, "dark"), ("ca", 1280, "light"),
    ],
)  # fmt: skip
def test_axe_finds_nothing(browser, site, language, width, scheme):
    size = {"width": width, "height": 800}
    with looking(browser, site, color_scheme=scheme, viewport=size) as page:
        ready(page, f"{site}/map?lang={language}#layer=category&cross=harassment")
        page.wait_for_selector(".place")
        page.locator(".place").first.click()
        page.locator("#card").wait_for(state="visible")
        assert axe_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.complaints == []


def test_without_a_connection_it_says_what_to_do(browser, site):
    with looking(browser, site) as page:
        page.route("**/v1/cities", lambda route: route.abort())
        ready(page, f"{site}/map")
        assert "try again" in page.locator("#message").inner_text()
        assert axe_findings(page) == []


def test_the_pulse_tells_the_whole_city_with_its_error_in_each_week(page, site):
    ready(page, f"{site}/map#layer=pulse")
    page.wait_for_selector("#sum:visible")
    told = page.locator("#sum").inner_text()
    assert "126 to 174 reports in the whole city" in told
    assert "standard error 14.1" in told
    page.select_option("#period", "2026-W46")
    page.locator("#sum", has_text="0 to 13 reports").wait_for()
    page.select_option("#layer", "map")
    page.wait_for_selector("#sum", state="hidden")


def test_the_method_is_that_of_the_period_looked_at(page, site):
    ready(page, f"{site}/map#layer=map&period=2026-Q3")
    page.wait_for_selector("#numbers:not(:empty)", state="attached")
    assert "threshold 2.7 standard errors, places withheld: 7" in page.locator("#numbers").inner_text()
    page.select_option("#period", "2026-Q4")
    page.locator("#numbers", has_text="withheld: 4").wait_for()
    assert "threshold 3.1" in page.locator("#numbers").inner_text()


def test_many_values_are_chosen_from_a_list(page, site):
    ready(page, f"{site}/map#layer=category")
    page.wait_for_selector(".place")
    page.locator("#cross select").select_option("harassment")
    page.wait_for_url("**cross=harassment*")
    assert "harassment" in page.locator("#cross option:checked").inner_text()


def test_women_and_men_are_compared_only_where_noise_allows_it(page, site):
    ready(page, f"{site}/map#layer=gender")
    page.select_option("#compare", "women-men")
    page.wait_for_selector("#comparison:visible")
    told = page.locator("#comparison-list .place")
    page.wait_for_function("document.querySelectorAll('#comparison-list .place').length > 3")
    words = told.all_inner_texts()
    assert "Women: " in words[0]
    assert " more" in words[0]
    assert any("cannot be told apart" in one for one in words)
    assert not any("Men: " in one for one in words)
    assert "too few to tell on one side" in page.locator("#comparison-rest").inner_text()
    assert "99 of 100" in page.locator("#comparison").inner_text()
    assert "compare=women-men" in page.url
    assert axe_findings(page) == []


def test_two_periods_alike_cannot_be_told_apart(page, site):
    ready(page, f"{site}/map#layer=daypart&compare=2026-Q3")
    page.wait_for_selector("#comparison:visible")
    words = page.locator("#comparison-list .place").all_inner_texts()
    assert words
    assert all("cannot be told apart" in one for one in words)
    page.select_option("#compare", "")
    page.wait_for_selector("#comparison", state="hidden")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_in_a_comparison(browser, site, scheme, width):
    with looking(browser, site, color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        ready(page, f"{site}/map?lang=ca#layer=gender&compare=women-men")
        page.wait_for_selector("#comparison-list .place")
        assert axe_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.complaints == []


def test_the_map_can_be_saved_as_a_picture_and_is_printed_as_one(page, site):
    ready(page, f"{site}/map#layer=map&period=2026-Q4")
    page.wait_for_selector(".place")
    with page.expect_download() as saved:
        page.locator("#save").click()
    assert saved.value.suggested_filename == "fonteria-map-2026-q4.png"
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator("#printed")).to_be_visible()
    expect(page.locator("#map")).to_be_hidden()
    expect(page.locator(".how")).to_be_visible()


def test_a_slider_goes_from_week_to_week(page, site):
    ready(page, f"{site}/map#layer=pulse")
    page.wait_for_selector("#sum:visible")
    slide = page.locator("#slide")
    slide.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**period=2026-W46*")
    expect(page.locator("#period")).to_have_value("2026-W46")
    assert "2026" in slide.get_attribute("aria-valuetext")
    page.select_option("#layer", "map")  # two quarters: the list says all
    expect(slide).to_be_hidden()


def test_others_can_show_the_map_in_a_page_of_theirs(page, site, client):
    assert "frame-ancestors *" in client.get("/map/embed").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in client.get("/map").headers["Content-Security-Policy"]
    ready(page, f"{site}/map?lang=es#layer=safe")
    page.wait_for_url("**period=2026-Q4*")
    code = page.locator("#embed").input_value()
    address = code.split('src="')[1].split('"')[0].replace("&amp;", "&")
    assert address.startswith(f"{site}/map/embed?lang=es#city=fonteria&layer=safe")
    ready(page, address)
    page.wait_for_selector(".place")
    assert page.locator(".topbar").count() == 0
    assert "layer=safe" in page.locator("#whole-map").get_attribute("href")
    assert axe_findings(page) == []


def test_who_asks_for_a_release_that_was_taken_back_is_told(page, site):
    ready(page, f"{site}/map#layer=map&period=2026-Q2")
    page.wait_for_selector(".place")
    assert "was taken back on August 5, 2026" in page.locator("#withdrawn").inner_text()
    expect(page.locator("#period")).to_have_value("2026-Q3")
    page.select_option("#period", "2026-Q4")
    expect(page.locator("#withdrawn")).to_be_hidden()


def test_what_is_left_of_a_cell_is_never_compared_with_other_ground(page, site):
    ready(page, f"{site}/map#layer=map&compare=2026-Q3")
    page.wait_for_selector("#comparison:visible")
    told = page.locator("#comparison-list .place").all_inner_texts()
    assert told
    assert not any("the rest around" in one for one in told)
    assert "so not compared" in page.locator("#comparison-rest").inner_text()


def test_what_the_city_did_stands_in_the_panel_and_in_the_card_of_its_area(page, site):
    ready(page, f"{site}/map#layer=gender&cross=women")
    page.wait_for_selector(".place")
    told = page.locator("#notes").inner_text()
    assert "You said, the city did" in told
    assert "L'Horta · November 2, 2026" in told
    assert "Twelve lamps were mended at the market." in told
    # Plain text, in the language it was written in.
    assert "<b>El paso</b> tiene ahora luz." in told
    assert page.locator("#notes-list b").count() == 0
    assert page.locator("#notes-list [lang=es]").count() == 1
    page.locator(".place", has_text="L'Horta").click()
    assert "Twelve lamps" in page.locator("#card").inner_text()
    page.locator(".place", has_text="Sant Pau").click()
    assert "the city did" not in page.locator("#card").inner_text()


@pytest.mark.parametrize("status", [404, 503])
def test_without_the_notes_the_map_goes_on(browser, site, status):
    with looking(browser, site) as page:
        page.route("**/layers/notes.json", lambda route: route.fulfill(status=status, body="{}"))
        ready(page, f"{site}/map")
        page.wait_for_selector(".place")
        assert "cannot be read just now" in page.locator("#notes").inner_text()


def test_a_city_that_wrote_no_notes_shows_no_section(page, site):
    page.route("**/layers/notes.json", lambda route: route.fulfill(json={"notes": []}))
    ready(page, f"{site}/map")
    page.wait_for_selector(".place")
    expect(page.locator("#notes")).to_be_hidden()
