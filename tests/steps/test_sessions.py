"""Sessions of staff: hashed, short, ended at once when an account is closed."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from backend.domain.permissions import MAY, Actor, Permission, Role
from backend.errors import NotAllowed, NotFound, Unauthenticated, Unavailable
from backend.steps import sessions
from backend.store.models import StaffSession
from backend.store.passwords import HASHER
from tests.staff import PASSWORD, add_staff
from tests.support import START


@pytest.fixture
def enter(works, city):
    def go(name="mara", password=PASSWORD, at=None):
        return sessions.log_in(works["staff"], bytes(32), at or city, name, password)

    return go


@pytest.fixture
def resume(works, city):
    def go(token, at=None):
        with works["staff"].open(at or city) as work:
            return sessions.resume(work, token)

    return go


def test_a_log_in_answers_two_secrets_of_which_only_hashes_are_kept(works, city, mara, enter, resume, desk):
    login = enter()
    assert login.actor == mara == resume(login.token)
    assert login.expires_at == START + timedelta(hours=8)
    assert len(login.token) == 43, "256 bits"
    with works["staff"].open(city) as work:
        [row] = work.session.scalars(select(StaffSession))
        stored = work.session.scalar(text("select s::text from sessions s"))
    assert row.token_hash == hashlib.sha256(login.token.encode()).digest()
    assert row.csrf_hash == hashlib.sha256(login.csrf.encode()).digest()
    assert login.token not in stored
    assert login.csrf not in stored
    assert desk.trail() == [{"what": "logged_in", "account": str(mara.account_id)}]


@pytest.mark.parametrize(
    ("name", "password"), [("mara", "wrong"), ("nobody", PASSWORD), ("", ""), ("mara*", PASSWORD)]
)
def test_a_wrong_name_and_a_wrong_password_are_not_told_apart(mara, enter, desk, name, password):
    with pytest.raises(Unauthenticated) as refused:
        enter(name, password)
    assert refused.value.detail == "Name or password is wrong, or the account is closed."
    [entry] = desk.trail()
    assert entry["what"] == "log_in_failed"
    assert entry.get("account") == (str(mara.account_id) if name == "mara" else None)


def test_an_unknown_name_costs_a_hash_of_the_same_strength(monkeypatch, city, enter):
    checked = []
    monkeypatch.setattr(sessions, "_matches", lambda kept, _password: checked.append(kept))
    with pytest.raises(Unauthenticated):
        enter("nobody")
    real = HASHER.hash("x")
    assert [kept.split("$")[1:4] for kept in checked] == [real.split("$")[1:4]]


def test_no_more_passwords_are_hashed_at_once_than_there_are_cores(monkeypatch, mara, enter):
    monkeypatch.setattr(sessions, "_PATIENCE", 0.01)
    taken = 0
    while sessions._CHECKS.acquire(blocking=False):
        taken += 1
    try:
        with pytest.raises(Unavailable):
            enter()
    finally:
        sessions._CHECKS.release(taken)
    assert enter().actor == mara


def test_a_session_ends_when_idle_and_lives_while_used(mara, enter, resume, clock):
    token = enter().token
    for _ in range(3):
        clock.move(minutes=29)
        assert resume(token) == mara
    clock.move(minutes=30)
    with pytest.raises(Unauthenticated):
        resume(token)


def test_a_session_ends_after_eight_hours_however_busy(mara, enter, resume, clock):
    token = enter().token
    for _ in range(23):
        clock.move(minutes=20)
        resume(token)
    clock.move(minutes=20)
    with pytest.raises(Unauthenticated):
        resume(token)


def test_a_closed_account_is_out_at_once(works, city, mara, enter, resume):
    token = enter().token
    with works["owner"].open(city) as work:
        work.session.execute(text("update accounts set disabled_on = :d"), {"d": START.date()})
    with pytest.raises(Unauthenticated):
        resume(token)
    with pytest.raises(Unauthenticated):
        enter()


def test_a_session_is_of_one_city(works, make_city, mara, enter, resume):
    elsewhere = make_city()
    add_staff(works, elsewhere, "mara")
    with pytest.raises(Unauthenticated):
        resume(enter().token, at=elsewhere)
    with pytest.raises(NotFound):
        enter(at="no-such-city")


@pytest.mark.parametrize("token", ["", "x", "A" * 43])
def test_a_made_up_token_is_nobodys(city, resume, token):
    with pytest.raises(Unauthenticated):
        resume(token)


def test_after_log_out_the_token_is_worth_nothing(works, city, mara, enter, resume, desk):
    token, other = enter().token, enter().token
    with works["staff"].open(city) as work:
        sessions.log_out(work, token)
    with pytest.raises(Unauthenticated):
        resume(token)
    assert resume(other) == mara
    assert desk.trail()[-1]["what"] == "logged_out"


def test_the_second_secret_is_the_sessions_own_and_is_told_again(works, city, mara, enter):
    mine, other = enter(), enter()
    with works["staff"].open(city) as work:
        sessions.check_csrf(work, mine.token, mine.csrf)
        for wrong in ("", other.csrf, mine.token):
            with pytest.raises(NotAllowed):
                sessions.check_csrf(work, mine.token, wrong)
        assert sessions.known(work, mine.token).csrf == mine.csrf


def test_ended_sessions_are_removed_at_the_next_log_in(works, city, mara, enter, clock):
    enter()
    clock.move(hours=9)
    enter()
    with works["staff"].open(city) as work:
        assert len(work.session.scalars(select(StaffSession)).all()) == 1


def test_every_permission_names_its_roles_and_an_analyst_has_none():
    assert set(MAY) == set(Permission)
    assert Actor(None, "a", Role.ANALYST).permissions == []
    assert Actor(None, "m", Role.MODERATOR).permissions == [
        Permission.REVIEW,
        Permission.ANSWER,
        Permission.MASK,
        Permission.PRACTISE,
    ]
    assert Permission.UNDO_OTHERS in Actor(None, "l", Role.LEAD).permissions
