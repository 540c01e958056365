"""Moderators at work in real browsers: two at once never get the same report, and a whole shift by keyboard alone."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from backend.domain.workflow import State
from backend.store.models import Report
from tests.pages import test_console
from tests.pages.test_console import log_in, press, take
from tests.staff import add_staff

desk, address, opened = test_console.desk, test_console.address, test_console.opened

pytestmark = pytest.mark.browser
SHIFT = 50
# What comes out of the keys of one decision, in turn: the keys, and where the report stands after them.
DECISIONS = [
    ("a 1", State.APPROVED),
    ("r 2", State.REJECTED),
    ("d 1", State.DUPLICATE),
    ("a Enter", State.APPROVED),
    ("e 2", State.ESCALATED),
]


def held_now(desk) -> list[str]:
    """The reports that somebody holds right now."""
    with desk.works["worker"].open(desk.city) as work:
        query = select(Report.id).where(Report.claimed_by.is_not(None))
        return [str(report) for report in work.session.scalars(query)]


def counted(page: Page, done: int):
    expect(page.locator("#exposure")).to_have_text(re.compile(f"^Read {done},"))


def test_two_moderators_at_once_never_get_the_same_report(opened, desk, works):
    ids = {str(desk.report()) for _ in range(8)}
    add_staff(works, desk.city, "nil")
    pages = [opened(), opened()]
    for page, name in zip(pages, ("mara", "nil"), strict=True):
        log_in(page, desk, name)
    seen: Counter[str] = Counter()
    for turn in range(1, 5):
        for page in pages:  # both ask before either has an answer
            page.keyboard.press("c" if turn == 1 else "1")
        for page in pages:
            counted(page, turn)
        claimed = held_now(desk)
        assert len(claimed) == len(set(claimed)) == 2
        seen.update(claimed)
        for page in pages:
            page.keyboard.press("r")
    assert set(seen) == ids
    assert set(seen.values()) == {1}


def test_a_whole_shift_of_fifty_reports_by_keyboard_alone(opened, desk):
    ids = [desk.report({"categories": ["theft"]}) for _ in range(SHIFT)]
    page = opened()
    log_in(page, desk)
    page.evaluate(
        "addEventListener('pointerdown', () => { throw new Error('a pointer was used'); }, { capture: true })"
    )
    take(page)
    wanted: Counter[State] = Counter()
    for done in range(SHIFT):
        counted(page, done + 1)
        keys, state = DECISIONS[done % len(DECISIONS)]
        wanted[state] += 1
        press(page, keys)
    expect(page.locator("#report h2")).to_have_text("Ready when you are")
    assert Counter(desk.row(one).state for one in ids) == wanted
    assert [entry["what"] for entry in desk.trail()].count("decided") == SHIFT
