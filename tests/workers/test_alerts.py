"""Alerts about urgent reports, over real sockets: an id and nothing else, and another when nobody takes it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from backend.steps import claims
from backend.store.leases import Hold
from backend.store.models import Alert
from tests.staff import Desk, add_staff
from tests.workers.listening import closed_port, http, mail
from workers.alerts import alert_due


@pytest.fixture
def hooks():
    with http(lambda: (204, b"")) as first, http(lambda: (204, b"")) as then:
        yield first, then


@pytest.fixture
def desk(works, make_city, hand_in, keyring, hooks) -> Desk:
    first, then = hooks
    watch = {"webhook": f"{first.url}/a", "unclaimed_minutes": 20, "then": {"webhook": f"{then.url}/b"}}
    return Desk(works, make_city(policy={"on_call": watch}), hand_in, keyring)


def ids(heard):
    return [json.loads(body)["id"] for _, _, body in heard.requests]


def alert_of(desk, report_id):
    with desk.works["worker"].open(desk.city) as work:
        return work.session.get(Alert, (desk.city, report_id))


def test_an_urgent_report_wakes_the_first_once_and_the_next_when_nobody_takes_it(desk, runtime, clock, hooks):
    first, then = hooks
    desk.report(urgency=1)
    report_id = desk.report(urgency=2)
    assert [alert_due(runtime) for _ in range(3)] == [1, 0, 0]
    assert (ids(first), ids(then)) == ([str(report_id)], [])
    [(_, _, body)] = first.requests
    assert json.loads(body) == {"id": str(report_id)}, "an id and nothing else"
    clock.move(minutes=19, seconds=59)
    assert alert_due(runtime) == 0
    clock.move(seconds=1)
    assert [alert_due(runtime) for _ in range(3)] == [1, 0, 0]
    assert (ids(first), ids(then)) == ([str(report_id)], [str(report_id)])
    assert alert_of(desk, report_id).next_at is None


def test_a_report_that_was_taken_wakes_nobody_else_and_keeps_no_time(desk, works, runtime, clock, hooks):
    mara = add_staff(works, desk.city, "mara")
    report_id = desk.report(urgency=3)
    alert_due(runtime)
    desk.approve(mara, report_id)
    clock.move(hours=1)
    assert alert_due(runtime) == 0
    assert alert_of(desk, report_id).next_at is None
    assert ids(hooks[1]) == []


def test_one_that_is_given_back_is_watched_again(desk, works, runtime, clock, hooks):
    mara = add_staff(works, desk.city, "mara")
    report_id = desk.report(urgency=3)
    alert_due(runtime)
    hold = desk.claim(mara, report_id)
    alert_due(runtime)
    assert alert_of(desk, report_id).next_at is None
    with works["staff"].open(desk.city) as work:
        claims.release(work, mara, Hold(report_id, hold.token))
    alert_due(runtime)
    clock.move(minutes=20)
    assert alert_due(runtime) == 1
    assert ids(hooks[1]) == [str(report_id)]


def test_what_could_not_be_sent_is_sent_in_the_next_round(works, make_city, hand_in, keyring, runtime):
    answers = iter([(500, b""), (302, b""), (204, b"")])
    with http(lambda: next(answers)) as heard:
        desk = Desk(works, make_city(policy={"on_call": {"webhook": heard.url}}), hand_in, keyring)
        report_id = desk.report(urgency=3)
        assert [alert_due(runtime) for _ in range(4)] == [0, 0, 1, 0]
        assert ids(heard) == [str(report_id)] * 3


def test_nobody_at_the_other_end_harms_nothing(works, make_city, hand_in, keyring, runtime):
    desk = Desk(works, make_city(policy={"on_call": {"webhook": closed_port()}}), hand_in, keyring)
    report_id = desk.report(urgency=3)
    assert alert_due(runtime) == 0
    assert alert_of(desk, report_id) is None


def test_a_mail_holds_the_id_and_nothing_else(works, make_city, hand_in, keyring, runtime):
    with mail() as heard:
        runtime.settings = replace(runtime.settings, smtp_url=heard.url)
        watch = {"email": "lead@city.example"}
        desk = Desk(works, make_city(policy={"on_call": watch}), hand_in, keyring)
        report_id = desk.report({"text": "Marta Soler was hit."}, urgency=3)
        assert alert_due(runtime) == 1
    [(to, told)] = heard.mails
    assert to == ["lead@city.example"]
    head, _, body = told.replace("\r\n", "\n").partition("\n\n")
    assert body.strip() == str(report_id)
    assert "Subject: Farola\n" in head
    assert "From: farola@city.example\n" in head
    assert "Marta" not in told
    assert desk.city not in told


def test_without_anybody_on_call_nobody_is_woken(works, make_city, hand_in, keyring, runtime):
    desk = Desk(works, make_city(), hand_in, keyring)
    report_id = desk.report(urgency=3)
    assert alert_due(runtime) == 0
    assert alert_of(desk, report_id) is None
