"""How staff log in at the console: second step, security key, the city's own log-in, and one's own second factors."""

from __future__ import annotations

import os
from base64 import b32decode

import pytest
from playwright.sync_api import Page, expect

from backend.domain import factors as codes
from backend.domain.words import LANGUAGES, say
from backend.steps.accounts import bind_subject
from backend.store.secrets import secret_of
from tests.oidc.provider import register, running_provider, tell_city
from tests.pages import test_console
from tests.pages.test_console import AXE, log_in
from tests.staff import PASSWORD, add_staff

desk, address, opened = test_console.desk, test_console.address, test_console.opened
pytestmark = pytest.mark.browser


@pytest.fixture
def site(address):
    """Browsers bind security keys to a name, never to a number."""
    return address.replace("127.0.0.1", "localhost")


@pytest.fixture
def console(opened, site):
    def go(**options) -> Page:
        page = opened(**options)
        page.goto(f"{site}/console?lang={options.get('locale', 'en')}")
        expect(page.locator("#login")).to_be_visible()
        return page

    return go


def type_in(page: Page, desk, name="mara"):
    page.select_option("#city", desk.city)
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")


def window(page: Page):
    page.click("#account")
    expect(page.locator("#factors .row-buttons")).to_be_visible()


def log_out(page: Page):
    page.click("#log-out")
    expect(page.locator("#login")).to_be_visible()


