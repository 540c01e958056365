"""The residents' page on a bad connection: what is told arrives once, and what waits can be read by nobody."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from PIL import Image
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from werkzeug.serving import make_server

from backend.api.services import EXTENSION
from backend.app import create_app
from backend.domain.receipts import decode, shown_to_server
from backend.domain.words import RESIDENT_LANGUAGES
from backend.pages import phone as phone_page
from backend.pages.form import FORM
from backend.store.models import Photo, Report
from backend.store.sealed import Opener
from tests.pages.conftest import axe_findings, looking, ready
from tests.pages.phone_store import as_text, boxes, drawers, stored
from tests.pages.slow_door import SlowDoor
from tests.pages.walk import WORDS, add_photo, go_on, map_ready, read_state, symbols, to_check, to_kind, when

pytestmark = pytest.mark.browser
MEGABYTE = 1_000_000
NO_LINE = "net::ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def door() -> SlowDoor:
    return SlowDoor()


@contextmanager
def phone(browser, site, **more) -> Iterator[Page]:
    """A phone that may lose its connection, and must not complain of anything else."""
    with looking(browser, site, **more) as page:
        yield page
        lost = ("Failed to load resource", NO_LINE)
        assert [one for one in page.complaints if not one.startswith(lost)] == []


@pytest.fixture
def page(browser, site) -> Iterator[Page]:
    with phone(browser, site) as opened:
        yield opened


def kept(page: Page, address: str) -> Page:
    """Open the page and wait until it would open without a connection."""
    ready(page, address)
    page.wait_for_selector("html[data-kept]", state="attached")
    return page


def offline(page: Page) -> None:
    page.context.set_offline(True)


def online(page: Page) -> None:
    page.context.set_offline(False)


def noise() -> bytes:
    """A picture that stays larger than one piece of an upload."""
    out = io.BytesIO()
    Image.effect_noise((1900, 1900), 90).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


def until(page: Page, come: Callable[[], object]) -> None:
    """Let the page go on until something has come about."""
    for _ in range(1200):
        if come():
            return
        page.wait_for_timeout(50)
    pytest.fail("This did not come about.")


def nothing_waits(page: Page) -> None:
    """Nothing is on its way any more, and there is no key left to open it."""
    until(page, lambda: "queue" not in drawers(stored(page)))
    assert not any(one.startswith("0=queue") for one in boxes(stored(page)))


def wait_on_phone(page: Page, photo: bytes | None = None) -> str:
    """Fill in and send without a connection; the receipt that is shown."""
    to_check(page, photo)
    go_on(page)
    receipt = symbols(page)
    expect(page.locator("h1")).to_have_text("Kept on this phone until it can be sent")
    return receipt


@pytest.fixture
def city(make_city) -> str:
    return make_city()


@pytest.fixture
def address(runtime, clock) -> Iterator[str]:
    """The real doors on a real socket, over the tests' database."""
    app = create_app(runtime.settings, "all", clock=clock)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions[EXTENSION].close()


def test_what_was_filled_in_without_a_connection_arrives_once_with_its_photo(
    browser, address, city, works, clock, keyring
):
    with phone(browser, address, timezone_id="Europe/Madrid") as page:
        page.clock.set_fixed_time(clock.at)
        kept(page, f"{address}/#city={city}")
        offline(page)
        page.reload()
        receipt = wait_on_phone(page)
        online(page)
        nothing_waits(page)
    with works["worker"].open(city) as work:
        [report] = work.session.scalars(select(Report)).all()
        [photo] = work.session.scalars(select(Photo)).all()
        assert photo.received == photo.size > 0
        assert Opener(work.session, keyring, city, report.id).read("words")["text"] == WORDS
        assert work.session.scalar(select(func.count()).select_from(Report)) == 1
    assert decode(receipt)


def test_a_reload_while_the_answer_is_on_its_way_makes_one_report(page, site, door):
    kept(page, site)
    to_check(page)
    door.answering.clear()
    go_on(page)
    page.wait_for_function("() => document.querySelector('.actions .primary[aria-disabled]')")
    until(page, lambda: door.reports)
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    door.answering.set()
    nothing_waits(page)
    assert len(door.reports) == 1
    assert len(door.keys) >= 2
    assert len(set(door.keys)) == 1
    [told] = door.reports.values()
    assert told["photos"][0]["sha256"] == hashlib.sha256(door.photos["1"]).hexdigest()


