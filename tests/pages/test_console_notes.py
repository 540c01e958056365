"""The console's window for what the city did: a draft, published only by whoever vouches for it, taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from backend.domain.permissions import Role
from backend.store.citynotes import published
from tests.pages import test_console
from tests.pages.conftest import axe_findings
from tests.pages.test_console import log_in
from tests.staff import add_staff

desk, address, opened = test_console.desk, test_console.address, test_console.opened

pytestmark = pytest.mark.browser


def told(desk):
    with desk.works["residents"].open(desk.city) as work:
        return [(one["area"], one["texts"]) for one in published(work.session, desk.city)]


@pytest.mark.parametrize("language", ["en", "es", "fr", "pt", "ca"])
def test_a_lead_writes_publishes_and_takes_back_a_note(opened, desk, works, language):
    add_staff(works, desk.city, "ada", Role.LEAD)
    page = opened(locale=language)
    log_in(page, desk, "ada")
    page.locator("[data-act=citynotes]").click()
    form = page.locator("#citynotes-write form")
    form.locator("select").select_option("sw")
    form.locator("input[type=date]").fill("2026-11-02")
    form.locator("input[lang=en]").fill("Twelve <lamps> were mended.")
    form.locator("button").click()
    expect(page.locator("#citynotes-said")).to_contain_text("texts.en")
    form.locator("input[lang=en]").fill("Twelve lamps were mended.")
    form.locator("button").click()
    row = page.locator("#citynotes-list .row-buttons")
    expect(row).to_have_count(1)
    assert told(desk) == []
    publish = row.locator("button").first
    expect(publish).to_be_disabled()
    assert axe_findings(page) == []
    row.locator("input[type=checkbox]").check()
    publish.click()
    expect(row.locator("button")).to_have_count(1)
    assert told(desk) == [("sw", {"en": "Twelve lamps were mended."})]
    row.locator("button").click()
    expect(row.locator("button")).to_have_count(0)
    assert told(desk) == []
    assert "console." not in page.locator("#citynotes").inner_text()


def test_who_may_not_write_notes_is_not_offered_the_window(opened, desk):
    page = opened()
    log_in(page, desk)
    expect(page.locator("[data-act=citynotes]")).to_be_hidden()
