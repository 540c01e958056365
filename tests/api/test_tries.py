"""Whoever tries a name again and again shuts out neither who logs in where they always do, nor who is logged in."""

from __future__ import annotations

import pytest

from backend.api.staff import KNOWN_COOKIE
from tests.staff import PASSWORD, add_staff


@pytest.fixture
def mara(works, city):
    return add_staff(works, city, "mara")


@pytest.fixture
def log_in(client, city, mara):
    """Try a name, in a browser with a mark or in any other; the answer, and the mark it gave."""

    def go(password=PASSWORD, mark=None, name="mara", at=city):
        path = f"/v1/cities/{at}/review/session"
        client.delete_cookie(KNOWN_COOKIE, path=path)
        if mark:
            client.set_cookie(KNOWN_COOKIE, mark, path=path)
        told = {"name": name, "password": password}
        answer = client.post(path, json=told)
        kept = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith(KNOWN_COOKIE)]
        return answer, kept[0].partition("=")[2].partition(";")[0] if kept else None

    return go


def exhaust(log_in, **more):
    for _ in range(5):
        assert log_in("wrong", **more)[0].status_code == 401
    assert log_in("wrong", **more)[0].status_code == 429


def test_a_known_browser_gets_in_while_others_try_its_name(log_in):
    _, mark = log_in()
    exhaust(log_in)
    assert log_in()[0].status_code == 429
    assert log_in(mark=mark)[0].status_code == 201


def test_a_known_browser_has_no_more_tries_than_others(log_in):
    _, mark = log_in()
    exhaust(log_in, mark=mark)
    assert log_in(mark=mark)[0].status_code == 429
    # And a fresh browser of the same person is not held by it.
    assert log_in()[0].status_code == 201


def test_a_mark_is_of_one_name_and_one_city_and_cannot_be_made(log_in, works, city, make_city):
    elsewhere = make_city()
    for at, name in ((city, "nil"), (elsewhere, "mara")):
        add_staff(works, at, name)
    marks = [log_in(name="nil")[1], log_in(at=elsewhere)[1], "A.B", ".", "x" * 3000, "\u00e9.\u00e9"]
    mine = log_in()[1]
    exhaust(log_in)
    for mark in (*marks, mine[:-2], "x" + mine):
        assert log_in(mark=mark)[0].status_code == 429
    assert log_in(mark=mine)[0].status_code == 201


def test_a_mark_says_nothing_and_goes_to_the_log_in_alone(log_in, city):
    answer, mark = log_in()
    assert "mara" not in mark
    [told] = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith(KNOWN_COOKIE)]
    for part in ("HttpOnly", "SameSite=Strict", f"Path=/v1/cities/{city}/review/session"):
        assert part in told
    assert log_in("wrong")[1] is None


def test_who_is_logged_in_can_say_the_password_again_while_others_try_the_name(client, city, log_in):
    token = log_in()[0].json["token"]
    exhaust(log_in)
    headers = {"Authorization": f"Bearer {token}"}
    again = f"/v1/cities/{city}/review/session/password"
    for password, status in (*[("wrong", 403)] * 4, (PASSWORD, 200)):
        assert client.post(again, json={"password": password}, headers=headers).status_code == status