def test_a_reload_in_the_middle_of_a_photo_goes_on_where_it_broke(page, site, door):
    kept(page, site)
    to_check(page, noise())
    door.taking.clear()
    go_on(page)
    symbols(page)
    until(page, lambda: door.refused)
    assert 0 < len(door.photos["1"]) <= MEGABYTE
    page.reload()
    door.taking.set()
    nothing_waits(page)
    [told] = door.reports.values()
    assert len(door.photos["1"]) > MEGABYTE
    assert told["photos"][0]["sha256"] == hashlib.sha256(door.photos["1"]).hexdigest()
    assert door.calls.count("POST /v1/cities/fonteria/uploads") == 1
    assert len(door.keys) == 1


def test_two_tabs_do_not_send_the_same_report_twice(page, site, door):
    kept(page, site)
    offline(page)
    wait_on_phone(page)
    other = page.context.new_page()
    ready(other, site)
    expect(other.locator("#waiting")).to_be_visible()
    online(page)
    nothing_waits(page)
    nothing_waits(other)
    expect(other.locator("#waiting")).to_have_count(0)
    assert len(door.keys) == 1
    assert door.calls.count("POST /v1/cities/fonteria/uploads") == 1


def test_a_door_that_is_down_for_a_while_gets_the_same_report_later(page, site, door):
    door.refuse_next = 2
    kept(page, site)
    to_check(page)
    go_on(page)
    receipt = symbols(page)
    nothing_waits(page)
    assert list(door.reports) == [shown_to_server(decode(receipt))]
    assert len(door.keys) == 3
    assert len(set(door.keys)) == 1


def wait_once_more(page: Page) -> str:
    """From a receipt that is shown to one more report that waits."""
    page.check(".agree input")
    go_on(page)
    return wait_on_phone(page)


def test_several_that_wait_go_together_with_one_proof(page, site, door):
    kept(page, site)
    offline(page)
    receipts = [wait_on_phone(page), wait_once_more(page), wait_once_more(page)]
    online(page)
    nothing_waits(page)
    assert door.batches == [3]
    assert [told["receipt"] for told in door.reports.values()] == [
        shown_to_server(decode(receipt)) for receipt in receipts
    ]
    assert door.calls.count("POST /v1/cities/fonteria/uploads") == 3


SPENT = {"status": 422, "field": "Altcha", "detail": "This proof was used already; answer a fresh challenge."}
IN_FLIGHT = {
    "status": 409,
    "detail": "The same report is being taken in right now; try again in a moment.",
}


# A report by itself is sent again at once with a fresh proof, and then waits as well.
@pytest.mark.parametrize(("trouble", "alone"), [(SPENT, 2), (IN_FLIGHT, 1)])
def test_what_passes_with_time_is_no_refusal(page, site, door, trouble, alone):
    kept(page, site)
    offline(page)
    wait_on_phone(page)
    wait_once_more(page)
    door.troubles = [trouble, None, *[trouble] * alone]  # for the first of two in a batch, and then alone
    online(page)
    nothing_waits(page)
    assert door.batches == [2]
    assert len(door.reports) == 2
    assert len(set(door.keys)) == 2
    assert door.troubles == []


def test_a_batch_that_is_refused_as_a_whole_goes_one_by_one(page, site, door):
    kept(page, site)
    offline(page)
    receipts = [wait_on_phone(page), wait_once_more(page)]
    door.no_batches = 400
    online(page)
    nothing_waits(page)
    assert door.batches == [2]
    assert list(door.reports) == [shown_to_server(decode(receipt)) for receipt in receipts]


def test_what_waits_is_said_and_forgotten_after_asking_once(page, site, door):
    kept(page, site)
    offline(page)
    wait_on_phone(page)
    page.reload()
    waits = page.locator("#waiting")
    expect(waits).to_contain_text("1 report waits on this phone")
    expect(waits).to_contain_text("nobody can read it")
    assert axe_findings(page) == []
    waits.locator(".button >> nth=1").click()
    assert axe_findings(page) == []
    waits.locator(".refuse").click()
    expect(waits).to_have_count(0)
    nothing_waits(page)
    online(page)
    page.reload()
    page.wait_for_selector("html[data-kept]", state="attached")
    assert door.keys == []


def test_send_now_says_when_there_is_still_no_connection_and_sends_when_there_is(page, site, door):
    kept(page, site)
    offline(page)
    wait_on_phone(page)
    page.reload()
    page.click("#waiting .button >> nth=0")
    expect(page.locator("#waiting-slip")).not_to_be_empty()
    online(page)
    nothing_waits(page)
    expect(page.locator("#waiting")).to_have_count(0)
    assert len(door.keys) == 1