def code_of(secret: str, clock) -> str:
    raw = b32decode(secret.replace(" ", "") + "=" * (-len(secret.replace(" ", "")) % 8))
    return codes.code_at(raw, int(clock.now().timestamp()) // 30)


def add_app(page: Page, clock) -> str:
    """Add an app in the open window, by keyboard; its secret."""
    expect(page.locator("#factors .row-buttons")).to_be_visible()
    page.locator("#factors .row-buttons button").first.press("Enter")
    expect(page.locator("#factors svg.qr")).to_be_visible()
    expect(page.locator("#factors input[name=code]")).to_be_focused()
    secret = page.locator("#factors .secret").inner_text()
    page.keyboard.type(code_of(secret, clock))
    page.keyboard.press("Enter")
    return secret


def with_key(page: Page):
    """Plug a security key in that is always touched."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    told = {
        "protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": told})["authenticatorId"]


def axe(page: Page):
    page.evaluate(AXE)
    told = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [(one["id"], node["html"][:160]) for one in told["violations"] for node in one["nodes"]]


def look(page: Page, name: str):
    if folder := os.environ.get("FAROLA_LOOK"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_an_app_is_added_asked_for_and_removed(console, desk, clock):
    page = console()
    log_in(page, desk)
    window(page)
    secret = add_app(page, clock)
    expect(page.locator("#factors-said")).to_have_text(say("en", "console.factors.done"))
    expect(page.locator("#factors .window-list li")).to_have_count(1)
    page.keyboard.press("Escape")
    log_out(page)
    type_in(page, desk)
    expect(page.locator("#second input[name=code]")).to_be_focused()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.locator("#second-said")).to_have_text(say("en", "console.second.wrong"))
    clock.move(seconds=30)
    page.fill("#second input[name=code]", code_of(secret, clock))
    page.keyboard.press("Enter")
    expect(page.locator("#desk")).to_be_visible()
    # After a while one says again who one is, in both steps.
    clock.move(minutes=6)
    page.click("#account")
    page.fill("#factors input[type=password]", "wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#factors-said")).to_have_text(say("en", "console.factors.password_wrong"))
    page.fill("#factors input[type=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.fill("#factors input[name=code]", code_of(secret, clock))
    page.keyboard.press("Enter")
    page.click("#factors .window-list button")
    expect(page.locator("#factors-said")).to_have_text(say("en", "console.factors.removed"))
    page.keyboard.press("Escape")
    log_out(page)
    log_in(page, desk)


def test_a_security_key_is_added_and_asked_for(console, desk):
    page = console()
    session, key = with_key(page)
    log_in(page, desk)
    window(page)
    page.locator("#factors .row-buttons button").nth(1).press("Enter")
    expect(page.locator("#factors .window-list li")).to_have_count(1)
    # The same key again is refused by the key itself.
    page.locator("#factors .row-buttons button").nth(1).click()
    expect(page.locator("#factors-said")).to_have_text(say("en", "console.factors.key_failed"))
    page.keyboard.press("Escape")
    log_out(page)
    type_in(page, desk)
    expect(page.locator("#second-body button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#desk")).to_be_visible()
    log_out(page)
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    with_key(page)
    type_in(page, desk)
    page.click("#second-body button")
    expect(page.locator("#second-said")).to_have_text(say("en", "console.second.wrong"), timeout=90_000)
    page.click("#second-back")
    expect(page.locator("#login")).to_be_visible()


def test_where_one_is_required_it_is_added_before_anything_else(console, works, make_city, desk, clock):
    city = make_city(policy={"staff": {"second_factor": "required"}})
    add_staff(works, city, "nil")
    desk.city = city
    page = console()
    type_in(page, desk, "nil")
    expect(page.locator("#factors")).to_contain_text(say("en", "console.factors.required"))
    page.keyboard.press("Escape")
    expect(page.locator("#login")).to_be_visible()
    type_in(page, desk, "nil")
    add_app(page, clock)
    expect(page.locator("#desk")).to_be_visible()
    window(page)
    page.click("#factors .window-list button")
    expect(page.locator("#factors-said")).to_have_text(say("en", "console.factors.last"))


def test_the_citys_own_log_in_leads_to_the_desk(console, desk, works, settings, site):
    with running_provider() as issuer:
        client = register(issuer, f"{site}/v1/cities/{desk.city}/review/oidc/back")
        tell_city(works, desk.city, issuer, client["client_id"])
        with works["owner"].open(desk.city) as work:
            bind_subject(work, secret_of(settings.staff_key_file), "mara", "subject-1")
        page = console(locale="es")
        for subject, seen in (("subject-2", "#login-said"), ("subject-1", "#desk")):
            page.select_option("#city", desk.city)
            expect(page.locator("#oidc")).to_have_text(
                say("es", "console.login.oidc.named", name="City card")
            )
            look(page, "login-oidc")
            page.click("#oidc")
            page.fill("input[name=login]", subject)
            page.fill("input[name=password]", "anything")
            page.click("button[type=submit]")
            page.click("button[type=submit]")
            expect(page.locator(seen)).to_be_visible()
            if seen == "#login-said":
                expect(page.locator(seen)).to_have_text(say("es", "console.login.refused"))
        expect(page.locator("#who")).to_have_text("mara*")


def test_a_provider_that_is_away_is_told(console, desk, works):
    tell_city(works, desk.city, "http://127.0.0.1:9", "farola")
    page = console()
    page.select_option("#city", desk.city)
    page.click("#oidc")
    expect(page.locator("#login-said")).to_have_text(say("en", "console.login.away"))


@pytest.mark.parametrize(("language", "scheme"), [*((one, "light") for one in LANGUAGES), ("en", "dark")])
def test_axe_finds_nothing_and_a_phone_is_wide_enough(console, desk, clock, language, scheme):
    page = console(locale=language, color_scheme=scheme, viewport={"width": 360, "height": 740})
    page.evaluate("scheme => sessionStorage.setItem('farola.console.theme', scheme)", scheme)
    page.reload()
    type_in(page, desk)
    expect(page.locator("#desk")).to_be_visible()
    found = []

    def at(name):
        found.extend((name, one) for one in axe(page))
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        look(page, f"{name}-{language}-{scheme}")

    window(page)
    at("none")
    page.locator("#factors .row-buttons button").first.click()
    expect(page.locator("#factors svg.qr")).to_be_visible()
    at("app")
    page.fill("#factors input[name=code]", code_of(page.locator("#factors .secret").inner_text(), clock))
    page.keyboard.press("Enter")
    expect(page.locator("#factors .window-list li")).to_have_count(1)
    at("one")
    clock.move(minutes=6)
    page.keyboard.press("Escape")
    page.click("#account")
    expect(page.locator("#factors input[type=password]")).to_be_visible()
    at("again")
    # The first leaves the field, the second the window.
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    log_out(page)
    type_in(page, desk)
    expect(page.locator("#second")).to_be_visible()
    at("second")
    assert found == []
