"""Second factors: a code is taken once, five tries a minute, only one's own, and only after proving who one is."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import select, text

from backend.domain import factors as codes
from backend.domain.factors import Step
from backend.errors import Conflict, NotAllowed, NotFound, TooManyTries, Unauthenticated
from backend.steps import factors, second_step, sessions
from backend.steps.accounts import close_account, reset_factors
from backend.store.models import Factor
from tests.staff import PASSWORD, add_staff

KEY = bytes(range(32))


@pytest.fixture
def people(works, city):
    return [add_staff(works, city, name) for name in ("mara", "nil")]


@pytest.fixture
def enter(works, city, people):
    return lambda name="mara": sessions.log_in(works["staff"], KEY, city, name, PASSWORD)


def code(secret: str, clock, off=0) -> str:
    raw = base64.b32decode(secret)
    return codes.code_at(raw, int(clock.now().timestamp()) // 30 + off)


@pytest.fixture
def enrolled(works, city, clock, enter):
    """An app of mara's, confirmed; its secret and the session that added it."""
    login = enter()
    with works["staff"].open(city) as work:
        offered = factors.offer_app(work, KEY, login.token)
    with works["staff"].open(city) as work:
        fresh = factors.confirm_app(work, KEY, login.token, offered.id, code(offered.secret, clock))
    return offered, fresh


def test_codes_are_those_of_rfc_6238():
    assert codes.code_at(b"12345678901234567890", 59 // 30) == "287082"
    assert codes.code_at(b"12345678901234567890", 1111111109 // 30) == "081804"


def test_until_the_second_step_a_session_is_good_for_nothing_else(works, city, clock, enrolled, enter):
    offered, _ = enrolled
    clock.move(seconds=30)
    half = enter()
    assert half.step is Step.FACTOR
    with works["staff"].open(city) as work:
        with pytest.raises(Unauthenticated):
            sessions.resume(work, half.token)
        with pytest.raises(Unauthenticated):
            factors.offer_app(work, KEY, half.token)
    done = second_step.with_code(works["staff"], KEY, city, half.token, code(offered.secret, clock))
    assert done.step is Step.DONE
    assert done.token != half.token
    with works["staff"].open(city) as work:
        assert sessions.resume(work, done.token).pseudonym == "mara*"
        with pytest.raises(Unauthenticated):
            sessions.resume(work, half.token, unfinished=True)


def test_a_code_is_taken_once_and_an_older_one_never(works, city, clock, enrolled, enter):
    offered, _ = enrolled
    for off in (0, -1):
        with pytest.raises(NotAllowed):
            second_step.with_code(works["staff"], KEY, city, enter().token, code(offered.secret, clock, off))
    taken = code(offered.secret, clock, 1)
    second_step.with_code(works["staff"], KEY, city, enter().token, taken)
    with pytest.raises(NotAllowed):
        second_step.with_code(works["staff"], KEY, city, enter().token, taken)


def test_five_wrong_codes_a_minute_and_then_not_even_the_right_one(works, city, clock, enrolled, enter):
    offered, _ = enrolled
    clock.move(seconds=60)
    half = enter()
    for _ in range(5):
        with pytest.raises(NotAllowed):
            second_step.with_code(works["staff"], KEY, city, half.token, "000000")
    with pytest.raises(TooManyTries):
        second_step.with_code(works["staff"], KEY, city, half.token, code(offered.secret, clock))
    clock.move(seconds=60)
    second_step.with_code(works["staff"], KEY, city, half.token, code(offered.secret, clock))


@pytest.mark.parametrize("name", ["mara", "nobody"])
def test_a_name_is_tried_five_times_a_minute_known_or_not(works, city, enter, name):
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            sessions.log_in(works["staff"], KEY, city, name, "wrong")
    with pytest.raises(TooManyTries):
        enter(name)


def test_nobody_touches_the_factor_of_somebody_else(works, city, clock, enrolled, enter):
    offered, _ = enrolled
    other = enter("nil")
    with works["staff"].open(city) as work:
        assert factors.mine(work, other.token).factors == []
        with pytest.raises(NotFound):
            factors.remove(work, other.token, offered.id)
        with pytest.raises(NotFound):
            factors.confirm_app(work, KEY, other.token, offered.id, code(offered.secret, clock))


def test_enrolling_needs_a_fresh_proof_of_who_one_is(works, city, clock, enter):
    login = enter()
    clock.move(minutes=6)
    with works["staff"].open(city) as work, pytest.raises(NotAllowed):
        factors.offer_app(work, KEY, login.token)
    with pytest.raises(NotAllowed):
        sessions.say_again(works["staff"], KEY, city, login.token, "wrong")
    again = sessions.say_again(works["staff"], KEY, city, login.token, PASSWORD)
    with works["staff"].open(city) as work:
        assert factors.offer_app(work, KEY, again.token)


def test_the_secret_of_an_app_does_not_lie_open_in_the_database(works, city, enrolled):
    offered, _ = enrolled
    with works["staff"].open(city) as work:
        [row] = work.session.scalars(select(Factor))
        assert base64.b32decode(offered.secret) not in row.sealed
        assert offered.secret not in work.session.scalar(text("select f::text from factors f"))


def test_a_city_may_require_one(works, make_city, clock):
    city = make_city(policy={"staff": {"second_factor": "required"}})
    add_staff(works, city, "mara")
    login = sessions.log_in(works["staff"], KEY, city, "mara", PASSWORD)
    assert login.step is Step.ENROL
    with works["staff"].open(city) as work:
        with pytest.raises(Unauthenticated):
            sessions.resume(work, login.token)
        offered = factors.offer_app(work, KEY, login.token)
        done = factors.confirm_app(work, KEY, login.token, offered.id, code(offered.secret, clock))
        assert done.step is Step.DONE
        with pytest.raises(Conflict):
            factors.remove(work, done.token, offered.id)


def test_who_is_shut_out_or_lost_a_phone_has_no_factor_and_no_session_left(works, city, enrolled):
    _, login = enrolled
    with works["owner"].open(city) as work:
        assert reset_factors(work, "mara") == 1
    with works["staff"].open(city) as work, pytest.raises(Unauthenticated):
        sessions.resume(work, login.token)
    with works["owner"].open(city) as work:
        close_account(work, "mara")
        assert work.session.scalars(select(Factor).where(Factor.city_id == city)).all() == []


def test_what_a_page_asks_by_itself_keeps_nobody_logged_in(works, city, clock, enter):
    login = enter()
    for _ in range(2):
        clock.move(minutes=14)
        with works["staff"].open(city) as work:
            sessions.resume(work, login.token, attended=False)
    clock.move(minutes=2)
    with works["staff"].open(city) as work, pytest.raises(Unauthenticated):
        sessions.resume(work, login.token)
