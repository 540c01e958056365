"""The residents' page, filled in by a real browser; the report that arrives is looked at."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re

import pytest
from nacl.bindings import crypto_scalarmult_base
from PIL import Image
from playwright.sync_api import expect

from backend.domain.receipts import decode, derive, shown_to_server
from tests.pages import fake_city, fake_door, walk
from tests.pages.conftest import axe_findings, looking, ready
from tests.pages.walk import NEXT

pytestmark = pytest.mark.browser
SAVED_IN_BROWSER = "[localStorage.length, sessionStorage.length, document.cookie]"
ZOOM_OUT, ZOOM_IN = ".where-zoom .button >> nth=1", ".where-zoom .button >> nth=0"


def to_check(page, site, photo: bytes | None = None) -> None:
    ready(page, f"{site}/?lang=en")
    walk.to_check(page, photo)


def sent(page, site, photo: bytes | None = None) -> str:
    """Fill in and send a report with a photo; return the receipt once all has arrived."""
    to_check(page, site, photo)
    walk.go_on(page)
    receipt = walk.symbols(page)
    page.wait_for_selector("#photo-progress.good")
    return receipt


def personal_photo() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "taken at my front door"
    exif[0x0112] = 6  # stored lying on its side
    return walk.jpeg(3000, 2000, exif=exif)


def test_a_report_with_a_photo_arrives_once_with_what_only_the_phone_knows(page, site, door):
    secret = decode(sent(page, site))
    [report] = door.reports.values()
    assert report["receipt"] == shown_to_server(secret)
    assert len(base64.urlsafe_b64decode(report["reply_key"] + "=")) == 32
    assert report["categories"] == ["following"]
    assert report["text"] == walk.WORDS
    assert report["daypart"] == "night"
    assert report["about_me"] == {"gender": "woman"}
    assert report["language"] == "en"
    assert "form" not in report
    photo = door.photos["1"]
    assert report["photos"] == [
        {"name": "1", "size": len(photo), "sha256": hashlib.sha256(photo).hexdigest()}
    ]
    assert door.named == {"report": fake_door.ID, "name": "1"}
    assert re.fullmatch(r'"[0-9a-f-]{36}"', door.keys[0])


def test_the_reply_key_is_the_one_that_the_receipt_opens(page, site, door):
    private = derive(decode(sent(page, site)), b"farola reply")
    [report] = door.reports.values()
    public = base64.urlsafe_b64decode(report["reply_key"] + "=")
    assert crypto_scalarmult_base(private) == public


# --- where ---------------------------------------------------------------------------------------


def to_where(page, site) -> None:
    ready(page, f"{site}/?lang=en")
    page.click(NEXT)
    walk.map_ready(page)


def test_the_place_is_sent_as_the_middle_of_a_square_inside_the_city(page, site, door):
    sent(page, site)
    [report] = door.reports.values()
    lon, lat = report["location"]["coordinates"]
    assert fake_city.outline().contains(fake_city.Point(lon, lat))
    step = 100 / 111_320
    assert lat / step % 1 == pytest.approx(0.5, abs=0.01)
    assert report["accuracy_m"] == 100


def test_the_middle_of_the_city_is_nobodys_place(page, site):
    to_where(page, site)
    expect(page.locator("#need")).to_contain_text("Say where first")
    for _ in range(5):  # coming closer is not yet pointing
        page.click(ZOOM_IN)
    expect(page.locator(NEXT)).to_be_disabled()
    page.click(walk.CANVAS)
    expect(page.locator(NEXT)).to_be_enabled()


def test_a_place_from_afar_must_be_looked_at_closely(page, site):
    to_where(page, site)
    walk.place(page)
    for _ in range(3):
        page.click(ZOOM_OUT)
    expect(page.locator(NEXT)).to_be_disabled()
    expect(page.locator("#need")).to_contain_text("Come closer")


def test_a_place_outside_the_city_cannot_be_sent(page, site):
    to_where(page, site)
    page.locator(walk.CANVAS).focus()
    for _ in range(12):
        if "outside" in page.locator("#where-here").inner_text():
            break
        page.keyboard.press("ArrowUp")
        page.wait_for_timeout(100)
    expect(page.locator("#where-here")).to_contain_text("outside")
    expect(page.locator("#need")).to_contain_text("outside")
    expect(page.locator(NEXT)).to_be_disabled()


def test_the_map_is_moved_and_brought_closer_from_the_keyboard(page, site):
    to_where(page, site)
    page.locator(walk.CANVAS).focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#where-here")).to_contain_text("Here: La Marina")
    for _ in range(8):
        if page.locator(NEXT).is_enabled():
            break
        page.keyboard.press("+")
        page.wait_for_timeout(100)
    expect(page.locator(NEXT)).to_be_enabled()


def test_the_phones_own_place_is_found_when_asked(browser, site):
    here = {"latitude": 41.41, "longitude": 2.16}
    with looking(browser, site, geolocation=here, permissions=["geolocation"]) as page:
        to_where(page, site)
        page.click(".where-mine")
        expect(page.locator(NEXT)).to_be_enabled()
        assert page.complaints == []


def test_a_district_and_a_stop_stand_in_for_the_map(page, site, door):
    to_where(page, site)
    page.select_option("#where-area", label="Sant Pau")
    page.get_by_label("Near which stop or street?").fill("Line 3, Fontana ")
    walk.go_on(page)
    walk.pick_kind(page)
    walk.when(page)
    walk.go_on(page)
    page.check("input[value=following]")
    for _ in range(4):
        walk.go_on(page)
    expect(page.locator(".answers")).to_contain_text("Sant Pau as a whole, within")
    walk.go_on(page)
    walk.symbols(page)
    [report] = door.reports.values()
    area = fake_city.areas()["03"]
    point = fake_city.Point(report["location"]["coordinates"])
    assert area.contains(point)
    corners = [fake_city.Point(corner) for corner in area.exterior.coords]
    farthest = max(corner.distance(point) for corner in corners) * 111_320
    assert 0.5 * farthest < report["accuracy_m"] < 1.1 * farthest
    assert report["setting"] == {"stop": "Line 3, Fontana"}


def test_without_a_map_a_district_still_places_the_report(browser, site):
    with looking(browser, site, service_workers="block") as page:
        ready(page, f"{site}/?lang=en")
        page.route("**/assets/part-*.js", lambda route: route.abort())
        page.click(NEXT)
        expect(page.locator(".content .note")).to_contain_text("cannot be drawn")
        page.select_option("#where-area", label="Els Turons")
        expect(page.locator(NEXT)).to_be_enabled()


def forwarded(page, site, *, exact: bool) -> None:
    ready(page, f"{site}/?lang=en")
    walk.to_kind(page)
    walk.pick_kind(page, "condition")
    walk.when(page)
    walk.go_on(page)
    page.check("input[value=lamp_broken]")
    for _ in range(4):
        walk.go_on(page)
    page.locator(".agree input").first.check()
    if exact:
        page.locator(".agree input").nth(1).check()
    walk.go_on(page)
    walk.go_on(page)
    walk.symbols(page)


@pytest.mark.parametrize("exact", [False, True])
def test_the_exact_place_is_sent_only_by_choice_with_a_condition_to_forward(page, site, door, exact):
    forwarded(page, site, exact=exact)
    [report] = door.reports.values()
    assert report["consent_forward"] is True
    assert report["accuracy_m"] == (10 if exact else 100)
    snapped = report["location"]["coordinates"][1] / (100 / 111_320) % 1 == pytest.approx(0.5, abs=0.01)
    assert snapped is not exact


# --- what ----------------------------------------------------------------------------------------


def test_every_kind_asks_its_own_questions_and_arrives(page, site, door):
    for kind, pick in (("condition", "badly_lit"), ("safe_place", "well_lit")):
        ready(page, f"{site}/?lang=en")
        walk.to_kind(page)
        walk.pick_kind(page, kind)
        walk.when(page)
        walk.go_on(page)
        page.check(f"input[value={pick}]")
        while page.locator(".answers").count() == 0:
            walk.go_on(page)
        walk.go_on(page)
        walk.symbols(page)
    reports = list(door.reports.values())
    assert [report["kind"] for report in reports] == ["condition", "safe_place"]
    assert [report.get("consent_forward") for report in reports] == [False, None]
    assert not any("about_me" in report for report in reports)


def test_an_audit_needs_all_nine_answers(page, site, door):
    ready(page, f"{site}/?lang=en")
    walk.to_kind(page)
    walk.pick_kind(page, "audit")
    walk.when(page)
    walk.go_on(page)
    levels = page.locator(".content > fieldset")
    for at in range(9):
        expect(page.locator(NEXT)).to_be_disabled()
        expect(page.locator("#need")).to_contain_text(str(9 - at))
        levels.nth(at).locator("input").nth(at % 4).check()
    while page.locator(".answers").count() == 0:
        walk.go_on(page)
    walk.go_on(page)
    walk.symbols(page)
    [report] = door.reports.values()
    assert list(report["audit"].values()) == [at % 4 for at in range(9)]


def test_another_kind_forgets_what_only_the_first_one_asked(page, site, door):
    to_check(page, site)
    page.click(".answer >> nth=1 >> button")
    walk.pick_kind(page, "safe_place")
    page.click(NEXT)
    page.check("input[value=well_lit]")
    while page.locator(".answers").count() == 0:
        walk.go_on(page)
    walk.go_on(page)
    walk.symbols(page)
    [report] = door.reports.values()
    assert report["categories"] == ["well_lit"]
    assert "about_me" not in report


def test_a_day_that_has_not_come_is_refused_with_words(page, site):
    ready(page, f"{site}/?lang=en")
    walk.to_kind(page)
    walk.pick_kind(page)
    page.fill("input[type=date]", "2999-01-01")
    page.check("input[value=night]")
    expect(page.locator("#day-slip")).to_contain_text("not come yet")
    expect(page.locator(NEXT)).to_be_disabled()


# --- photos --------------------------------------------------------------------------------------


def to_photos(page, site) -> None:
    ready(page, f"{site}/?lang=en")
    walk.to_kind(page)
    walk.pick_kind(page)
    walk.when(page)
    walk.go_on(page)
    page.check("input[value=following]")
    walk.go_on(page)
    walk.go_on(page)


def test_a_photo_leaves_the_phone_small_upright_and_bare(page, site, door):
    sent(page, site, personal_photo())
    photo = Image.open(io.BytesIO(door.photos["1"]))
    assert photo.size == (1365, 2048)  # turned as it was held
    assert not photo.getexif()
    assert b"front door" not in door.photos["1"]


def test_what_is_no_picture_is_refused_with_words_of_its_own(page, site):
    to_photos(page, site)
    heic = b"\x00\x00\x00\x18ftypheic" + bytes(64)
    for content, words in ((heic, "HEIC"), (b"no picture", "could not be read")):
        page.set_input_files("#photo-file", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content})
        expect(page.locator("#photo-slip")).to_contain_text(words)
    expect(page.locator(NEXT)).to_have_text("Skip")


def test_four_photos_are_enough_and_one_may_be_taken_away(page, site):
    to_photos(page, site)
    for _ in range(4):
        walk.add_photo(page, walk.jpeg(40, 30))
    expect(page.locator(".add-photo")).to_be_hidden()
    page.click(".photos button >> nth=0")
    expect(page.locator(".photos img")).to_have_count(3)
    expect(page.locator(".add-photo")).to_be_visible()


# --- after ---------------------------------------------------------------------------------------


def test_the_receipt_must_be_kept_before_the_page_lets_go(page, site):
    sent(page, site)
    expect(page.locator(NEXT)).to_be_disabled()
    page.check(".agree input")
    page.click(NEXT)
    expect(page.locator("h1")).to_have_text("Say where a place feels unsafe")
    assert page.evaluate(SAVED_IN_BROWSER) == [0, 0, ""]


def test_typing_the_last_group_back_is_as_good_as_the_tick(page, site):
    receipt = sent(page, site)
    page.fill(".last-group", "XX")
    expect(page.locator(NEXT)).to_be_disabled()
    page.fill(".last-group", receipt[24:].lower())
    expect(page.locator(NEXT)).to_be_enabled()
    expect(page.locator(".agree input")).to_be_checked()


def test_the_receipt_says_until_when_and_whom_to_call(page, site):
    sent(page, site)
    expect(page.locator(".content")).to_contain_text("destroyed on December 22, 2026 at the latest")
    expect(page.locator(".content")).to_contain_text("until May 21, 2027 at the latest")
    expect(page.locator(".help a").first).to_have_attribute("href", "tel:112")


def finish_and_read(page, receipt: str) -> None:
    page.check(".agree input")
    page.click(NEXT)
    walk.read_state(page, receipt)


def test_a_receipt_reads_the_state_and_takes_the_report_back(page, site, door):
    receipt = sent(page, site)
    finish_and_read(page, receipt.lower())
    expect(page.locator(".stand")).to_contain_text("moderator")
    expect(page.locator(".state")).to_contain_text("1 of 1")
    page.click(".withdrawal .refuse")
    page.click(".note .refuse")
    page.wait_for_selector(".note.good")
    assert door.reports == {}


def test_a_counted_report_says_in_which_maps(page, site, door):
    door.state = {"state": "counted", "counted_in": ["2026-W48", "2026-Q4"]}
    finish_and_read(page, sent(page, site))
    expect(page.locator("#counted-in")).to_contain_text("November 23")
    expect(page.locator("#counted-in")).to_contain_text("October")


def test_a_refused_report_is_put_before_somebody_else_once(page, site, door):
    receipt = sent(page, site)
    page.check(".agree input")
    page.click(NEXT)
    walk.read_state(page, receipt)
    expect(page.locator(".state")).to_be_visible()
    expect(page.locator(".appeal")).to_have_count(0)
    door.state = {"state": "rejected", "counted_in": []}
    page.get_by_role("button", name="Look again").click()
    expect(page.locator(".appeal .quiet")).to_contain_text("within two weeks")
    assert axe_findings(page) == []
    page.click(".appeal button")
    expect(page.locator(".stand")).to_have_text("Waiting for somebody else to decide")
    expect(page.locator(".appeal")).to_have_count(0)
    door.state = {"state": "rejected", "counted_in": []}
    page.get_by_role("button", name="Look again").click()
    page.click(".appeal button")
    expect(page.locator(".appeal .slip")).to_contain_text("asked before")
    expect(page.locator(".appeal button")).to_be_disabled()
    page.complaints.clear()  # the browser notes the refusal that was wanted


def test_the_thread_is_opened_on_the_phone_and_answered(page, site, door):
    door.asked = ["Was it before the bridge?"]
    finish_and_read(page, sent(page, site))
    expect(page.locator(".message.city")).to_contain_text("Was it before the bridge?")
    page.click(".thread form .button")
    expect(page.locator("#message-slip")).not_to_be_empty()
    page.fill(".thread textarea", "After it.")
    page.click(".thread form .button")
    expect(page.locator(".message.resident")).to_contain_text("After it.")
    assert door.answered == ["After it."]


def test_the_own_report_is_read_back_from_what_only_the_phone_opens(page, site):
    finish_and_read(page, sent(page, site))
    page.click(".own button")
    expect(page.locator(".own .answers")).to_contain_text(walk.WORDS)
    expect(page.locator(".own .answers")).to_contain_text("Following")


def test_the_proof_is_saved_under_a_name_that_says_nothing(page, site):
    finish_and_read(page, sent(page, site))
    with page.expect_download() as download:
        page.click(".proof button")
    assert download.value.suggested_filename == "notes.json"
    assert json.loads(download.value.path().read_text()) == fake_door.PROOF


def test_a_slip_in_a_receipt_is_found_before_anything_is_sent(page, site):
    ready(page, f"{site}/?lang=en")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.click(".ways .way >> nth=1")
    page.fill(".code", "0T5N-XS12-FXS5-NSJJ-JK4R-D74H-6A5")
    page.click(NEXT)
    expect(page.locator("#receipt-slip")).to_contain_text("slip")
    assert not any("receipt" in address for address in asked)


def test_nothing_secret_is_ever_in_an_address(page, site, door):
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    symbols = sent(page, site)
    [report] = door.reports.values()
    told = " ".join([*addresses, page.url])
    assert all(secret not in told for secret in (symbols, report["receipt"], "behind"))


def test_leaving_forgets_everything_and_leaves_no_way_back(browser, site):
    with looking(browser, site) as page:
        ready(page, f"{site}/?lang=en")
        walk.to_kind(page)
        before = page.evaluate("history.length")
        page.route(
            "https://en.wikipedia.org/**",
            lambda route: route.fulfill(body="<p>harmless</p>", content_type="text/html"),
        )
        page.click("#leave")
        page.wait_for_url("https://en.wikipedia.org/")
        assert page.evaluate("history.length") == before
        assert page.evaluate("document.referrer") == ""


def test_under_250_kb_of_script_before_a_map_is_opened(page, site):
    ready(page, f"{site}/?lang=en")
    sizes = page.evaluate(
        "performance.getEntriesByType('resource').filter(r => /\\.js/.test(r.name)).map(r => r.decodedBodySize)"
    )
    assert 0 < sum(sizes) < 250_000
