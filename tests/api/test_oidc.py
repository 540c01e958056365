"""Staff log in at their city's OpenID provider: there and back at a real one, and at one that lies."""

from __future__ import annotations

import gzip
import json
from contextlib import ExitStack, closing
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from werkzeug.wrappers import Response

from backend.api.review_oidc import COOKIE
from backend.api.services import EXTENSION
from backend.steps.accounts import bind_subject, close_account
from backend.store import wellknown
from backend.store.models import Trail
from backend.store.wellknown import KEPT_S, MOST, REST_S, WellKnown
from tests.oidc.liar import CLIENT, lying
from tests.oidc.provider import Person, part, register, running_provider, tell_city
from tests.staff import add_staff

DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture(scope="module")
def issuer():
    with running_provider() as issuer:
        yield issuer


@pytest.fixture
def liar():
    with lying() as one:
        yield one


@pytest.fixture
def minutes(app):
    """Seconds that have passed for what is kept of providers; nothing is kept yet."""
    passed = [0.0]
    built = app.extensions[EXTENSION]
    object.__setattr__(built, "well_known", WellKnown(lambda: passed[0]))
    return passed


@pytest.fixture
def bind(app, works, city):
    def go(name, subject):
        with works["owner"].open(city) as work:
            bind_subject(work, app.extensions[EXTENSION].sealing_staff, name, subject)

    return go


