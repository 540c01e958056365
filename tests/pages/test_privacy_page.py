"""The page that says what is kept says the schedule by which the clock erases, in every language."""

from __future__ import annotations

import re
from html import unescape

import pytest
from playwright.sync_api import expect

from backend.domain.retention import schedule
from backend.domain.words import RESIDENT_LANGUAGES, written
from backend.pages.privacy import in_words
from tests.pages.conftest import axe_findings, ready


def rows(html: str) -> dict[str, str]:
    found = re.findall(r'<tr id="(\w+)"><th scope="row">(.*?)</th><td>(.*?)</td></tr>', html)
    return {item: unescape(long) for item, _what, long in found}


@pytest.mark.parametrize("language", RESIDENT_LANGUAGES)
def test_the_page_prints_the_schedule(client, language):
    answer = client.get(f"/privacy?lang={language}")
    assert answer.status_code == 200
    told = rows(answer.text)
    assert list(told) == [one.item for one in schedule()]
    for one in schedule():
        numbers = {str(days) for days in one.days_after.values()} | ({str(one.hours)} if one.hours else set())
        assert set(re.findall(r"\d+", told[one.item])) == numbers, one.item
        assert told[one.item] == in_words(language, one)


@pytest.mark.parametrize("language", RESIDENT_LANGUAGES)
def test_every_language_says_all_of_it(language):
    keys = {key for key in written("en") if key.startswith("privacy.")}
    assert {key for key in written(language) if key.startswith("privacy.")} == keys


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_is_found_from_the_form_and_axe_finds_nothing(page, site, language):
    ready(page, f"{site}/?lang={language}")
    page.get_by_role("link", name=written(language)["form.intro.kept"]).click()
    expect(page.locator("h1")).to_have_text(written(language)["privacy.title"])
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert axe_findings(page) == []
