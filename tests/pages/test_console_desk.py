"""What the console's windows do in a real browser: masks, openings, reversals, many at once, filters, duplicates."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from backend.domain.permissions import Role
from backend.domain.workflow import State
from backend.store.messages import seal_message
from backend.store.models import Photo, PhotoChunk, PhotoState
from tests.pages import test_console
from tests.pages.test_console import ASKABLE, holding, log_in, press, said, take, told_phone
from tests.staff import add_staff

desk, address, opened = test_console.desk, test_console.address, test_console.opened
photographed = test_console.photographed

pytestmark = pytest.mark.browser


def at_desk(opened, desk, name="mara", **options):
    page = opened(**options)
    log_in(page, desk, name)
    return page


# --- masks -------------------------------------------------------------------------------------


@pytest.fixture
def masked(desk, photographed):
    """A photo of 80 x 60 pixels with one mask, of which the original is kept."""
    with desk.works["worker"].open(desk.city) as work:
        photo = work.session.get_one(Photo, (desk.city, photographed, "1"))
        photo.masks = [{"kind": "face", "x0": 4, "y0": 6, "x1": 14, "y1": 16, "score": 0.9}]
        own = {"city_id": desk.city, "report_id": photographed, "name": "1", "sequence": 0}
        work.session.add(PhotoChunk(**own, month="2026-11", wrapped=b"key", blob="original"))
    return photographed


def photo_of(desk, report_id) -> Photo:
    with desk.works["worker"].open(desk.city) as work:
        return work.session.get_one(Photo, (desk.city, report_id, "1"))


def test_a_mask_is_drawn_and_added_by_keyboard_alone(opened, desk, masked):
    page = at_desk(opened, desk)
    take(page)
    press(page, "i")
    expect(page.locator(".stage")).to_be_focused()
    press(page, "Tab Tab Tab Tab Tab Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#masks-said")).to_have_text("Draw a box first.")
    page.locator(".stage").focus()
    press(page, "ArrowRight ArrowRight ArrowDown Shift+ArrowRight Shift+ArrowDown")
    edges = [int(one.input_value()) for one in page.locator(".edge").all()]
    page.locator("#masks select").first.select_option("plate")
    page.locator(".inline-form .primary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#masks-said")).to_have_text("Covered. The photo is being made anew.")
    photo = photo_of(desk, masked)
    added = dict(zip(("x0", "y0", "x1", "y1"), edges, strict=True))
    assert photo.masks[1] == {"kind": "added", "reason": "plate"} | added
    assert photo.state is PhotoState.RECEIVED
    press(page, "Escape")
    expect(page.locator(".withheld")).to_contain_text("being made anew")
    assert next(one for one in desk.trail() if one["what"] == "mask_added")["reason"] == "plate"


def test_a_box_dragged_on_the_picture_is_in_its_own_pixels(opened, desk, masked):
    page = at_desk(opened, desk)
    take(page)
    page.get_by_role("button", name="Masks").click()
    page.wait_for_function("document.querySelector('.stage img').naturalWidth === 80")
    box = page.locator(".masks-svg").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    page.mouse.up()
    edges = [int(one.input_value()) for one in page.locator(".edge").all()]
    assert [abs(got - wanted) <= 1 for got, wanted in zip(edges, (20, 15, 60, 30), strict=True)] == [True] * 4


def test_a_mask_is_lifted_with_a_reason_and_not_twice(opened, desk, masked):
    page = at_desk(opened, desk)
    take(page)
    press(page, "i")
    page.get_by_label("Why mask 1 is lifted").select_option("public_sign")
    page.get_by_role("button", name="Lift", exact=True).click()
    expect(page.locator("#masks-said")).to_contain_text("Lifted.")
    assert photo_of(desk, masked).masks[0]["lifted"] == "public_sign"
    press(page, "Escape i")
    expect(page.locator("#masks")).to_be_hidden()


# --- what two do -------------------------------------------------------------------------------


def test_an_opening_is_asked_allowed_by_a_lead_looked_at_and_closes_by_itself(opened, desk, works, clock):
    add_staff(works, desk.city, "noor", Role.LEAD)
    report_id = desk.report()
    page = at_desk(opened, desk)
    page.clock.install(time=clock.now())
    take(page)
    press(page, "w")
    page.locator("#openings-ask [name=reason]").select_option("danger_to_life")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#openings-said")).to_have_text("Asked. A lead has to allow it.")
    expect(page.locator("#openings-list li")).to_contain_text("waits for a lead")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#openings-said")).to_contain_text("being asked already")
    other = at_desk(opened, desk, "noor")
    expect(other.locator("#openings-count")).to_have_text("1")
    press(other, "w")
    other.get_by_role("button", name="Allow").click()
    expect(other.locator("#openings-said")).to_have_text("Allowed, for fifteen minutes.")
    expect(other.get_by_role("button", name="Look", exact=True)).to_have_count(0)
    page.keyboard.press("Escape")
    page.locator("#report").focus()
    press(page, "w")
    page.get_by_role("button", name="Look", exact=True).click()
    expect(page.locator("#opened")).to_contain_text("A man followed me from the stop to my street.")
    page.clock.fast_forward("16:00")
    expect(page.locator("#opened")).to_be_empty()
    assert "A man followed me" not in page.content()
    whats = [entry["what"] for entry in desk.trail() if entry.get("report") == str(report_id)]
    assert whats == ["claimed", "opening_asked", "opening_granted", "opening_read"]


def test_what_a_colleague_proposed_is_said_plainly_and_agreed_with_by_a_key(opened, desk, works):
    report_id = desk.report({"categories": ["rape_assault"]})
    nil = add_staff(works, desk.city, "nil")
    desk.decide(nil, desk.claim(nil, report_id), "reject", "too_little")
    page = at_desk(opened, desk)
    take(page)
    expect(page.locator(".standing")).to_contain_text("nil* proposes: Reject (too little to go on)")
    press(page, "y")
    said(page, "Reject: choose why")
    press(page, "6")
    expect(page.locator("#report h2")).to_have_text("Ready when you are")
    assert desk.row(report_id).state is State.REJECTED


def test_a_decision_is_reversed_later_with_a_reason_and_decided_anew(opened, desk, clock):
    report_id = desk.report()
    page = at_desk(opened, desk)
    take(page)
    press(page, "r 2")
    expect(page.locator("#report h2")).to_have_text("Ready when you are")
    clock.move(minutes=20)
    press(page, "u")
    said(page, re.compile("changed meanwhile"))
    press(page, "l")
    expect(page.locator("#decided-list li")).to_contain_text("advertising")
    press(page, "Enter")
    page.get_by_label("Why it is reversed").select_option("new_facts")
    page.locator("#decided-list input").fill("=HYPERLINK(1)")
    page.keyboard.press("Enter")
    said(page, "Reversed. The report is with you, to decide anew.")
    expect(page.locator(".history q")).to_have_text("=HYPERLINK(1)")
    assert [row.reason for row in desk.decisions(report_id)] == ["spam", "new_facts"]
    assert desk.row(report_id).state is State.IN_REVIEW


def test_an_appeal_says_so_and_comes_to_somebody_else_only(opened, desk, works):
    report_id = desk.report()
    nil = add_staff(works, desk.city, "nil")
    desk.decide(nil, desk.claim(nil, report_id), "reject", "too_little")
    with works["worker"].open(desk.city) as work:
        work.session.execute(
            text("update farola.reports set state = 'appealed', appealed = true where id = :id"),
            {"id": report_id},
        )
    theirs = at_desk(opened, desk, "nil")
    expect(theirs.locator(".row")).to_have_count(0)
    page = at_desk(opened, desk)
    expect(page.locator(".row")).to_contain_text("appealed")
    take(page)
    expect(page.locator(".standing")).to_contain_text("asked that somebody else decides")


def test_who_waits_for_an_answer_is_told_also_of_closed_reports_and_answered(opened, desk, works, clock):
    report_id = desk.report(ASKABLE)
    nil = add_staff(works, desk.city, "nil")
    desk.approve(nil, report_id)
    with works["residents"].open(desk.city) as work:
        sealed = seal_message(work, report_id, 1, "Is it counted?", bytes(test_console.PHONE.public_key))
        told = {"r": desk.row(report_id).receipt_hash, "n": 1, "d": clock.now().date(), **vars(sealed)}
        work.session.execute(
            text(
                "select message_add(:r, cast(:n as smallint), :d, :month, :wrapped, :ciphertext, :reply_copy)"
            ),
            told,
        )
    page = at_desk(opened, desk)
    expect(page.locator("#context")).to_contain_text("Residents wait for an answer: 1")
    assert "Is it counted?" not in page.content()
    page.get_by_role("button", name="Read and answer").click()
    expect(page.locator(".message-words")).to_have_text("Is it counted?")
    page.locator("#message").fill("Yes, in the next map.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#messages-said")).to_have_text("Sent, sealed for the resident.")
    assert told_phone(desk, report_id) == ["Yes, in the next map."]
    page.reload()
    expect(page.locator("#report h2")).to_have_text("Ready when you are")
    expect(page.locator(".unanswered")).to_have_count(0)


# --- many, some, near --------------------------------------------------------------------------


def test_many_are_marked_decided_at_once_and_taken_back_at_once(opened, desk, works):
    ids = [desk.report({"categories": ["theft"]}, urgency=n) for n in (3, 2, 1)]
    nil = add_staff(works, desk.city, "nil")
    page = at_desk(opened, desk)
    expect(page.locator(".row")).to_have_count(3)
    desk.claim(nil, ids[1])
    press(page, "x j x j x")
    said(page, "3 marked.")
    expect(page.locator(".row-mark input:checked")).to_have_count(3)
    press(page, "q f r")
    said(page, "3 marked. Reject: choose why")
    press(page, "2")
    said(page, re.compile("^2 decided. 1 stay as they were"))
    assert [desk.row(one).state for one in ids] == [State.REJECTED, State.IN_REVIEW, State.REJECTED]
    expect(page.locator(".row-mark input:checked")).to_have_count(1)
    press(page, "Escape u")
    said(page, "2 taken back.")
    assert {desk.row(one).state for one in ids} == {State.IN_REVIEW}


def test_a_filter_narrows_the_queue_and_the_next_report_comes_from_it(opened, desk):
    desk.report({"categories": ["theft"]}, urgency=1)
    wanted = desk.report({"categories": ["ogling"]}, urgency=0)
    urgent = desk.report({"categories": ["theft"]}, urgency=2)
    page = at_desk(opened, desk)
    expect(page.locator(".row")).to_have_count(3)
    press(page, "g")
    page.get_by_label("Category").select_option("ogling")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator("#filter-count")).to_have_text("1")
    page.locator("#report").focus()
    take(page)
    holding(page, "Staring")
    assert desk.row(wanted).claimed_by is not None
    press(page, "g")
    page.get_by_label("Category").select_option("")
    page.get_by_label("Urgency").select_option("2")
    page.get_by_label("Waiting").select_option(index=1)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(f'.row[data-id="{urgent}"]')).to_have_count(1)
    expect(page.locator(".row")).to_have_count(1)
    press(page, "g")
    page.get_by_role("button", name="No filter").click()
    expect(page.locator(".row")).to_have_count(3)


def test_a_duplicate_is_merged_into_a_near_report_by_keyboard(opened, desk):
    first = desk.report({"categories": ["theft"]}, urgency=0)
    second = desk.report({"categories": ["theft"]}, urgency=1)
    page = at_desk(opened, desk)
    take(page)
    press(page, "d")
    expect(page.locator(".near-one")).to_have_count(2)
    press(page, "s")
    expect(page.locator(".near-one input").first).to_be_focused()
    press(page, "ArrowDown")
    page.locator("#report").focus()
    press(page, "1")
    expect(page.locator("#exposure")).to_have_text(re.compile("^Read 2,"))
    row = desk.row(second)
    assert (row.state, row.duplicate_of) == (State.DUPLICATE, first)


# --- gentleness --------------------------------------------------------------------------------


def test_hard_words_wait_behind_a_summary_and_a_run_of_them_suggests_a_pause(opened, desk):
    for _ in range(7):
        desk.report(urgency=2)
    page = at_desk(opened, desk)
    take(page)
    expect(page.locator(".summary")).to_have_text("Following · words: 15 · taken out: 1")
    expect(page.locator(".told")).to_be_hidden()
    before = page.locator(".labels").bounding_box()
    press(page, "h")
    expect(page.locator(".told")).to_be_visible()
    assert page.locator(".labels").bounding_box() == before
    for done in range(5):
        press(page, "r 1")
        expect(page.locator("#exposure")).to_have_text(f"Read {done + 2}, hard {done + 2}")
        expect(page.locator(".told")).to_be_hidden()
    press(page, "r 1")
    said(page, re.compile("run of hard reports. A short pause is fine"))


def test_the_gravest_kind_is_veiled_whether_told_or_proposed(opened, desk):
    desk.report({"categories": ["exposure"]}, urgency=1)
    desk.report({"categories": []}, labels={"exposure": 0.8}, urgency=1)
    desk.report({"categories": []}, labels={"exposure": 0.4, "theft": 0.8})
    page = at_desk(opened, desk)
    take(page)
    for done, veiled in enumerate((True, True, False), 1):
        expect(page.locator("#exposure")).to_have_text(re.compile(f"^Read {done},"))
        expect(page.locator(".told")).to_be_visible(visible=not veiled)
        press(page, "e 1")


def test_a_ready_sentence_is_in_the_language_of_the_report(opened, desk):
    report_id = desk.report({"language": "ca"} | ASKABLE, language="ca")
    page = at_desk(opened, desk)
    take(page)
    press(page, "q")
    page.locator(".beside .templates").select_option("where")
    expect(page.locator("#public-note")).to_be_focused()
    expect(page.locator("#public-note")).to_have_value(re.compile("^On va ser exactament"))
    press(page, "Escape 1")
    expect(page.locator("#report h2")).to_have_text("Ready when you are")
    assert told_phone(desk, report_id)[0].startswith("On va ser exactament")


def test_the_desk_turns_dark_after_sunset_unless_somebody_chose(opened, desk):
    page = at_desk(opened, desk)
    theme = page.locator("html")
    page.clock.install(time=datetime(2026, 6, 21, 12, 0, tzinfo=UTC))
    page.reload()
    expect(page.locator("#desk")).to_be_visible()
    expect(theme).to_have_attribute("data-theme", "light")
    page.clock.set_system_time(datetime(2026, 6, 21, 22, 0, tzinfo=UTC))
    page.clock.run_for("05:30")
    expect(theme).to_have_attribute("data-theme", "dark")
    page.locator("#theme").click()
    expect(theme).to_have_attribute("data-theme", "light")
    page.locator("#theme").click()
    expect(theme).to_have_attribute("data-theme", "dark")


def test_figures_of_the_day_stand_over_the_queue(opened, desk):
    for urgency in (1, 0, 0):
        desk.report(urgency=urgency)
    page = at_desk(opened, desk)
    expect(page.locator("#queue-figures")).to_have_text("3 in today, 0 yesterday")
