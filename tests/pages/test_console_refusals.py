"""What a console may not do: forged leases, stale forms, double submits, withdrawn reports, notes that bite, other cities."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from backend.domain.workflow import State
from backend.store.models import Report
from tests.pages import test_console
from tests.pages.test_console import log_in, press, said, take
from tests.staff import add_staff

desk, address, opened = test_console.desk, test_console.address, test_console.opened

pytestmark = pytest.mark.browser
BITING = '<img src=x onerror=alert(1)> =HYPERLINK("http://x")'


def at_desk(opened, desk, name="mara"):
    page = opened()
    log_in(page, desk, name)
    return page


def test_a_forged_lease_is_refused_and_changes_nothing(opened, desk):
    report_id = desk.report()
    page = at_desk(opened, desk)
    take(page)

    def forge(route):
        told = json.loads(route.request.post_data) | {"lease": "q83v1z9BqPZcKQmT8Qm4tA"}
        route.continue_(post_data=json.dumps(told))

    page.route("**/decision", forge)
    press(page, "a 1")
    said(page, re.compile("That report changed meanwhile, or a colleague holds it"))
    assert desk.row(report_id).state is State.IN_REVIEW
    assert desk.decisions(report_id) == []


def test_a_stale_form_is_refused_once_a_colleague_decided(opened, desk, works, clock):
    report_id = desk.report()
    page = at_desk(opened, desk)
    take(page)
    press(page, "r")
    clock.move(minutes=6)
    nil = add_staff(works, desk.city, "nil")
    desk.approve(nil, report_id)
    press(page, "1")
    said(page, re.compile("That report changed meanwhile"))
    assert desk.row(report_id).state is State.APPROVED
    assert len(desk.decisions(report_id)) == 1


def test_a_double_submit_decides_once(opened, desk):
    first, second = desk.report(urgency=1), desk.report()
    page = at_desk(opened, desk)
    take(page)
    press(page, "r")
    page.evaluate(
        "const one = document.querySelector('#actions button'); one.click(); one.click(); one.click();"
    )
    expect(page.locator("#exposure")).to_have_text(re.compile("^Read 2,"))
    assert len(desk.decisions(first)) == 1
    assert desk.decisions(second) == []


def test_a_decision_on_a_withdrawn_report_is_refused_and_its_words_leave_the_page(opened, desk):
    report_id = desk.report()
    page = at_desk(opened, desk)
    take(page)
    expect(page.locator(".told")).to_contain_text("followed me")
    with desk.works["worker"].open(desk.city) as work:
        work.move(work.session.get_one(Report, (desk.city, report_id)), State.WITHDRAWN)
    press(page, "a 1")
    said(page, re.compile("That report changed meanwhile"))
    assert desk.row(report_id).state is State.WITHDRAWN
    expect(page.locator(".told")).to_have_count(0)


def test_notes_stay_words_wherever_they_are_shown(opened, desk):
    desk.report()
    page = at_desk(opened, desk)
    take(page)
    press(page, "r n")
    page.keyboard.type(BITING)
    press(page, "Escape 1")
    expect(page.locator("#report h2")).to_have_text("Ready when you are")
    press(page, "u")
    expect(page.locator(".history q").first).to_have_text(BITING)
    expect(page.locator(".history img")).to_have_count(0)


def test_a_session_is_worth_nothing_in_another_city(opened, desk, make_city, hand_in, keyring, works):
    other = make_city(name="Elsewhere")
    theirs = test_console.Desk(works, other, hand_in, keyring)
    report_id = theirs.report()
    page = at_desk(opened, desk)
    answer = page.evaluate(
        """async (address) => {
            const answer = await fetch(address, { method: "POST", credentials: "same-origin",
                headers: { "X-CSRF-Token": "x" } });
            return [answer.status, (await answer.json()).type];
        }""",
        f"/v1/cities/{other}/review/reports/{report_id}/claim",
    )
    assert answer == [401, "urn:farola:problem:unauthenticated"]
    assert theirs.row(report_id).claimed_by is None


def test_without_a_connection_it_is_said_and_nothing_is_lost(opened, desk):
    report_id = desk.report()
    page = at_desk(opened, desk)
    take(page)
    page.context.set_offline(True)
    press(page, "a 1")
    expect(page.locator("#said.bad")).to_be_visible()
    expect(page.locator(".told")).to_be_visible()
    page.context.set_offline(False)
    press(page, "1")
    expect(page.locator("#report h2")).to_have_text("Ready when you are")
    assert desk.row(report_id).state is State.APPROVED
