"""What children tell exists only for moderators who are trained to read it."""

from __future__ import annotations

import os
from uuid import uuid4

import pytest

from backend.errors import Conflict, NotFound
from backend.steps import claims, messages, replies, review
from backend.steps.accounts import set_trained
from backend.steps.sessions import log_in, resume
from backend.store.leases import Hold
from backend.store.models import Report
from backend.store.waiting import counts, for_trained, waiting
from backend.store.wanted import Wanted
from tests.staff import PASSWORD, add_staff


@pytest.fixture
def untrained(works, city):
    return add_staff(works, city, "untrained", trained=False)


@pytest.fixture
def childs(desk):
    """A report of a child that waits in the queue."""
    return desk.report(urgency=3, minor=True)


def refusals(desk, actor, keyring, blobs, report_id):
    """What an account is told when it reaches for a report on every way there is."""
    hold = Hold(report_id, "x" * 22)
    ways = (
        lambda work: claims.claim(work, keyring, actor, report_id),
        lambda work: claims.heartbeat(work, actor, hold),
        lambda work: claims.release(work, actor, hold),
        lambda work: claims.look_at_photo(work, keyring, blobs, actor, report_id=report_id, name="1"),
        lambda work: review.undo(work, actor, report_id),
        lambda work: review.try_again(work, actor, hold),
        lambda work: review.decide(work, keyring, actor, hold, review.Judgement("approve", "clear")),
        lambda work: replies.read(work, keyring, actor, report_id),
        lambda work: replies.send(work, keyring, actor, report_id, replies.Reply("k" * 16, "Hello")),
    )
    for way in ways:
        with desk.works["staff"].open(desk.city) as work, pytest.raises(NotFound) as refused:
            way(work)
        yield str(refused.value), refused.value.field


def test_an_untrained_account_is_told_what_it_is_told_of_a_report_that_is_not_there(
    desk, untrained, mara, childs, keyring, blobs
):
    told = list(refusals(desk, untrained, keyring, blobs, childs))
    assert told == list(refusals(desk, untrained, keyring, blobs, uuid4()))
    desk.claim(mara, childs)
    assert list(refusals(desk, untrained, keyring, blobs, childs)) == told
    desk.approve(mara, childs)
    assert list(refusals(desk, untrained, keyring, blobs, childs)) == told


def test_neither_the_queue_nor_its_counts_tell_an_untrained_account_of_it(desk, untrained, mara, childs):
    other = desk.report()
    with desk.works["staff"].open(desk.city) as work:
        seen = {
            actor.pseudonym: (
                {report.id for report in waiting(work, actor, Wanted(), 50)},
                counts(work, actor, Wanted()),
            )
            for actor in (untrained, mara)
        }
        assert for_trained(work) == 1
    assert seen["untrained*"] == (
        {other},
        {"in_review": 1, "quarantined": 0, "urgent": 0, "languages": {"en": 1}},
    )
    assert seen["mara*"][0] == {childs, other}
    assert seen["mara*"][1]["in_review"] == 2


def test_the_next_report_is_never_a_childs_for_an_untrained_account(desk, untrained, mara, childs, keyring):
    other = desk.report()

    def take(actor):
        with desk.works["staff"].open(desk.city) as work:
            return claims.claim_next(work, keyring, actor, Wanted())

    reading = take(untrained)
    assert (reading.report.id, reading.near) == (other, 0), "nor is it counted among those nearby"
    assert take(untrained) is None
    assert take(mara).report.id == childs


def test_a_report_found_to_be_about_a_child_stays_with_who_is_reading_it(desk, untrained, works, city):
    report_id = desk.report()
    hold = desk.claim(untrained, report_id)
    with works["worker"].open(city) as work:
        work.session.get_one(Report, (city, report_id)).minor = True
    with works["staff"].open(city) as work:
        assert [one.id for one in waiting(work, untrained, Wanted(), 50)] == [report_id]
        claims.heartbeat(work, untrained, hold)
    desk.decide(untrained, hold, "approve", "clear")
    with pytest.raises(NotFound):
        desk.undo(untrained, report_id)


def test_a_hold_that_ran_out_ends_what_an_untrained_account_is_shown(desk, untrained, works, city, clock):
    report_id = desk.report()
    hold = desk.claim(untrained, report_id)
    with works["worker"].open(city) as work:
        work.session.get_one(Report, (city, report_id)).minor = True
    clock.move(minutes=6)
    with works["staff"].open(city) as work, pytest.raises(NotFound):
        claims.heartbeat(work, untrained, hold)


def test_what_a_child_writes_later_is_announced_to_the_trained_alone(
    desk, untrained, mara, works, city, pepper
):
    receipt = os.urandom(32)
    report_id = desk.report({"receipt": receipt, "form": "child"}, minor=True)
    with works["residents"].open(city) as work:
        messages.send(work, pepper, receipt, messages.Attempt("k" * 16, "It happened again."))
    with works["staff"].open(city) as work:
        assert replies.unanswered(work, untrained, 10) == []
        assert [one.report_id for one in replies.unanswered(work, mara, 10)] == [report_id]


def test_who_is_trained_meanwhile_is_shown_it_at_once(desk, untrained, works, city, childs, keyring):
    session = log_in(works["staff"], bytes(32), city, "untrained", PASSWORD)
    for trained in (True, False):
        with works["owner"].open(city) as work:
            set_trained(work, "untrained", trained=trained)
        with works["staff"].open(city) as work:
            actor = resume(work, session.token)
            assert [one.id for one in waiting(work, actor, Wanted(), 50)] == [childs] * trained


def test_only_an_open_account_can_be_trained(works, city, mara):
    with works["owner"].open(city) as work, pytest.raises(NotFound):
        set_trained(work, "nobody", trained=True)


def test_trained_accounts_lose_nothing_else(desk, mara, nil, childs):
    desk.claim(mara, childs)
    with pytest.raises(Conflict):
        desk.claim(nil, childs)