@pytest.fixture
def arrive(served, city):
    """Somebody else with a browser of their own."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Person(served, city)))


@pytest.fixture
def person(arrive, minutes, works, city):
    add_staff(works, city, "mara")
    return arrive()


@pytest.fixture
def at_provider(issuer, person, works, city, bind):
    """The city uses the real provider, where mara is `subject-1`."""
    client = register(issuer, f"{person.review}/oidc/back")
    tell_city(works, city, issuer, client["client_id"])
    bind("mara", "subject-1")
    return person


@pytest.fixture
def at_liar(liar, person, works, city, bind):
    """The city uses the liar, who says it is mara; the way out has begun."""
    tell_city(works, city, liar.issuer, CLIENT)
    bind("mara", "mara")
    return person


def begin(person, liar):
    """Leave, and let the liar answer with the nonce it was sent; the address that leads back."""
    address = person.leaves()
    liar.claims.setdefault("nonce", part(address, "nonce"))
    return f"{person.review}/oidc/back?code=x&state={part(address, 'state')}"


def noted(works, city):
    with works["worker"].open(city) as work:
        return [row.entry["what"] for row in work.session.query(Trail).order_by(Trail.sequence)]


# --- a real provider ---------------------------------------------------------------------------


def test_there_and_back(at_provider, works, city):
    address = at_provider.leaves()
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert (asked["scope"], asked["prompt"]) == ("openid", "login")
    back = at_provider.logs_in_there(address, "subject-1")
    assert at_provider.account() is None
    assert at_provider.comes_back(back) == "/console?lang=es"
    assert at_provider.account() == "mara*"
    assert COOKIE not in at_provider.browser.cookies
    assert noted(works, city)[-1] == "logged_in"


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_with_a_secret_of_our_own_and_either_signature(app, issuer, person, works, city, bind, alg):
    client = register(issuer, f"{person.review}/oidc/back", secret=True, alg=alg)
    tell_city(works, city, issuer, client["client_id"])
    folder = app.extensions[EXTENSION].settings.oidc_secrets_dir
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{city}.secret").write_text("not the secret\n")
    bind("mara", "subject-1")
    back = person.logs_in_there(person.leaves(), "subject-1")
    assert person.comes_back(back) == "/console?lang=es#refused"
    (folder / f"{city}.secret").write_text(client["client_secret"] + "\n")
    back = person.logs_in_there(person.leaves(), "subject-1")
    assert person.comes_back(back) == "/console?lang=es"
    assert person.account() == "mara*"


def test_the_provider_refuses_who_leaves_pkce_out(at_provider):
    address = at_provider.leaves()
    bare = "&".join(one for one in address.split("&") if not one.startswith("code_challenge"))
    assert bare != address
    told = at_provider.browser.get(bare).headers["Location"]
    assert part(told, "error") == "invalid_request"
    assert at_provider.comes_back(told) == "/console?lang=es#refused"


def test_a_code_is_good_for_the_browser_that_began_alone(at_provider, arrive):
    back = at_provider.logs_in_there(at_provider.leaves(), "subject-1")
    other = arrive()
    assert other.browser.get(back).status_code == 401
    other.leaves()
    assert other.comes_back(back).endswith("#refused")
    # The other way round: that browser's own state, but the code of somebody else; its verifier is another.
    code, state = part(back, "code"), part(other.leaves(), "state")
    assert other.comes_back(f"{other.review}/oidc/back?code={code}&state={state}").endswith("#refused")
    assert other.account() is None


def test_a_way_back_leads_in_once(at_provider):
    address = at_provider.leaves()
    kept = at_provider.browser.cookies[COOKIE]
    back = at_provider.logs_in_there(address, "subject-1")
    assert at_provider.comes_back(back) == "/console?lang=es"
    at_provider.browser.cookies.clear()
    assert at_provider.browser.get(back).status_code == 401
    # Even who kept what the browser carried gets nothing for a code that was redeemed.
    headers = {"Cookie": f"{COOKIE}={kept}"}
    again = httpx.get(back, headers=headers, follow_redirects=False)
    assert again.headers["Location"].endswith("#refused")
    assert "farola_session" not in str(again.headers)


def test_a_way_out_is_forgotten_after_ten_minutes(at_provider, clock):
    back = at_provider.logs_in_there(at_provider.leaves(), "subject-1")
    clock.move(minutes=11)
    assert at_provider.browser.get(back).status_code == 401
    assert at_provider.account() is None


@pytest.mark.parametrize("subject", ["subject-2", "mara", "SUBJECT-1"])
def test_nobody_is_added_whom_no_operator_bound(at_provider, works, city, subject):
    back = at_provider.logs_in_there(at_provider.leaves(), subject)
    assert at_provider.comes_back(back) == "/console?lang=es#refused"
    assert at_provider.account() is None
    assert noted(works, city)[-1] == "log_in_failed"


def test_who_was_shut_out_stays_out(at_provider, works, city):
    with works["owner"].open(city) as work:
        close_account(work, "mara")
    back = at_provider.logs_in_there(at_provider.leaves(), "subject-1")
    assert at_provider.comes_back(back).endswith("#refused")


def test_another_claim_may_name_the_account(issuer, person, works, city, bind):
    client = register(issuer, f"{person.review}/oidc/back")
    tell_city(works, city, issuer, client["client_id"], claim="badge", scope="openid badge")
    bind("mara", "badge of subject-1")
    assert person.comes_back(person.logs_in_there(person.leaves(), "subject-1")) == "/console?lang=es"
    assert person.account() == "mara*"


def test_who_says_no_at_the_provider_comes_back_with_nothing(at_provider):
    state = part(at_provider.leaves(), "state")
    back = f"{at_provider.review}/oidc/back?error=access_denied&state={state}"
    assert at_provider.comes_back(back) == "/console?lang=es#refused"


# --- one that lies -----------------------------------------------------------------------------


def test_the_liar_is_believed_where_it_tells_the_truth(at_liar, liar):
    assert at_liar.comes_back(begin(at_liar, liar)) == "/console?lang=es"
    assert at_liar.account() == "mara*"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"}, {"nonce": None}, {"iss": "https://other.example"}, {"iss": None},
        {"aud": "another"}, {"aud": [CLIENT, "another"], "azp": "another"}, {"exp": 1}, {"exp": None},
        {"exp": "x"}, {"iat": None}, {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": ["mara"]}, {"sub": "nil"},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_what_was_asked_for_opens_nothing(at_liar, liar, claims):
    liar.claims |= claims
    back = begin(at_liar, liar)
    assert at_liar.comes_back(back) == "/console?lang=es#refused"
    assert at_liar.account() is None


@pytest.mark.parametrize("how", ["none", "a known key", "a key never published", "no token", "rubbish"])
def test_only_a_published_key_signs(at_liar, liar, how):
    back = begin(at_liar, liar)
    if how == "none":
        liar.header = {"alg": "none"}
    if how == "a known key":
        liar.sign_with_what_everybody_knows()
    if how == "a key never published":
        published = Response(json.dumps({"keys": [liar.key.as_dict(private=False)]}))
        liar.instead["/jwks"] = published
        liar.new_key("first")
    if how == "no token":
        liar.instead["/token"] = Response('{"access_token": "x", "token_type": "Bearer"}')
    if how == "rubbish":
        liar.instead["/token"] = Response("[" * 100_000, mimetype="application/json")
    assert at_liar.comes_back(back) == "/console?lang=es#refused"
    assert at_liar.account() is None


def test_another_state_or_another_provider_is_not_what_was_begun(at_liar, liar):
    back = begin(at_liar, liar)
    assert at_liar.comes_back(back.replace("state=", "state=x")).endswith("#refused")
    back = begin(at_liar, liar)
    assert at_liar.comes_back(back + "&iss=https://other.example").endswith("#refused")
    assert liar.asked["/token"] == 0


def test_an_answer_never_leads_elsewhere(at_liar, liar):
    back = begin(at_liar, liar)
    for more in ("&redirect_uri=https://other.example", "&lang=//other.example", "&next=//other.example"):
        answer = at_liar.browser.get(back + more)
        assert answer.headers.get("Location", "/console").startswith("/console")
    assert at_liar.browser.get(f"{at_liar.review}/oidc?lang=//other.example").status_code == 422


@pytest.mark.parametrize("what", ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize("told", ["ftp://127.0.0.1/x", "", 7])
def test_what_is_published_must_be_of_the_issuer(at_liar, liar, what, told):
    liar.described[what] = told
    assert at_liar.leaves() == "/console?lang=es#away"


# --- away, slow, too much ----------------------------------------------------------------------


def test_what_is_published_is_read_once_in_ten_minutes(at_liar, liar, minutes):
    for _ in range(3):
        liar.claims.pop("nonce", None)
        assert at_liar.comes_back(begin(at_liar, liar)) == "/console?lang=es"
    assert (liar.asked[DISCOVERY], liar.asked["/jwks"]) == (1, 1)
    minutes[0] += KEPT_S
    liar.claims.pop("nonce", None)
    assert at_liar.comes_back(begin(at_liar, liar)) == "/console?lang=es"
    assert (liar.asked[DISCOVERY], liar.asked["/jwks"]) == (2, 2)


def test_new_keys_are_fetched_but_not_for_every_bad_token(at_liar, liar, minutes):
    assert at_liar.comes_back(begin(at_liar, liar)) == "/console?lang=es"
    liar.new_key()
    minutes[0] += REST_S
    liar.claims.pop("nonce")
    assert at_liar.comes_back(begin(at_liar, liar)) == "/console?lang=es"
    assert liar.asked["/jwks"] == 2
    liar.header = {"alg": "none"}
    for _ in range(3):
        assert at_liar.comes_back(begin(at_liar, liar)).endswith("#refused")
    assert liar.asked["/jwks"] == 2


WRONG = {
    "an error": Response("{}", 500),
    "no JSON": Response("<html>"),
    "a list": Response("[]"),
    "nested": Response("[" * 100_000),
    "too much": Response(b'{"issuer": "' + b"x" * MOST + b'"}'),
    "packed": Response(gzip.compress(b" " * 1000), headers={"Content-Encoding": "gzip"}),
    "elsewhere": Response(status=302, headers={"Location": DISCOVERY + "2"}),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_provider_that_publishes_nothing_of_use_is_away_for_a_while(at_liar, liar, minutes, name):
    liar.instead[DISCOVERY] = WRONG[name]
    assert at_liar.leaves() == "/console?lang=es#away"
    del liar.instead[DISCOVERY]
    assert at_liar.leaves() == "/console?lang=es#away"
    assert liar.asked[DISCOVERY] == 1
    minutes[0] += REST_S
    assert at_liar.leaves().startswith(liar.issuer)


def drip():
    while True:
        yield b" "
        wellknown.time.sleep(0.01)


def test_an_answer_without_an_end_is_left(at_liar, liar, monkeypatch):
    monkeypatch.setattr(wellknown, "LONGEST_S", 0.3)
    liar.instead[DISCOVERY] = Response(drip())
    assert at_liar.leaves() == "/console?lang=es#away"


@pytest.mark.parametrize("endless", [b"x" * 4096, None], ids=["too much", "too slow"])
def test_the_answer_to_a_code_has_bounds_too(at_liar, liar, monkeypatch, endless):
    back = begin(at_liar, liar)
    monkeypatch.setattr(wellknown, "LONGEST_S", 0.3 if endless is None else 60.0)
    pieces = drip() if endless is None else (endless for _ in range(1 + MOST // 4096))
    liar.instead["/token"] = Response(pieces, mimetype="application/json")
    assert at_liar.comes_back(back) == "/console?lang=es#away"
    assert at_liar.account() is None


def test_a_provider_that_is_down_leads_back_to_the_console(person, arrive, works, city):
    with lying() as gone:
        tell_city(works, city, gone.issuer, CLIENT)
        back = begin(person, gone)
    assert person.comes_back(back) == "/console?lang=es#away"
    other = arrive()
    with lying() as gone:
        tell_city(works, city, gone.issuer, CLIENT)
    assert other.leaves() == "/console?lang=es#away"


def test_a_city_without_a_provider_has_no_such_door(person):
    for path in ("oidc", "oidc/back"):
        assert person.browser.get(f"{person.review}/{path}").status_code in {401, 404}
    assert person.browser.get(f"{person.review}/ways").json() == {"oidc": False, "oidc_name": ""}
