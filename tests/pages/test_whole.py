"""The pages over the whole system: a release drawn from counted reports, and a report that arrives sealed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from threading import Thread

import numpy as np
import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from werkzeug.serving import make_server

from backend.api.services import EXTENSION
from backend.app import create_app
from backend.domain.receipts import decode
from backend.domain.workflow import State
from backend.steps.history import add_history
from backend.store.models import Photo, Report
from backend.store.monthkeys import ensure_month_keys
from backend.store.sealed import Opener
from tests.pages.conftest import looking, ready
from tests.pages.walk import WORDS, go_on, read_state, symbols, to_check
from workers.publish import release
from workers.publish.document import read_document
from workers.publish.release import release_city
from workers.publish.shelf import Shelf

pytestmark = pytest.mark.browser
# 07:00 in the city on the day after the quarter: its release is due, and the phone has the same day.
AFTER_THE_QUARTER = datetime(2026, 10, 1, 5, tzinfo=UTC)


def past(number: int) -> list[dict]:
    """Decided reports around one corner of the city; the opposite corner stays quiet."""
    rng = np.random.default_rng(11)
    return [
        {
            "kind": "incident",
            "categories": ["following"],
            "lon": float(np.clip(rng.normal(2.10, 0.01), 2.06, 2.22)),
            "lat": float(np.clip(rng.normal(41.36, 0.01), 41.33, 41.46)),
            "occurred_on": date(2026, 9, 24),
            "daypart": "night",
            "gender": "woman",
            "received_on": date(2026, 9, 24),
        }
        for _ in range(number)
    ]


@pytest.fixture
def city(make_city, works, clock, keyring):
    """A city that took over 600 decided reports of its first quarter, on the day after it."""
    clock.at = datetime(2026, 9, 29, 12, tzinfo=UTC)
    city_id = make_city(started_on="2026-09-21")
    with works["owner"].open(city_id) as work:
        ensure_month_keys(work, keyring)
        assert add_history(work, b"s" * 32, past(600)) == 600
    clock.at = AFTER_THE_QUARTER
    with works["owner"].open(city_id) as work:
        ensure_month_keys(work, keyring)
    return city_id


@pytest.fixture
def address(runtime, clock):
    """Both doors on a real socket, over the tests' database and the runtime's shelf of releases."""
    app = create_app(runtime.settings, "all", clock=clock)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions[EXTENSION].close()


@pytest.fixture
def phone(browser, address):
    """A page on a phone whose clock stands where the city's does; it may not complain."""
    with looking(browser, address, timezone_id="Europe/Madrid") as page:
        page.clock.set_fixed_time(AFTER_THE_QUARTER)
        yield page
        assert page.complaints == []


def released(runtime, city, monkeypatch):
    """The map and the pulse as the code drew them; how k is found has tests of its own."""
    monkeypatch.setattr(release, "k_of", lambda _plan: 4.0)
    assert release_city(runtime, city).failed == []
    shelf = Shelf(runtime.settings.releases_dir, city)
    return [read_document(shelf.read(*name)) for name in (("map", "2026-Q3"), ("pulse", "2026-W39"))]


def test_the_map_shows_and_withholds_what_a_drawn_release_does(phone, address, runtime, city, monkeypatch):
    drawn, pulse = released(runtime, city, monkeypatch)
    shown = [region for region in drawn.regions if region.shown]
    assert shown
    assert drawn.withheld
    ready(phone, f"{address}/map#city={city}")
    top = max(shown, key=lambda region: region.zoom or 0)
    expect(phone.locator(".place", has_text=f"{top.low} to {top.high} reports").first).to_be_visible()
    expect(phone.locator(".place")).to_have_count(min(12, len(shown)))
    expect(phone.locator("#list-rest")).to_contain_text(f"too few to tell: {drawn.withheld}")
    expect(phone.locator("#numbers")).to_contain_text("epsilon 7/10, threshold 4 standard errors")
    expect(phone.locator("#sum")).to_be_hidden()
    phone.select_option("#layer", "pulse")
    phone.select_option("#period", "2026-W39")
    [whole] = [region for region in pulse.regions if region.part == "city"]
    expect(phone.locator("#sum")).to_contain_text(f"{whole.low} to {whole.high} reports in the whole city")
    expect(phone.locator("#sum")).to_contain_text(f"standard error {whole.se:.1f}")
    expect(phone.locator("#numbers")).to_contain_text(f"withheld: {pulse.withheld}")


def tell(page) -> str:
    """Fill in the whole form and send it; return the receipt."""
    to_check(page)
    go_on(page)
    expect(page.locator("#receipt")).to_be_visible()
    return symbols(page)


def arrived(works, city) -> tuple[Report, Photo]:
    with works["worker"].open(city) as work:
        report = work.session.scalars(select(Report).where(Report.state != State.APPROVED)).one()
        photo = work.session.scalars(select(Photo)).one()
        work.session.expunge_all()
    return report, photo


def test_a_report_told_on_the_phone_arrives_sealed_and_its_receipt_opens_the_state(
    phone, address, works, city, keyring
):
    ready(phone, f"{address}/#city={city}")
    receipt = tell(phone)
    assert decode(receipt)
    expect(phone.locator(".note.good")).to_have_text("All photos have arrived.")
    report, photo = arrived(works, city)
    assert report.state in {State.RECEIVED, State.AWAITING_PHOTOS}
    assert report.categories == ["following"]
    assert report.occurred_on == date(2026, 10, 1)
    assert photo.received == photo.size > 0
    with works["worker"].open(city) as work:
        assert Opener(work.session, keyring, city, report.id).read("words")["text"] == WORDS
    phone.check(".agree input")
    go_on(phone)
    read_state(phone, receipt.lower())
    expect(phone.locator(".state")).to_contain_text("1 of 1 photos have arrived")
    expect(phone.locator(".state")).to_contain_text("Received on October 1, 2026")
    phone.click(".own button")
    expect(phone.locator(".own .answers")).to_contain_text(WORDS)
    phone.fill(".thread textarea", "It was after the bridge.")
    phone.click(".thread form .button")
    expect(phone.locator(".message.resident")).to_have_count(1)
    go_on(phone)
    expect(phone.locator(".message.resident")).to_contain_text("It was after the bridge.")
    with phone.expect_download() as proof:
        phone.click(".proof button")
    assert json.loads(proof.value.path().read_text())["statement"]["received_on"] == "2026-10-01"
    phone.click(".withdrawal .refuse")
    phone.click(".note .refuse")
    expect(phone.locator(".note.good")).to_be_visible()