def test_nothing_that_was_told_can_be_read_on_the_phone(page, site, door):
    kept(page, site)
    to_check(page)
    until(page, lambda: boxes(stored(page)))
    begun = stored(page)
    offline(page)
    go_on(page)
    receipt = symbols(page)
    expect(page.locator("h1")).to_have_text("Kept on this phone until it can be sent")
    waiting = stored(page)
    online(page)
    nothing_waits(page)
    [told] = door.reports.values()
    traces = [
        WORDS, "behind me", receipt, receipt[:8], told["receipt"], told["reply_key"], door.keys[0],
        *(str(number) for number in told["location"]["coordinates"]), told["photos"][0]["sha256"], "JFIF",
    ]  # fmt: skip
    for found in (begun, waiting):
        assert boxes(found)
        assert all("extractable: false" in one for one in found["databases"]["kept/keys"])
        assert [trace for trace in traces if trace in as_text(found)] == []
        assert found["storage"] == []
        assert found["cookies"] == ""
    for text in (f"receipt {trace}" for trace in traces):
        page.evaluate(PLANT, text)
    planted = as_text(stored(page))
    assert [trace for trace in traces if planted.count(trace) < 3] == []


PLANT = """async (text) => {
  localStorage.setItem(text, "1");
  await (await caches.open("planted")).put(`/${Math.random()}`, new Response(text));
  const request = indexedDB.open("planted", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("words", { autoIncrement: true });
  const database = await new Promise((done) => { request.onsuccess = () => done(request.result); });
  const work = database.transaction("words", "readwrite");
  work.objectStore("words").add({ bytes: new TextEncoder().encode(text) });
  await new Promise((done) => { work.oncomplete = done; });
  database.close();
}"""


def test_boxes_tell_little_by_their_length(page, site):
    sizes = set()
    for words in ("short", "a little longer than that, but not by much"):
        ready(page, site)
        to_kind(page)
        page.click(".kind >> nth=0")
        when(page)
        go_on(page)
        page.fill("textarea", words)
        go_on(page)
        until(page, lambda: boxes(stored(page)))
        sizes |= {length(page)}
        page.reload()
    assert len(sizes) == 1


def length(page: Page) -> int:
    return page.evaluate(
        """async () => {
          const request = indexedDB.open("kept");
          const database = await new Promise((done) => { request.onsuccess = () => done(request.result); });
          const asked = database.transaction("boxes").objectStore("boxes").getAll();
          const boxes = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
          database.close();
          return Math.max(...boxes.map(({ box }) => box.byteLength));
        }"""
    )


def begin(page: Page, site: str) -> None:
    """As far as the photos, with one, and everything locked away."""
    ready(page, site)
    to_kind(page)
    page.click(".kind >> nth=0")
    when(page)
    go_on(page)
    page.check("input[value=following]")
    page.fill("textarea", WORDS)
    go_on(page)
    go_on(page)
    add_photo(page)
    until(page, lambda: len(boxes(stored(page))) == 2)


def test_a_reload_while_filling_in_offers_to_go_on(page, site, door):
    begin(page, site)
    page.reload()
    expect(page.locator("#begun")).to_be_visible()
    assert axe_findings(page) == []
    page.click("#begun .primary")
    expect(page.locator(".photos img")).to_have_count(1)
    page.wait_for_function("() => document.querySelector('.photos img').naturalWidth > 0")
    for _ in range(3):
        go_on(page)
    receipt = symbols(page)
    nothing_waits(page)
    [told] = door.reports.values()
    assert told["text"] == WORDS
    assert told["categories"] == ["following"]
    assert told["receipt"] == shown_to_server(decode(receipt))
    assert told["photos"][0]["sha256"] == hashlib.sha256(door.photos["1"]).hexdigest()
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("#begun")).to_have_count(0)


def test_a_receipt_is_not_lost_with_its_page(page, site, door):
    ready(page, site)
    to_check(page)
    door.answering.clear()
    go_on(page)
    until(page, lambda: door.reports)
    page.reload()
    door.answering.set()
    expect(page.locator("#unkept")).to_be_visible()
    nothing_waits(page)
    assert axe_findings(page) == []
    page.click("#unkept .primary")
    [told] = door.reports.values()
    assert shown_to_server(decode(symbols(page))) == told["receipt"]
    page.check(".agree input")
    go_on(page)
    nothing_is_kept(page)
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("#unkept")).to_have_count(0)


