"""Security keys: what they sign is taken for this site, this challenge and this account, and once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.domain.factors import Step
from backend.errors import Conflict, FarolaError, NotAllowed, Unauthenticated, UnprocessableInput
from backend.steps import factors, second_step, sessions
from backend.steps.second_step import Signed
from backend.store.secondfactor import Site
from tests.authenticator import NEW, PRESENT, Authenticator, b64, raw
from tests.staff import PASSWORD, add_staff

KEY = bytes(range(32))
SITE = Site("https://staff.example")


class Person:
    """One account and how it logs in."""

    def __init__(self, works, city, name="mara"):
        self.works, self.city, self.name = works["staff"], city, name

    def enter(self):
        return sessions.log_in(self.works, KEY, self.city, self.name, PASSWORD)

    def enrol(self, key, token=None, **lies):
        token = token or self.enter().token
        with self.works.open(self.city) as work:
            options = factors.offer_key(work, SITE, token)
        with self.works.open(self.city) as work:
            return factors.add_key(work, SITE, token, key.create(options, SITE.origin, **lies))

    def asked(self, token):
        with self.works.open(self.city) as work:
            return second_step.challenge(work, SITE, token)

    def sends(self, token, parts, site=SITE):
        return second_step.with_key(self.works, KEY, self.city, token, Signed(site, parts))

    def keys(self, token):
        with self.works.open(self.city) as work:
            return [one.id for one in factors.mine(work, token).factors]


@pytest.fixture
def mara(works, city):
    add_staff(works, city, "mara")
    return Person(works, city)


@pytest.fixture
def key():
    return Authenticator()


@pytest.fixture
def enrolled(mara, key):
    assert mara.enrol(key).step is Step.DONE
    return mara


# --- making one --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://staff.example.evil.example"}, {"origin": "http://staff.example"},
        {"origin": "https://staff.example:444"}, {"challenge": b64(bytes(32))}, {"site": "evil.example"},
        {"kind": "webauthn.get"}, {"flags": NEW}, {"flags": PRESENT},
    ],
    ids=str,
)  # fmt: skip
def test_a_key_made_elsewhere_or_for_something_else_is_not_taken(mara, key, lies):
    with pytest.raises(UnprocessableInput) as refused:
        mara.enrol(key, **lies)
    assert refused.value.field == "attestation"
    assert mara.enter().step is Step.DONE


def test_a_challenge_to_make_a_key_is_good_once_even_when_it_failed(mara, key):
    token = mara.enter().token
    with mara.works.open(mara.city) as work:
        options = factors.offer_key(work, SITE, token)
    with mara.works.open(mara.city) as work, pytest.raises(UnprocessableInput):
        factors.add_key(work, SITE, token, key.create(options, "https://evil.example"))
    with mara.works.open(mara.city) as work, pytest.raises(UnprocessableInput):
        factors.add_key(work, SITE, token, key.create(options, SITE.origin))


def test_a_key_belongs_to_one_account(works, city, enrolled, key):
    add_staff(works, city, "nil")
    with pytest.raises(Conflict):
        Person(works, city, "nil").enrol(key)


# --- signing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("counts", [True, False])
def test_a_key_completes_a_log_in_again_and_again(mara, counts):
    key = Authenticator(counts=counts)
    mara.enrol(key)
    for _ in range(2):
        half = mara.enter()
        assert half.step is Step.FACTOR
        options = mara.asked(half.token)
        assert [one["id"] for one in options["allowCredentials"]] == [b64(key.id)]
        done = mara.sends(half.token, key.get(options, SITE.origin))
        assert done.step is Step.DONE
        assert done.token != half.token


def _flipped(parts, name):
    changed = bytearray(raw(parts[name]))
    changed[-1] ^= 1
    return parts | {name: b64(bytes(changed))}


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://staff.example.evil.example"}, {"origin": "http://staff.example"},
        {"challenge": b64(bytes(32))}, {"challenge": ""}, {"site": "evil.example"}, {"kind": "webauthn.create"},
        {"flags": 0},
    ],
    ids=str,
)  # fmt: skip
def test_a_signature_for_elsewhere_or_for_something_else_opens_nothing(enrolled, key, lies):
    half = enrolled.enter()
    options = enrolled.asked(half.token)
    with pytest.raises(NotAllowed):
        enrolled.sends(half.token, key.get(options, SITE.origin, **lies))
    # The challenge is used up by the failure: not even the right answer to it is taken now.
    with pytest.raises(NotAllowed):
        enrolled.sends(half.token, key.get(options, SITE.origin))
    enrolled.sends(half.token, key.get(enrolled.asked(half.token), SITE.origin))


@pytest.mark.parametrize("name", ["signature", "authenticator_data", "client_data", "credential_id"])
@pytest.mark.parametrize("how", ["flipped", "short", "empty"])
def test_what_was_changed_on_the_way_opens_nothing(enrolled, key, name, how):
    half = enrolled.enter()
    parts = key.get(enrolled.asked(half.token), SITE.origin)
    told = {"flipped": _flipped(parts, name), "short": parts | {name: "AA"}, "empty": parts | {name: ""}}[how]
    with pytest.raises(NotAllowed):
        enrolled.sends(half.token, told)


def test_a_signature_is_taken_once(enrolled, key):
    half = enrolled.enter()
    parts = key.get(enrolled.asked(half.token), SITE.origin)
    enrolled.sends(half.token, parts)
    with pytest.raises(Unauthenticated):
        enrolled.sends(half.token, parts)
    again = enrolled.enter()
    with pytest.raises(NotAllowed):
        enrolled.sends(again.token, parts)
    enrolled.asked(again.token)
    with pytest.raises(NotAllowed):
        enrolled.sends(again.token, parts)


def test_a_copy_of_a_key_is_found_by_its_count(enrolled, key):
    copy = Authenticator(count=key.count, id=key.id, private=key.private)
    half = enrolled.enter()
    enrolled.sends(half.token, key.get(enrolled.asked(half.token), SITE.origin))
    half = enrolled.enter()
    with pytest.raises(NotAllowed):
        enrolled.sends(half.token, copy.get(enrolled.asked(half.token), SITE.origin))
    enrolled.sends(half.token, key.get(enrolled.asked(half.token), SITE.origin))


def test_the_key_of_another_account_opens_nothing(works, city, enrolled, key):
    add_staff(works, city, "nil")
    nil, other = Person(works, city, "nil"), Authenticator()
    nil.enrol(other)
    half = enrolled.enter()
    with pytest.raises(NotAllowed):
        enrolled.sends(half.token, other.get(enrolled.asked(half.token), SITE.origin))
    # Nor under the name of mara's key.
    signed = other.get(enrolled.asked(half.token), SITE.origin) | {"credential_id": b64(key.id)}
    with pytest.raises(NotAllowed):
        enrolled.sends(half.token, signed)


def test_five_wrong_signatures_a_minute_and_then_not_even_the_right_one(enrolled, key):
    half = enrolled.enter()
    for _ in range(5):
        with pytest.raises(NotAllowed):
            enrolled.sends(half.token, key.get(enrolled.asked(half.token), "https://evil.example"))
    with pytest.raises(FarolaError) as refused:
        enrolled.sends(half.token, key.get(enrolled.asked(half.token), SITE.origin))
    assert type(refused.value).__name__ == "TooManyTries"


# --- at the same time --------------------------------------------------------------------------


def at_once(*calls):
    """Make calls at the same time; what each returned or raised."""

    def outcome(call):
        try:
            return call()
        except FarolaError as refused:
            return type(refused)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(outcome, calls))


def slowly(monkeypatch, module, name):
    """Let something take its time, so that who does it at the same time meets."""
    real = getattr(module, name)

    def slow(*told, **more):
        done = real(*told, **more)
        time.sleep(0.3)
        return done

    monkeypatch.setattr(module, name, slow)


def test_one_signature_opens_one_session(mara, monkeypatch):
    key = Authenticator(counts=False)
    mara.enrol(key)
    half = mara.enter()
    parts = key.get(mara.asked(half.token), SITE.origin)
    slowly(monkeypatch, second_step, "takes_signature")
    ended = at_once(*[lambda: mara.sends(half.token, parts)] * 3)
    opened = [one for one in ended if not isinstance(one, type)]
    assert len(opened) == 1
    assert {one for one in ended if isinstance(one, type)} == {Unauthenticated}


@pytest.mark.parametrize("same_session", [True, False])
def test_the_last_one_stays_however_many_are_removed_at_once(works, make_city, monkeypatch, same_session):
    city = make_city(policy={"staff": {"second_factor": "required"}})
    add_staff(works, city, "mara")
    mara, one, two = Person(works, city), Authenticator(), Authenticator()
    token = mara.enrol(two, mara.enrol(one).token).token
    half = mara.enter()
    other = (
        token if same_session else mara.sends(half.token, one.get(mara.asked(half.token), SITE.origin)).token
    )
    first, second = mara.keys(token)
    slowly(monkeypatch, factors, "second_factor_required")

    def remove(token, factor):
        with mara.works.open(city) as work:
            # As at the door, where the request keeps the session awake first.
            sessions.resume(work, token, unfinished=True)
            factors.remove(work, token, factor)

    ended = at_once(lambda: remove(token, first), lambda: remove(other, second))
    assert set(ended) == {None, Conflict if same_session else Unauthenticated}
    assert mara.enter().step is Step.FACTOR
