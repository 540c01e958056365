"""The page to practise on in a real browser: by keyboard, in every language, and nothing for axe to find."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from backend.domain.permissions import Role
from backend.domain.practice import answer_of, cases, spoken
from backend.domain.words import LANGUAGES, words
from backend.steps import practice
from backend.store.models import Closing
from tests.pages import test_console
from tests.pages.conftest import axe_findings
from tests.pages.test_console import log_in
from tests.staff import add_staff

desk, address, opened = test_console.desk, test_console.address, test_console.opened


def go(page: Page, language: str = "en") -> None:
    page.goto(page.url.partition("/console")[0] + f"/console/practice?lang={language}")


@pytest.fixture
def many(works, desk, clock):
    """A month's counts, and three people who answered every case; one of them always asks."""
    rows = [
        ("area", "sw", 30, 10),
        ("area", "", 3, 1),
        ("language", "ca", 25, 15),
        ("kind", "incident", 33, 11),
    ]
    clock.at = datetime.now(UTC)  # the page goes by the browser's day
    with works["owner"].open(desk.city) as work:
        work.session.add_all(
            Closing(
                city_id=desk.city,
                month=f"{datetime.now(UTC).replace(day=1) - timedelta(days=1):%Y-%m}",
                by=by,
                value=value,
                approved=yes,
                refused=no,
            )
            for by, value, yes, no in rows
        )
    for name in ("noa", "bo", "ada"):
        actor = add_staff(works, desk.city, name, Role.LEAD if name == "ada" else Role.MODERATOR)
        with works["staff"].open(desk.city) as work:
            for code, case in cases().items():
                practice.answer(work, actor, code, answer_of("ask") if name == "bo" else case.agreed)


def test_a_case_is_answered_by_keyboard_and_the_next_one_comes(opened, desk):
    page = opened()
    log_in(page, desk)
    page.get_by_role("link", name="Practise").click()
    first, second = spoken(LANGUAGES)[:2]
    expect(page.locator("blockquote")).to_have_text(first.text)
    expect(page.locator("input[name=verdict]").first).to_be_focused()
    page.keyboard.press("Space")  # approve
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator(".practice-answer")).to_contain_text("The decision is as agreed")
    expect(page.locator(".practice-answer")).to_contain_text(first.why)
    expect(page.locator("#practice-progress")).to_have_text(
        f"1 of {len(spoken(LANGUAGES))} answered, 0 as agreed"
    )
    expect(page.get_by_role("button", name="Next case")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("blockquote")).to_have_text(second.text)
    expect(page.locator("#agreement")).to_be_hidden()


def test_an_answer_that_lacks_a_part_is_not_sent(opened, desk):
    page = opened()
    log_in(page, desk)
    go(page)
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("#said")).to_have_text(words("en")["practice.missing"])
    page.get_by_label("Refuse").check()
    expect(page.get_by_role("group", name="Why?")).to_be_visible()
    expect(page.get_by_role("group", name="Which categories?")).to_be_hidden()
    page.get_by_role("button", name="Answer").click()
    expect(page.locator(".practice-answer")).to_have_count(0)
    page.get_by_label("advertising").check()
    page.get_by_role("button", name="Answer").click()
    expect(page.locator(".practice-answer")).to_contain_text("Agreed was something else")
    expect(page.locator("#said")).to_be_hidden()


def test_without_a_session_it_leads_to_the_desk(opened, desk):
    page = opened()
    go(page)
    expect(page.locator("#said")).to_have_text(words("en")["practice.login"])
    page.get_by_role("link", name="To the desk").click()
    expect(page.locator("#login")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_any_state(opened, desk, many, language):
    page = opened(
        viewport={"width": 360, "height": 740}, color_scheme="dark" if language in {"es", "pt"} else "light"
    )
    log_in(page, desk, "ada")
    go(page, language)
    expect(page.locator("#fairness table")).to_have_count(3)
    expect(page.locator("#agreement-list")).to_contain_text("0")
    found = axe_findings(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    found += axe_findings(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert found == []


def test_axe_finds_nothing_while_answering(opened, desk):
    page = opened(viewport={"width": 360, "height": 740})
    log_in(page, desk)
    go(page)
    page.get_by_label("Approve").check()
    found = axe_findings(page)
    page.get_by_label("Ask the resident").check()
    page.get_by_role("button", name="Answer").click()
    expect(page.locator(".practice-answer")).to_be_visible()
    found += axe_findings(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Next case").click()
    page.get_by_label("Ask the resident").check()
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("#said")).to_have_text(words("en")["base.offline"])
    assert found + axe_findings(page) == []
