"""The console in a real browser: decisions by keyboard alone, veiled photos, nothing for axe to find."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from uuid import UUID, uuid4

import pytest
from nacl.public import PrivateKey, SealedBox
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select, text
from werkzeug.serving import WSGIRequestHandler, make_server

from backend.api.services import EXTENSION
from backend.app import create_app
from backend.domain.reasons import REASONS, TRIED_AGAIN, UNDONE
from backend.domain.words import LANGUAGES, words
from backend.domain.workflow import State
from backend.pages import console
from backend.store.messages import seal_message
from backend.store.models import Message, Photo, PhotoState, Report, StaffSession
from backend.store.public_half import ASIDES
from backend.store.sealed import Opener
from backend.store.seals import Binding, KeyClass, seal
from tests.staff import PASSWORD, Desk, add_staff
from tests.support import ROOT, in_review

PAGES = ROOT / "backend" / "pages"
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
CITY_NAME = "Quillpoint"


class _Quiet(WSGIRequestHandler):
    def log(self, *_args):
        """Say nothing: the tests' output is the tests'."""


@pytest.fixture
def desk(works, make_city, hand_in, keyring) -> Desk:
    policy = {
        "four_eyes": ["rape_assault"],
        "service_desk": {"url": "https://desk.example", "services": {"default": "X"}},
    }
    city = make_city(name=f"{CITY_NAME}{uuid4().hex[:8]}", policy=policy)
    add_staff(works, city, "mara")
    return Desk(works, city, hand_in, keyring)


@pytest.fixture
def address(settings, clock) -> Iterator[str]:
    app = create_app(settings, "all", clock=clock)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    server.daemon_threads = False  # what still runs is waited for at the end
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions[EXTENSION].close()


@pytest.fixture
def opened(browser, address):
    """Opens the console in a window of its own; what the browser complains about fails the test."""
    complaints: list[str] = []
    contexts = []

    def go(**options) -> Page:
        context = browser.new_context(
            **({"viewport": {"width": 1280, "height": 800}, "locale": "en"} | options)
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda told: complaints.append(told.text) if "Content Security" in told.text else None
        )
        page.goto(f"{address}/console")
        expect(page.locator("#login")).to_be_visible()
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []


def city_name(desk) -> str:
    with desk.works["owner"].open(desk.city) as work:
        from backend.store.queries import find_city

        return find_city(work.session, desk.city).name


def log_in(page: Page, desk, name="mara"):
    """By keyboard: the name has the focus, the city stands before it."""
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.type(city_name(desk))
    page.keyboard.press("Tab")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#desk")).to_be_visible()
    expect(page.locator("#report h2")).to_be_visible()


def press(page: Page, keys: str):
    for key in keys.split():
        page.keyboard.press(key)


def said(page: Page, words_said):
    expect(page.locator("#said")).to_have_text(words_said)


def take(page: Page, key="c"):
    """Take a report and wait until it is there; keys pressed before are dropped."""
    page.keyboard.press(key)
    said(page, re.compile("With you until"))


def holding(page: Page, title: str):
    expect(page.locator("#report-title")).to_have_text(title)


# --- deciding ----------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_moderator_logs_in_and_decides_several_reports_by_keyboard_alone(opened, desk):
    kinds = [("touching", 3), ("following", 2), ("commenting", 1), ("theft", 0)]
    ids = [desk.report({"categories": [code]}, urgency=urgency) for code, urgency in kinds]
    page = opened()
    log_in(page, desk)
    expect(page.locator("#queue-counts")).to_have_text("4 waiting · 2 urgent")
    press(page, "c")
    holding(page, "Touching or groping")
    press(page, "a")
    said(page, "Approve: choose why")
    press(page, "1")
    holding(page, "Following")
    said(page, re.compile("clear"))
    press(page, "r 2")
    holding(page, "Comments, whistles, shouts")
    said(page, re.compile("advertising"))
    press(page, "d 1")
    holding(page, "Theft")
    press(page, "u")
    holding(page, "Comments, whistles, shouts")
    said(page, "Taken back. The report is with you again.")
    expect(page.locator(".history li")).to_have_count(2)
    press(page, "a Enter")
    holding(page, "Theft")
    press(page, "a 1")
    expect(page.locator("#report h2")).to_have_text("Ready when you are")
    states = [desk.row(report_id).state for report_id in ids]
    assert states == [State.APPROVED, State.REJECTED, State.APPROVED, State.APPROVED]
    third = [(row.became, row.reason) for row in desk.decisions(ids[2])]
    assert third == [(State.DUPLICATE, "duplicate"), (State.IN_REVIEW, "undone"), (State.APPROVED, "clear")]


@pytest.mark.browser
def test_j_k_and_enter_choose_from_the_queue(opened, desk):
    ids = [
        desk.report({"categories": [code]}, urgency=n)
        for n, code in enumerate(["theft", "ogling", "threats"])
    ]
    page = opened()
    log_in(page, desk)
    press(page, "j j k")
    take(page, "Enter")
    holding(page, "Staring")
    assert [desk.row(one).claimed_by is not None for one in ids] == [False, True, False]
    press(page, "j Enter")
    holding(page, "Theft")
    expect(page.locator('.row[aria-current="true"]')).to_contain_text("with you")
    assert [desk.row(one).claimed_by is not None for one in ids] == [True, False, False]
    press(page, "b")
    said(page, "Given back to the queue.")
    assert desk.row(ids[0]).claimed_by is None


@pytest.mark.browser
def test_keys_do_nothing_while_somebody_types(opened, desk):
    report_id = desk.report()
    page = opened()
    log_in(page, desk)
    take(page)
    press(page, "r n")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("a1 r2 u?c bad")
    expect(page.locator("#note")).to_have_value("a1 r2 u?c bad")
    assert desk.decisions(report_id) == []
    press(page, "Escape 1")
    said(page, re.compile("not about a place"))
    assert desk.row(report_id).state is State.REJECTED
    page.wait_for_load_state("networkidle")  # the next report is looked for meanwhile
    press(page, "u")
    expect(page.locator(".history q")).to_have_text("a1 r2 u?c bad")


@pytest.mark.browser
def test_corrected_categories_are_what_is_approved(opened, desk):
    report_id = desk.report({"categories": ["commenting"]}, labels={"following": 0.9})
    page = opened()
    log_in(page, desk)
    take(page)
    page.locator("#report").get_by_role("checkbox", name="Comments, whistles, shouts").focus()
    press(page, "Space Tab Space")
    page.get_by_label("Add another").select_option("badly_lit")
    page.locator("#report").focus()
    press(page, "a 2")
    said(page, re.compile("categories corrected"))
    row = desk.row(report_id)
    assert (row.categories, row.primary_group) == (["following", "badly_lit"], "intimidation")


@pytest.mark.browser
def test_a_report_without_any_category_is_not_approved(opened, desk):
    report_id = desk.report({"categories": []}, labels={"following": 0.31})
    page = opened()
    log_in(page, desk)
    take(page)
    press(page, "a")
    said(page, "Choose at least one category before approving.")
    press(page, "1")
    assert desk.decisions(report_id) == []


@pytest.mark.browser
def test_a_stuck_report_shows_nothing_and_is_sent_through_again(opened, desk):
    report_id = desk.report(to="quarantined", text=None)
    page = opened()
    log_in(page, desk)
    take(page, "Enter")
    expect(page.locator("#report .note")).to_contain_text("set aside")
    expect(page.locator("#actions [data-action]")).to_have_count(6)
    press(page, "a t")
    said(page, "Sent through again.")
    assert desk.row(report_id).state is State.RECEIVED


# --- what is shown -----------------------------------------------------------------------------


@pytest.mark.browser
def test_chips_stand_where_words_were_removed_and_marks_where_labels_came_from(opened, desk):
    text = "[person] followed me. 😀 [person] unfollowed nobody; he FOLLOWED."
    report_id = desk.report(text=text)
    with desk.works["worker"].open(desk.city) as work:
        spans = [{"start": at, "end": at + 8, "kind": "person"} for at in (0, 24)]
        assert text[24:32] == "[person]"
        told = {"text": text, "spans": spans, "setting": {}}
        Opener(work.session, desk.keyring, desk.city, report_id).add("public_words", told)
        flag = {"about": "flag", "code": "abuse", "score": 0.6, "words": ["nobody"], "model": "rules"}
        place = {"about": "place_type", "code": "park", "score": 0.7, "words": ["there"], "model": "rules"}
        carried = {"following": ["followed"], ASIDES: [flag, place]}
        Opener(work.session, desk.keyring, desk.city, report_id).add("label_words", carried)
    page = opened()
    log_in(page, desk)
    press(page, "c")
    expect(page.locator("#report .about")).to_contain_text("park, proposed")
    expect(page.locator("#report .about .badge")).to_have_text("may attack somebody")
    expect(page.locator(".told .redaction")).to_have_text(["person", "person"])
    expect(page.locator(".told mark")).to_have_text(["followed", "FOLLOWED"])
    expect(page.locator(".told")).to_have_text(
        "person followed me. 😀 person unfollowed nobody; he FOLLOWED."
    )


@pytest.mark.browser
def test_words_are_never_read_as_markup(opened, desk):
    desk.report(text="<img src=x onerror=alert(1)><b>bold</b>")
    page = opened()
    log_in(page, desk)
    take(page)
    expect(page.locator(".told")).to_have_text("<img src=x onerror=alert(1)><b>bold</b>")
    expect(page.locator(".told b, .told img")).to_have_count(0)


@pytest.fixture
def photographed(desk, blobs) -> UUID:
    picture = io.BytesIO()
    Image.new("RGB", (80, 60), (200, 30, 30)).save(picture, "JPEG")
    report_id = UUID(desk.hand_in(at=desk.city, photos=[{"name": "1", "size": 9, "sha256": "0" * 64}])["id"])
    with desk.works["worker"].open(desk.city) as work:
        work.move(work.session.get_one(Report, (desk.city, report_id)), State.RECEIVED)
        in_review(work, report_id)
        photo = work.session.get_one(Photo, (desk.city, report_id, "1"))
        photo.public_blob, photo.state, photo.width, photo.height = (
            f"public/{uuid4()}",
            PhotoState.REDACTED,
            80,
            60,
        )
        key = Opener(work.session, desk.keyring, desk.city, report_id).key_of(KeyClass.PUBLIC)
        blobs.put(photo.public_blob, seal(key, Binding(report_id, "public_photo:1"), picture.getvalue()))
    return report_id


@pytest.mark.browser
def test_a_photo_is_veiled_until_held_by_key_or_pointer(opened, desk, photographed):
    page = opened()
    log_in(page, desk)
    take(page)
    image = page.locator(".photo img")
    veiled = re.compile(r"blur\(\d+px\) grayscale\(1\)")
    expect(image).to_have_js_property("complete", value=True)
    assert image.evaluate("image => image.naturalWidth") == 80
    expect(image).to_have_css("filter", veiled)
    for hold, let_go in (
        (lambda: page.keyboard.down("v"), lambda: page.keyboard.up("v")),
        (lambda: (page.locator(".photo").focus(), page.keyboard.down(" ")), lambda: page.keyboard.up(" ")),
        (lambda: (page.locator(".photo").hover(), page.mouse.down()), page.mouse.up),
        (lambda: (page.locator(".photo").hover(), page.mouse.down()), lambda: page.mouse.move(5, 5)),
    ):
        hold()
        expect(image).to_have_css("filter", "none")
        let_go()
        expect(image).to_have_css("filter", veiled)
    looks = [entry for entry in desk.trail() if entry["what"] == "photo_seen"]
    assert [(entry["report"], entry["photo"]) for entry in looks] == [(str(photographed), "1")]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1000, 700)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_moves_and_nothing_is_cut_off(opened, desk, width, height, language):
    for _ in range(2):
        desk.report()
    page = opened(viewport={"width": width, "height": height}, locale=language)
    log_in(page, desk)
    press(page, "c")
    expect(page.locator(".told")).to_be_visible()

    def places():
        return page.evaluate(
            "[...document.querySelectorAll('.queue, .report, .context, .bar, #said')]"
            ".map(one => { const { x, y, width, height } = one.getBoundingClientRect(); return [x, y, height]; })"
        )

    def cut_off():
        return page.evaluate(
            "[...document.querySelectorAll('.bar button, .bar input, .bar select, .topbar *, .queue :is(button, select)')].filter(one => {"
            " const box = one.getBoundingClientRect();"
            " const edge = one.closest('.queue')?.getBoundingClientRect().right ?? innerWidth;"
            " return box.width && (box.right > edge + 1 || (!one.closest('ol') && box.bottom > innerHeight + 1)); })"
            ".map(one => one.outerHTML)"
        )

    before = places()
    for keys in ("r", "Escape", "d", "Escape", "o", "Escape", "x", "e", "Escape", "Escape", "a 1"):
        press(page, keys)
        expect(page.locator("#actions button").first).to_be_visible()
        assert places() == before
        assert cut_off() == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# --- other moves, and messages -----------------------------------------------------------------

PHONE = PrivateKey.generate()
ASKABLE = {"reply_key": bytes(PHONE.public_key)}


def told_phone(desk, report_id):
    """What the resident's phone reads of the city's messages."""
    with desk.works["worker"].open(desk.city) as work:
        rows = work.session.scalars(select(Message).where(Message.report_id == report_id))
        boxes = [SealedBox(PHONE).decrypt(row.reply_copy) for row in rows if row.author == "city"]
    return [box[: box.rindex(b"\x80")].decode() for box in boxes]


@pytest.mark.browser
def test_a_question_an_escalation_and_a_forward_by_keyboard_alone(opened, desk):
    condition = {"kind": "condition", "categories": ["badly_lit"], "consent_forward": True} | ASKABLE
    asked, escalated, forwarded = (desk.report(condition, urgency=n) for n in (3, 2, 1))
    page = opened()
    log_in(page, desk)
    take(page)
    press(page, "h")
    expect(page.locator(".told")).to_be_visible()
    press(page, "o")
    said(page, "What else can be done")
    with inspected(page):
        pass
    press(page, "q 1")
    said(page, "Write the question for the resident first.")
    expect(page.locator("#public-note")).to_be_focused()
    page.keyboard.type("Which exit, a1 or b2?")
    with inspected(page):
        pass
    press(page, "Escape 1")
    said(page, re.compile("^A question to you is waiting"))
    press(page, "e 2")
    said(page, re.compile("^With a lead moderator: not sure"))
    press(page, "f 1")
    expect(page.locator("#report h2")).to_have_text("Ready when you are")
    states = [desk.row(report_id).state for report_id in (asked, escalated, forwarded)]
    assert states == [State.ASKED, State.ESCALATED, State.APPROVED]
    assert told_phone(desk, asked) == ["Which exit, a1 or b2?"]


@pytest.mark.browser
def test_what_cannot_be_done_is_off_and_its_key_does_nothing(opened, desk):
    report_id = desk.report()
    page = opened()
    log_in(page, desk)
    take(page)
    press(page, "q f o")
    said(page, "What else can be done")
    for name in ("ask", "forward"):
        expect(page.locator(f'[data-action="{name}"]')).to_be_disabled()
    press(page, "Escape")
    expect(page.locator('[data-action="approve"]')).to_be_enabled()
    expect(page.locator("#message")).to_have_count(0)
    assert desk.row(report_id).state is State.IN_REVIEW


@pytest.mark.browser
def test_a_sensitive_report_says_that_two_decide_and_shows_what_was_proposed(opened, desk, works):
    report_id = desk.report({"categories": ["rape_assault"]})
    nil = add_staff(works, desk.city, "nil")
    desk.decide(nil, desk.claim(nil, report_id), "approve", "clear")
    other = desk.report({"categories": ["rape_assault"]})
    page = opened()
    log_in(page, desk)
    expect(page.locator(f'.row[data-id="{report_id}"]')).to_contain_text("needs a second look")
    page.locator(f'.row[data-id="{report_id}"]').click()
    expect(page.locator(".history li")).to_contain_text("Proposed: Approve")
    expect(page.locator("#report")).not_to_contain_text("Two people decide")
    with inspected(page):
        pass
    press(page, "a 1")
    expect(page.locator("#report")).to_contain_text("Two people decide")
    assert desk.row(report_id).state is State.APPROVED
    press(page, "r 1")
    said(page, re.compile("^Waiting for a second moderator"))
    assert desk.row(other).state is State.SECOND_LOOK


@pytest.mark.browser
def test_messages_are_read_when_asked_for_and_answered_with_words_that_stay_words(opened, desk, works, clock):
    words = "<img src=x onerror=alert(1)> =HYPERLINK(1)"
    report_id = desk.report(ASKABLE)
    with works["residents"].open(desk.city) as work:
        held = desk.row(report_id).receipt_hash
        sealed = seal_message(work, report_id, 1, words, bytes(PHONE.public_key))
        told = {"r": held, "n": 1, "d": clock.now().date(), **vars(sealed)}
        statement = (
            "select message_add(:r, cast(:n as smallint), :d, :month, :wrapped, :ciphertext, :reply_copy)"
        )
        work.session.execute(text(statement), told)
    page = opened()
    log_in(page, desk)
    take(page)
    expect(page.locator("#messages-read")).to_have_text("Read (1)")
    assert "messages_read" not in [entry["what"] for entry in desk.trail()]
    press(page, "m")
    expect(page.locator(".message-words")).to_have_text(words)
    expect(page.locator("#message")).to_be_focused()
    assert page.locator(".thread img").count() == 0
    page.keyboard.type("Thank you. Which exit, a or r?")
    press(page, "Tab Enter")
    expect(page.locator(".message.city .message-words")).to_have_text("Thank you. Which exit, a or r?")
    expect(page.locator("#messages-said")).to_have_text("Sent, sealed for the resident.")
    with inspected(page):
        pass
    assert told_phone(desk, report_id) == ["Thank you. Which exit, a or r?"]
    assert desk.row(report_id).state is State.IN_REVIEW
    assert [entry["what"] for entry in desk.trail()][-3:] == ["messages_read", "answered", "messages_read"]


# --- sessions and others -----------------------------------------------------------------------


@pytest.mark.browser
def test_a_report_that_a_colleague_holds_is_refused_in_the_bar(opened, desk, works):
    report_id = desk.report()
    page = opened()
    log_in(page, desk)
    nil = add_staff(works, desk.city, "nil")
    hold = desk.claim(nil, report_id)
    press(page, "Enter")
    said(page, re.compile("colleague holds it"))
    expect(page.locator(".row")).to_contain_text("a colleague reads it")
    desk.decide(nil, hold, "approve", "clear")


@pytest.mark.browser
def test_an_ended_session_leads_back_to_the_form_and_a_reload_keeps_a_running_one(opened, desk):
    desk.report()
    page = opened()
    log_in(page, desk)
    take(page)
    expect(page.locator(".told")).to_be_visible()
    page.reload()
    expect(page.locator("#desk")).to_be_visible()
    expect(page.locator("#who")).to_have_text("mara*")
    with desk.works["staff"].open(desk.city) as work:
        work.session.execute(delete(StaffSession))
    press(page, "c")
    expect(page.locator("#login-said")).to_have_text("Your session ended. Log in again.")
    expect(page.locator("#desk")).to_be_hidden()
    assert "followed" not in page.content()


@pytest.mark.browser
def test_a_wrong_password_is_said_and_logging_out_ends_the_session(opened, desk):
    page = opened()
    page.locator("#city").select_option(desk.city)
    page.fill("#name", "mara")
    page.fill("#password", "wrong")
    press(page, "Enter")
    expect(page.locator("#login-said")).to_have_text("Name or password is wrong, or the account is closed.")
    page.fill("#password", PASSWORD)
    press(page, "Enter")
    expect(page.locator("#desk")).to_be_visible()
    page.click("#log-out")
    expect(page.locator("#login")).to_be_visible()
    assert [entry["what"] for entry in desk.trail()] == ["log_in_failed", "logged_in", "logged_out"]


# --- for everybody -----------------------------------------------------------------------------


@contextmanager
def inspected(page: Page) -> Iterator[None]:
    """Nothing that axe knows may be wrong with what is shown at the end of the block."""
    yield
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []


def keys_of(language: str, folder: str = "console") -> set[str]:
    return set(json.loads((ROOT / f"backend/domain/locales/{folder}/{language}.json").read_text()))


def test_every_language_says_everything_the_console_says():
    sources = [
        PAGES / "templates/console.html",
        PAGES / "static/console.js",
        *(PAGES / "static/console").glob("*.js"),
    ]
    asked = {
        key
        for source in sources
        for key in re.findall(r"""["'](console\.[a-z_.]+[a-z])["']""", source.read_text())
    } - {"console.css", "console.js"}
    assert len(asked) > 50
    for language in LANGUAGES:
        assert keys_of(language) == keys_of("en")
        for folder in ("desk", "replies"):
            assert keys_of(language, folder) == keys_of("en", folder)
        assert asked - set(words(language)) == set()
        for _, name in console.KEYS:
            assert f"console.keys.{name}" in words(language)
        for code in (*(code for reasons in REASONS.values() for code in reasons), UNDONE, TRIED_AGAIN):
            assert f"name.reason.{code}" in words(language)


def test_the_shell_carries_nobodys_words_and_a_strict_policy(settings, desk):
    desk.report()
    app = create_app(settings, "staff")
    answer = app.test_client().get("/console?lang=fr", buffered=True)
    app.extensions[EXTENSION].close()
    assert answer.status_code == 200
    assert '<html lang="fr"' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "followed" not in answer.text
    assert not re.search(r"<script(?![^>]*(src=|application/json))|\son[a-z]+=|style=", answer.text)