def test_two_receipts_are_not_lost_with_their_pages(page, site, door):
    ready(page, site)
    for times in (1, 2):
        to_check(page)
        door.answering.clear()
        go_on(page)
        until(page, lambda: len(door.reports) == times)  # noqa: B023 (called in this round only)
        page.reload()
        door.answering.set()
        expect(page.locator("#unkept")).to_be_visible()
        nothing_waits(page)
    shown = set()
    for _ in range(2):
        page.click("#unkept .primary")
        shown.add(shown_to_server(decode(symbols(page))))
        page.check(".agree input")
        go_on(page)
    assert shown == set(door.reports)
    expect(page.locator("#unkept")).to_have_count(0)
    nothing_is_kept(page)


def nothing_is_kept(page: Page) -> None:
    until(page, lambda: not any(stored(page)["databases"].values()))


def test_what_was_begun_is_forgotten_when_asked(page, site):
    begin(page, site)
    page.reload()
    page.click("#begun .button >> nth=1")
    expect(page.locator("#begun")).to_have_count(0)
    nothing_is_kept(page)


def test_what_was_begun_outlives_a_clock_that_is_set_back(page, site):
    begin(page, site)
    page.clock.set_fixed_time(datetime.now(UTC) - timedelta(hours=2))
    page.reload()
    expect(page.locator("#begun")).to_be_visible()


def test_what_was_begun_is_forgotten_after_a_day(page, site):
    begin(page, site)
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=25))
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("#begun")).to_have_count(0)
    nothing_is_kept(page)


def test_a_report_that_was_refused_meanwhile_says_so_and_is_not_sent_again(page, site, door):
    kept(page, site)
    offline(page)
    wait_on_phone(page)
    door.refuse_with = 422
    online(page)
    until(page, lambda: door.keys)
    page.reload()
    expect(page.locator("#waiting .slip >> nth=-1")).to_contain_text("was not taken: It does not fit.")
    expect(page.locator("#waiting").get_by_text("Send now")).to_be_hidden()
    tried = len(door.keys)
    page.reload()
    expect(page.locator("#waiting .slip >> nth=-1")).to_contain_text("was not taken")
    assert len(door.keys) == tried


def test_the_worker_is_asked_for_anew_and_may_look_after_the_whole_site(client):
    told = client.get("/worker.js")
    assert told.headers["Service-Worker-Allowed"] == "/"
    assert told.headers["Cache-Control"] == "no-cache"
    assert "unsafe" not in told.headers["Content-Security-Policy"]
    made = json.loads(told.text.split(";", 1)[0].removeprefix("self.SHELL = "))
    assert made["build"] == phone_page.build()
    for name in (*made["first"], *made["map"]):
        answer = client.get(f"/assets/{name}")
        assert answer.status_code == 200, name
        answer.close()


def test_a_refused_report_can_be_changed_and_waits_no_more(page, site, door):
    door.refuse_with = 422
    kept(page, site)
    to_check(page)
    go_on(page)
    expect(page.locator("#send-slip")).to_contain_text("was not taken")
    until(page, lambda: {one.split(" ")[0] for one in boxes(stored(page))} == {"0=draft"})
    door.refuse_with = 0
    go_on(page)
    symbols(page)
    nothing_waits(page)
    assert len(door.reports) == 1


def test_little_script_is_needed_until_the_map_is_opened(browser, site):
    with phone(browser, site, service_workers="block") as page:
        sizes: dict[str, tuple[int, int]] = {}

        def weigh(response) -> None:
            if "javascript" in (response.headers.get("content-type") or ""):
                sizes[response.url] = (len(response.body()), response.request.sizes()["responseBodySize"])

        page.on("requestfinished", lambda request: weigh(request.response()))
        ready(page, site)
        page.wait_for_load_state("networkidle")
        before = dict(sizes)
        page.click(".actions .primary")
        map_ready(page)
        until(page, lambda: sum(plain for plain, _ in sizes.values()) > 1_000_000)
        assert before
        assert sum(plain for plain, _ in before.values()) < 250_000
        assert sum(sent for _, sent in before.values()) < 250_000


def test_the_page_opens_without_a_connection_after_one_visit_in_the_language_used(page, site):
    kept(page, f"{site}/?lang=ca")
    offline(page)
    page.goto(site)
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("html")).to_have_attribute("lang", "ca")
    page.click(".actions .primary")
    map_ready(page)


