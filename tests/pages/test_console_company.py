"""Reports that belong together, the trail and releases in the console: proposed, chosen by key, decided by people."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from backend.domain.permissions import Role
from backend.store.models import Ledger, Report, Withdrawal
from backend.store.public_half import ASIDES
from tests.api.conftest import release_bytes
from tests.pages import test_console
from tests.pages.test_console import log_in, press
from tests.pages.test_console_axe import LOOKS, Looking
from tests.staff import add_staff
from workers.publish.shelf import Shelf

desk, address, opened = test_console.desk, test_console.address, test_console.opened
BURST = {
    "about": "flag", "code": "burst", "score": 0.5, "words": [], "model": "burst-1",
    "reports": ["0c7b6f8e-2d4a-4f6b-9a51-0d8c2b7e4f10"],
}  # fmt: skip


@pytest.fixture
def paired(desk):
    """A report, and a later one that may tell the same and stands in a burst; both wait."""
    first = desk.report({"categories": ["theft"]})
    alike = {
        "about": "duplicate", "code": "copy", "score": 0.83, "words": ["followed", "stop"],
        "model": "likeness-1", "reports": [str(first)],
    }  # fmt: skip
    again = desk.report(
        words={"following": ["followed"], ASIDES: [alike, BURST]}, flags=["burst", "duplicate"], urgency=3
    )
    return first, again


def take(page, report_id):
    page.locator(f'.row[data-id="{report_id}"]').click()
    expect(page.locator("#report-title")).to_be_visible()


@pytest.mark.browser
def test_a_proposed_duplicate_is_chosen_already_and_merged_by_key(opened, desk, paired):
    first, again = paired
    page = opened()
    log_in(page, desk)
    take(page, again)
    panel = page.locator(".alike")
    expect(panel).to_contain_text("nearly the same words, .83")
    expect(panel).to_contain_text("followed, stop")
    expect(panel).to_contain_text(str(first)[:8])
    expect(panel.locator("input").first).to_be_checked()
    press(page, "d")
    press(page, "1")
    expect(page.locator("#said")).to_contain_text("already reported")
    row = desk.row(again)
    assert (row.state, row.duplicate_of) == ("duplicate", first)


@pytest.mark.browser
def test_a_proposal_is_declined_by_keyboard(opened, desk, paired):
    _, again = paired
    page = opened()
    log_in(page, desk)
    take(page, again)
    press(page, "s")
    expect(page.locator(".alike input").first).to_be_focused()
    press(page, "ArrowDown")
    expect(page.locator(".alike input").last).to_be_checked()
    page.locator("#report").focus()
    press(page, "d 1")
    expect(page.locator("#said")).to_contain_text("already reported")
    assert desk.row(again).duplicate_of is None


@pytest.mark.browser
def test_flags_stand_in_the_queue_and_narrow_it(opened, desk, paired):
    _, again = paired
    page = opened()
    log_in(page, desk)
    row = page.locator(f'.row[data-id="{again}"]')
    expect(row).to_contain_text("many at once")
    expect(row).to_contain_text("may be told already")
    press(page, "g")
    page.locator("#filters select[name=flag]").select_option("burst")
    page.keyboard.press("Tab")
    page.locator("#filters .primary").press("Enter")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator("#filter-count")).to_have_text("1")


@pytest.mark.browser
def test_only_what_is_overdue_can_be_asked_for(opened, desk, paired, works):
    first, _ = paired
    with works["owner"].open(desk.city) as work:
        report = work.session.get_one(Report, (desk.city, first))
        report.received_on = report.received_on.replace(year=2025)
    page = opened()
    log_in(page, desk)
    press(page, "g")
    page.locator("#filters select[name=overdue]").select_option("true")
    page.locator("#filters .primary").press("Enter")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(f'.row[data-id="{first}"]')).to_contain_text("late")


@pytest.mark.browser
def test_a_lead_reads_the_trail_by_pseudonym(opened, desk, paired, works):
    nil = add_staff(works, desk.city, "nil")
    add_staff(works, desk.city, "noor", Role.LEAD)
    desk.decide(nil, desk.claim(nil, paired[0]), "reject", "spam")
    page = opened()
    log_in(page, desk, "noor")
    press(page, "z")
    rows = page.locator("#trail-list li")
    expect(rows.first).to_contain_text("Logged in")
    decided = rows.filter(has_text="Decided")
    expect(decided).to_contain_text("nil*")
    expect(decided).to_contain_text("Reject")
    expect(decided).to_contain_text(str(paired[0])[:8])
    press(page, "Escape")
    expect(page.locator("#trail")).to_be_hidden()


@pytest.fixture
def released(desk, works, settings, clock):
    """One map that is published, in the ledger and on the shelf."""
    told = release_bytes(desk.city, "2026-Q3", 30)
    Shelf(settings.releases_dir, desk.city).place("map", "2026-Q3", told)
    drawn = {"plan_hash": "0" * 64, "release": told, "release_hash": "0" * 64, "drawn_at": clock.now()}
    with works["owner"].open(desk.city) as work:
        row = {"layer": "map", "period": "2026-Q3", "correction": 0, "epsilon": "7/10"}
        work.session.add(Ledger(city_id=desk.city, **row, **drawn))


@pytest.mark.browser
def test_a_release_is_taken_back_by_two_from_the_keyboard(opened, desk, works, released):
    for name in ("noor", "lea"):
        add_staff(works, desk.city, name, Role.LEAD)
    page = opened()
    log_in(page, desk, "noor")
    press(page, "p")
    expect(page.locator("#withdrawals-list")).to_contain_text("Nothing was ever taken back.")
    page.locator("#withdrawals select[name=release]").focus()
    press(page, "Tab Tab Space Tab Enter")
    expect(page.locator("#withdrawals-said")).to_contain_text("too late")
    page.locator("#withdrawals input[name=corrects]").focus()
    press(page, "Space Tab Enter")
    expect(page.locator("#withdrawals-said")).to_have_text("Asked. Somebody else has to agree.")
    expect(page.locator("#withdrawals-list li")).to_contain_text("waits for somebody else")
    press(page, "Escape")
    other = opened()
    log_in(other, desk, "lea")
    press(other, "p")
    asked = other.locator("#withdrawals-list li")
    expect(asked).to_contain_text("noor*")
    asked.get_by_role("button", name="Agree").press("Enter")
    expect(asked).to_contain_text("agreed, being done")
    with works["owner"].open(desk.city) as work:
        row = work.session.scalars(select(Withdrawal).filter_by(city_id=desk.city)).one()
        assert (row.state, row.layer, row.period, row.corrects) == ("granted", "map", "2026-Q3", False)


@pytest.mark.browser
def test_a_moderator_has_neither_trail_nor_releases(opened, desk):
    page = opened()
    log_in(page, desk)
    expect(page.locator("#queue-counts")).not_to_be_empty()
    press(page, "z p")
    for name in ("trail", "withdrawals"):
        expect(page.locator(f"#{name}")).to_be_hidden()
        expect(page.locator(f"[data-act={name}]")).to_be_hidden()


@pytest.mark.browser
@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_axe_finds_nothing(opened, desk, paired, works, released, language, scheme):
    add_staff(works, desk.city, "noor", Role.LEAD)
    page = opened(locale=language, color_scheme=scheme, viewport={"width": 1000, "height": 760})
    page.evaluate("scheme => sessionStorage.setItem('farola.console.theme', scheme)", scheme)
    page.reload()
    expect(page.locator("#login")).to_be_visible()
    look = Looking(page)
    log_in(page, desk, "noor")
    take(page, paired[1])
    expect(page.locator(".alike")).to_be_visible()
    look.at("alike")
    look.window("z", "trail")
    look.window("p", "withdrawals")
    look.window("g", "filters")
    assert look.found == []
    assert "console." not in page.locator("body").inner_text()
