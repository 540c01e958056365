"""Nothing for axe to find, whatever the console shows: every state, every language, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from backend.domain.permissions import Role
from backend.store.models import Photo
from tests.pages import test_console
from tests.pages.test_console import ASKABLE, AXE, log_in, press
from tests.staff import add_staff

desk, address, opened = test_console.desk, test_console.address, test_console.opened
photographed = test_console.photographed

LOOKS = [("en", "light"), ("en", "dark"), ("es", "dark"), ("fr", "light"), ("pt", "dark"), ("ca", "light")]


class Looking:
    """Walks a console from state to state and keeps what axe finds in each."""

    def __init__(self, page: Page):
        self.page, self.found = page, []
        page.evaluate(AXE)

    def at(self, state: str) -> None:
        told = self.page.evaluate("axe.run({resultTypes: ['violations']})")
        self.found += [
            (state, one["id"], node["html"][:160]) for one in told["violations"] for node in one["nodes"]
        ]

    def window(self, key: str, name: str) -> None:
        """Open one of the windows by its key, look, and close it."""
        self.page.locator("#report").focus()
        press(self.page, key)
        expect(self.page.locator(f"#{name}")).to_be_visible()
        self.page.wait_for_load_state("networkidle")
        self.at(name)
        self.page.locator(f"#{name}").evaluate("one => one.close()")


def report_states(look: Looking) -> None:
    """A hard report: veiled, read, deciding, what else there is."""
    page = look.page
    press(page, "c")
    expect(page.locator("#veil")).to_be_visible()
    look.at("veiled")
    press(page, "h a")
    expect(page.locator("#public-note")).to_be_visible()
    look.at("reasons")
    press(page, "Escape o")
    look.at("more")
    press(page, "Escape")


def photo_states(look: Looking, row: str) -> None:
    """A report with a photo: veiled, held, its near reports, its masks."""
    page = look.page
    page.locator(row).click()
    expect(page.locator(".photo")).to_be_visible()
    look.at("photo")
    page.keyboard.down("v")
    look.at("veil lifted")
    page.keyboard.up("v")
    press(page, "s")
    expect(page.locator(".near-choices")).to_be_visible()
    look.at("near")
    look.window("i", "masks")


def refused_states(look: Looking, taken: str) -> None:
    """What is said when something is refused, and without a connection."""
    page = look.page
    page.locator(taken).click()
    expect(page.locator("#said.bad")).to_be_visible()
    look.at("refused")
    page.context.set_offline(True)
    press(page, "c")
    expect(page.locator("#said.bad")).to_be_visible()
    look.at("offline")
    page.context.set_offline(False)


@pytest.fixture
def staffed(desk, works, photographed):
    """Reports of every sort; returns the rows of one with a photo and of one that a colleague holds."""
    with works["worker"].open(desk.city) as work:
        photo = work.session.get_one(Photo, (desk.city, photographed, "1"))
        photo.masks = [{"kind": "face", "x0": 4, "y0": 6, "x1": 14, "y1": 16, "score": 0.9}]
    nil = add_staff(works, desk.city, "nil")
    add_staff(works, desk.city, "noor", Role.LEAD)
    desk.report(ASKABLE, urgency=3, minor=True)
    desk.report(to="quarantined", text=None)
    two = desk.report({"categories": ["rape_assault"]})
    desk.decide(nil, desk.claim(nil, two), "approve", "clear")
    desk.decide(nil, desk.claim(nil, desk.report()), "reject", "spam")
    held = desk.report()
    desk.claim(nil, held)
    return [f'.row[data-id="{one}"]' for one in (photographed, held, two)]


@pytest.mark.browser
@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_axe_finds_nothing_in_any_state(opened, desk, staffed, language, scheme):
    photo, taken, two = staffed
    page = opened(locale=language, color_scheme=scheme, viewport={"width": 1000, "height": 760})
    page.evaluate("scheme => sessionStorage.setItem('farola.console.theme', scheme)", scheme)
    page.reload()
    expect(page.locator("#login")).to_be_visible()
    look = Looking(page)
    look.at("login")
    log_in(page, desk, "noor")
    expect(page.locator(".row")).to_have_count(5)
    look.at("start")
    report_states(look)
    photo_states(look, photo)
    look.window("w", "openings")
    look.window("l", "decided")
    look.window("g", "filters")
    look.window("?", "keys")
    press(page, "x j x")
    look.at("marked")
    press(page, "r")
    look.at("marked, reasons")
    press(page, "Escape Escape")
    page.locator(two).click()
    expect(page.locator(".standing")).to_be_visible()
    look.at("second look")
    refused_states(look, taken)
    assert look.found == []


@pytest.mark.browser
def test_axe_finds_nothing_where_nothing_waits(opened, desk):
    page = opened()
    log_in(page, desk)
    look = Looking(page)
    look.at("empty")
    assert look.found == []
    page.evaluate("document.querySelector('#report').append(document.createElement('img'))")
    look.at("planted")
    assert [(state, rule) for state, rule, _ in look.found] == [("planted", "image-alt")]