@pytest.mark.parametrize(
    ("pick", "name", "drawing"), [("open", "Farola", "lamp"), ("notes", "Notes", "notes")]
)
def test_a_browser_can_install_the_page_under_the_name_that_is_chosen(
    page, site, client, pick, name, drawing
):
    kept(page, site)
    page.click("#keep summary")
    if pick == "notes":
        page.click("#keep input[value=notes]")
    expect(page).to_have_title(name)
    page.wait_for_selector("html[data-kept]", state="attached")
    session = page.context.new_cdp_session(page)
    wrong = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {one["errorId"] for one in wrong} <= {"in-incognito"}  # as every page of these tests is
    told = session.send("Page.getAppManifest")
    assert told["errors"] == []
    made = json.loads(told["data"])
    assert made["name"] == made["short_name"] == name
    assert made["display"] == "standalone"
    assert "Farola" not in told["data"] or pick == "open"
    for icon in made["icons"]:
        answer = client.get(icon["src"])
        assert drawing in icon["src"]
        assert "x".join(str(side) for side in Image.open(io.BytesIO(answer.data)).size) == icon["sizes"]
        answer.close()
    start = client.get(made["start_url"])
    assert f"<title>{name}</title>" in start.text
    expect(page.locator("#keep")).to_contain_text(name)
    page.locator("#leave-note").scroll_into_view_if_needed()
    assert axe_findings(page) == []


def test_another_term_or_list_is_another_build(monkeypatch):
    """The page is shown as it was kept: what it says must not outlive what is done."""
    before = phone_page.build()
    monkeypatch.setitem(FORM["kept"], "words", FORM["kept"]["words"] + 1)
    assert phone_page.build() != before


def test_the_two_names_are_two_apps_in_every_language(client):
    for language in RESIDENT_LANGUAGES:
        told = [client.get(f"/app.webmanifest?lang={language}{face}").json for face in ("", "&as=notes")]
        assert len({one["id"] for one in told}) == len({one["name"] for one in told}) == 2
        assert all(one["lang"] == language and f"lang={language}" in one["start_url"] for one in told)
        assert told[0]["dir"] == ("rtl" if language == "ar" else "ltr")


def test_the_worker_leaves_other_pages_and_answers_to_a_receipt_alone(page, site, door):
    kept(page, site)
    to_check(page)
    go_on(page)
    receipt = symbols(page)
    nothing_waits(page)
    page.check(".agree input")
    go_on(page)
    read_state(page, receipt)
    page.goto(f"{site}/map")
    page.wait_for_load_state("networkidle")
    addresses = [
        one.split(" ")[0].removeprefix(site) for part in stored(page)["caches"].values() for one in part
    ]
    assert {one for one in addresses if not one.startswith("/assets/")} == {
        "/?lang=en", "/v1/cities", "/v1/cities/fonteria?language=en", "/v1/cities/fonteria/boundary.geojson",
    }  # fmt: skip
    page.goto("about:blank")  # the map would complain of the tiles it is fetching
    offline(page)
    with pytest.raises(PlaywrightError, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(f"{site}/map")


def test_a_new_build_takes_over_as_a_whole(page, site, monkeypatch):
    kept(page, site)
    old = page.get_attribute("html", "data-build")
    monkeypatch.setattr(phone_page, "build", lambda: "another")
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    until(
        page,
        lambda: page.evaluate(
            "navigator.serviceWorker.getRegistration().then((one) => Boolean(one.waiting))"
        ),
    )
    assert page.get_attribute("html", "data-build") == old
    # Chromium may start the old worker again while the page loads; each opening asks anew.
    taken = page.locator("html[data-build=another][data-kept]")
    for _ in range(5):
        with suppress(AssertionError, PlaywrightError):  # the page may be opening itself anew at this moment
            page.reload()
            expect(taken).to_be_attached(timeout=8000)
            break
    expect(taken).to_be_attached()
    assert set(stored(page)["caches"]) >= {"shell-another", "city"}
    offline(page)
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    assert page.get_attribute("html", "data-build") == "another"


def test_the_browser_sends_what_waits_when_the_page_is_closed(page, site, door):
    kept(page, site)
    offline(page)
    wait_on_phone(page)
    session = page.context.new_cdp_session(page)
    known: list[dict] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.extend(told["registrations"]))
    session.send("ServiceWorker.enable")
    until(page, lambda: known)
    page.goto("about:blank")
    assert door.keys == []
    online(page)
    back = {"origin": site, "registrationId": known[-1]["registrationId"], "tag": "send", "lastChance": False}
    session.send("ServiceWorker.dispatchSyncEvent", back)
    until(page, lambda: door.photos.get("1"))
    page.goto(f"{site}/v1/cities")
    nothing_waits(page)
    assert len(door.reports) == 1
    assert len(set(door.keys)) == 1
