"""Every screen in every language and both themes: axe finds nothing, nothing is cut off, right to left is mirrored."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from backend.domain.words import RESIDENT_LANGUAGES, direction, say
from tests.pages import walk
from tests.pages.conftest import AXE, looking, ready
from tests.pages.slow_door import SlowDoor

pytestmark = pytest.mark.browser
Look = Callable[[Page], None]

# So high that the bar of actions lies over nothing: axe takes half of a button below it for a small button.
WHOLE = {"width": 360, "height": 2600}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FINDINGS = """async options => (await axe.run(document, options)).violations.flatMap(
    one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 120)} ${node.failureSummary}`))"""
# The letters of a button or a heading that its own box cuts off.
CUT_OFF = """() => [...document.querySelectorAll("main button, main label, h1, h2, legend, .actions *, .topbar *")]
    .filter(one => one.checkVisibility() && one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1)
    .map(one => `${one.tagName} ${one.textContent.slice(0, 40)}`)"""


@pytest.fixture
def door() -> SlowDoor:
    return SlowDoor(
        asked=["Was it before the bridge?"], state={"state": "counted", "counted_in": ["2026-W48", "2026-Q4"]}
    )


def findings(page: Page) -> list[str]:
    """What axe finds: by all rules as the page stands, by the contrast of its colours in the other theme."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(FINDINGS, {"runOnly": TAGS})
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    page.emulate_media(color_scheme="light" if dark else "dark")
    found += page.evaluate(FINDINGS, {"runOnly": {"type": "rule", "values": ["color-contrast"]}})
    page.emulate_media(color_scheme="dark" if dark else "light")
    return found


def look_closely(page: Page) -> None:
    assert findings(page) == []
    look_for_cuts(page)


def look_for_cuts(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.evaluate(CUT_OFF) == []


def look_large(page: Page) -> None:
    """Letters of twice their size: all is there, and what leads on is still in reach."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    look_for_cuts(page)
    for main in page.locator(".actions .primary").all():
        main.scroll_into_view_if_needed()
        expect(main).to_be_in_viewport(ratio=1)


def incident(page: Page, look: Look) -> None:
    """From the first screen to the last look, with all that can be filled in, and slips on the way."""
    page.click(walk.NEXT)
    walk.map_ready(page)
    look(page)
    page.select_option("#where-area", "02")
    look(page)
    walk.place(page)
    walk.go_on(page)
    look(page)
    walk.pick_kind(page, "condition")
    page.fill("input[type=date]", "2999-01-01")
    look(page)
    walk.when(page)
    walk.go_on(page)
    page.check("input[value=badly_lit]")
    page.fill("textarea", walk.WORDS * 190)  # nearly full
    look(page)
    walk.go_on(page)
    page.check("input[value=transport_stop]")
    look(page)
    walk.go_on(page)
    full_of_photos(page, look)
    walk.go_on(page)
    look(page)
    walk.go_on(page)
    page.locator(".agree input").first.check()
    look(page)
    walk.go_on(page)
    look(page)


def full_of_photos(page: Page, look: Look) -> None:
    broken = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    page.set_input_files("#photo-file", broken)
    expect(page.locator("#photo-slip")).not_to_be_empty()
    look(page)
    for _ in range(4):
        walk.add_photo(page, walk.jpeg(40, 30))
    look(page)


def audit(page: Page, look: Look) -> None:
    walk.to_kind(page)
    walk.pick_kind(page, "audit")
    walk.when(page)
    walk.go_on(page)
    look(page)


def refused_then_sent(page: Page, door: SlowDoor, look: Look) -> str:
    door.refuse_with = 422
    walk.go_on(page)
    expect(page.locator("#send-slip")).not_to_be_empty()
    look(page)
    door.refuse_with = 0
    walk.go_on(page)
    receipt = walk.symbols(page)
    page.wait_for_selector("#photo-progress.good")
    look(page)
    page.check(".agree input")
    walk.go_on(page)
    return receipt


def state(page: Page, receipt: str, look: Look) -> None:
    page.click(".ways .way >> nth=1")
    look(page)
    page.fill(".code", "0T5N")
    page.click(walk.NEXT)
    expect(page.locator("#receipt-slip")).not_to_be_empty()
    look(page)
    page.fill(".code", receipt)
    walk.go_on(page)
    page.wait_for_selector(".thread[data-loaded]")
    page.click(".thread form .button")  # nothing written yet
    look(page)
    page.fill(".thread textarea", "After it.")
    page.click(".thread form .button")
    expect(page.locator(".message")).to_have_count(2)
    page.click(".own button")
    page.wait_for_selector(".own .answers")
    look(page)
    page.click(".withdrawal .refuse")
    look(page)
    page.click(".note .refuse")
    page.wait_for_selector(".note.good")
    look(page)
    page.click(".actions .back")


def child(page: Page, look: Look) -> None:
    page.click(".ways .way >> nth=0")
    look(page)
    walk.go_on(page)
    look(page)
    page.click(".kind >> nth=0")
    walk.place(page)
    look(page)
    walk.go_on(page)
    page.click(".kind >> nth=2")  # another day
    look(page)
    page.click(".kind >> nth=0")
    look(page)
    page.click(".kind >> nth=3")
    page.check("input[value=following]")
    look(page)
    for _ in range(3):
        walk.go_on(page)
        look(page)


def offline(page: Page, look: Look) -> None:
    """What was sent without a connection: its receipt, and the card on the first screen."""
    page.context.set_offline(True)
    walk.go_on(page)
    walk.symbols(page)
    look(page)
    page.check(".agree input")
    walk.go_on(page)
    page.wait_for_selector("#waiting")
    look(page)
    page.click("#waiting .button >> nth=1")
    look(page)
    page.click("#waiting .note .button >> nth=1")
    expect(page.locator("#waiting")).to_have_count(0)


def every_screen(page: Page, door: SlowDoor, look: Look) -> None:
    look(page)
    incident(page, look)
    receipt = refused_then_sent(page, door, look)
    state(page, receipt, look)
    audit(page, look)
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    look(page)  # what was begun waits to be taken up
    child(page, look)
    offline(page, look)


@pytest.mark.parametrize("language", RESIDENT_LANGUAGES)
def test_axe_finds_nothing_on_any_screen(browser, site, door, language):
    with looking(browser, site, viewport=WHOLE) as page:
        ready(page, f"{site}/?lang={language}")
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
            language, direction(language),
        ]  # fmt: skip
        every_screen(page, door, look_closely)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_letters_of_twice_the_size_are_all_there(browser, site, door, language):
    with looking(browser, site) as page:
        ready(page, f"{site}/?lang={language}")
        every_screen(page, door, look_large)


def test_a_city_that_does_not_answer_is_told_and_can_be_asked_again(browser, site):
    with looking(browser, site) as page:
        page.route("**/v1/cities", lambda route: route.abort())
        ready(page, f"{site}/?lang=en")
        expect(page.locator("[role=alert]")).to_be_visible()
        look_closely(page)
        page.unroute("**/v1/cities")
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("h1")).to_have_text(say("en", "form.title"))


def test_from_right_to_left_the_page_is_mirrored_and_symbols_are_not(page, site):
    ready(page, f"{site}/?lang=ar")
    walk.to_check(page)
    back, send = (page.locator(f".actions .{name}").bounding_box() for name in ("back", "primary"))
    assert back["x"] > send["x"]
    mirrored = page.locator(".actions .primary .icon").evaluate("one => getComputedStyle(one).transform")
    assert mirrored == "matrix(-1, 0, 0, 1, 0, 0)"
    walk.go_on(page)
    walk.symbols(page)
    first, second = (page.locator("#receipt span").nth(at).bounding_box() for at in (0, 1))
    assert first["x"] < second["x"]


def test_the_focus_goes_where_the_screen_begins(page, site):
    ready(page, f"{site}/?lang=en")
    page.click(walk.NEXT)
    assert page.evaluate("document.activeElement.tagName") == "H1"
    walk.map_ready(page)
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.tagName"))
    assert {"CANVAS", "SELECT", "BUTTON"} <= set(reached)


COVERED = """() => {
    const one = document.activeElement.getBoundingClientRect();
    const bar = document.querySelector(".actions").getBoundingClientRect();
    return !document.activeElement.closest(".actions") && one.top >= bar.top && one.top < innerHeight;
}"""


def test_what_has_the_focus_is_never_under_the_bar_of_actions(page, site):
    ready(page, f"{site}/?lang=en")
    walk.to_kind(page)
    walk.pick_kind(page, "audit")
    walk.when(page)
    walk.go_on(page)
    for _ in range(12):
        page.keyboard.press("Tab")
        assert not page.evaluate(COVERED)


def test_where_the_visitors_own_colours_rule_a_choice_still_shows(browser, site):
    with looking(browser, site, forced_colors="active") as page:
        ready(page, f"{site}/?lang=en")
        walk.to_kind(page)
        walk.pick_kind(page)
        walk.when(page)
        chosen, other = (
            page.locator(f".chip:has([value={part}])").evaluate(
                "one => getComputedStyle(one).backgroundColor"
            )
            for part in ("night", "evening")
        )
        assert chosen != other


def test_axe_would_find_a_planted_fault(page, site):
    ready(page, f"{site}/?lang=en")
    page.evaluate("document.querySelector('main').append(document.createElement('select'))")
    assert any("select-name" in finding for finding in findings(page))
    page.evaluate("document.querySelector('h1').style.color = 'light-dark(black, #222)'")
    assert any("color-contrast" in finding for finding in findings(page))
