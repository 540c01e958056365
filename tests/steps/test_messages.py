"""Messages by the steps: who may read and answer, what the trail keeps, and what a message never does."""

from __future__ import annotations

from uuid import uuid4

import pytest
from nacl.public import PrivateKey
from sqlalchemy import select

from backend.domain.permissions import Role
from backend.domain.receipts import REPLY_INFO, derive
from backend.domain.workflow import State
from backend.errors import Conflict, NotAllowed, NotFound, SealError, UnprocessableInput
from backend.steps import messages, replies
from backend.store.keyring import KeyRing
from backend.store.models import Message, Report
from tests.staff import add_staff

SECRET = b"sixteen bytes, R"


@pytest.fixture
def receipt():
    return uuid4().bytes * 2


@pytest.fixture
def report(desk, receipt):
    reply_key = bytes(PrivateKey(derive(SECRET, REPLY_INFO)).public_key)
    return desk.report({"receipt": receipt, "reply_key": reply_key})


@pytest.fixture
def says(works, city, pepper, receipt):
    def go(words, key=None):
        with works["residents"].open(city) as work:
            return messages.send(work, pepper, receipt, messages.Attempt(key or str(uuid4()), words))

    return go


@pytest.fixture
def answers(works, city, keyring, report):
    def go(actor, words, key=None, to=None):
        with works["staff"].open(city) as work:
            reply = replies.Reply(key or str(uuid4()), words)
            return replies.send(work, keyring, actor, to or report, reply)

    return go


@pytest.fixture
def reads(works, city, keyring, report):
    def go(actor):
        with works["staff"].open(city) as work:
            return [one.text for one in replies.read(work, keyring, actor, report)]

    return go


def test_reading_and_answering_leave_entries_without_words(desk, report, says, answers, reads, mara):
    assert reads(mara) == []
    assert desk.trail() == []
    says("I have a question.")
    assert reads(mara) == ["I have a question."]
    answers(mara, "Ask away.")
    own = {"account": str(mara.account_id), "report": str(report)}
    assert desk.trail() == [
        {"what": "messages_read", **own},
        {"what": "answered", "message": 2, **own},
    ]


def test_a_retry_leaves_one_entry(desk, report, answers, mara):
    key = str(uuid4())
    assert answers(mara, "Ask away.", key) == answers(mara, "Ask away.", key)
    assert [entry["what"] for entry in desk.trail()] == ["answered"]


def test_a_colleagues_key_of_the_same_name_is_another(desk, report, answers, mara, nil, reads):
    key = str(uuid4())
    answers(mara, "One.", key)
    answers(nil, "Two.", key)
    assert reads(mara) == ["One.", "Two."]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.CITY_ADMIN, Role.OPERATOR])
def test_only_who_reviews_reads_and_answers(works, city, role, answers, reads):
    reader = add_staff(works, city, "reader", role)
    with pytest.raises(NotAllowed):
        reads(reader)
    with pytest.raises(NotAllowed):
        answers(reader, "Hello.")
    with works["staff"].open(city) as work, pytest.raises(NotAllowed):
        replies.unanswered(work, reader, 10)


@pytest.mark.parametrize(
    "state", [State.REJECTED, State.DUPLICATE, State.APPROVED, State.COUNTED, State.QUARANTINED]
)
def test_a_message_on_a_closed_report_opens_nothing_again(
    works, city, report, says, answers, mara, state, sent
):
    with works["worker"].open(city) as work:
        row = work.session.get_one(Report, (city, report))
        row.state, row.due_at = state, None
    sent.clear()
    says("I remembered something.")
    answers(mara, "Thank you.")
    with works["worker"].open(city) as work:
        row = work.session.get_one(Report, (city, report))
        assert (row.state, row.due_at) == (state, None)
        waiting = work.session.scalars(select(Message.author).order_by(Message.number)).all()
    assert waiting == ["resident", "city"]
    assert sent == []


def test_a_moderator_who_holds_a_report_is_told_how_many_messages_there_are(
    works, city, keyring, report, says, mara
):
    from backend.steps import claims

    says("One.")
    says("Two.")
    with works["staff"].open(city) as work:
        assert claims.claim(work, keyring, mara, report).messages == 2


def test_unknown_reports_and_receipts_are_not_there(works, city, pepper, answers, mara):
    with pytest.raises(NotFound):
        answers(mara, "Hello.", to=uuid4())
    with works["residents"].open(city) as work, pytest.raises(NotFound):
        messages.send(work, pepper, b"x" * 32, messages.Attempt("a" * 16, "Hello."))
    with works["residents"].open(city) as work, pytest.raises(NotFound):
        messages.read(work, pepper, b"x" * 32)


def test_refusals_keep_nothing(works, city, report, says, answers, reads, mara):
    key = str(uuid4())
    says("One.", key)
    with pytest.raises(UnprocessableInput):
        says("Two.", key)
    with works["worker"].open(city) as work:
        work.session.get_one(Report, (city, report)).reply_key = None
    with pytest.raises(Conflict, match="left no key"):
        answers(mara, "Hello.")
    assert reads(mara) == ["One."]


def test_without_the_months_private_key_nobody_reads(works, city, report, says, mara, tmp_path):
    says("One.")
    with works["staff"].open(city) as work, pytest.raises(SealError):
        replies.read(work, KeyRing(tmp_path), mara, report)


def test_a_message_moved_to_another_place_does_not_open(works, city, report, says, reads, mara):
    says("One.")
    says("Two.")
    with works["owner"].open(city) as work:
        first, second = work.session.scalars(
            select(Message).where(Message.city_id == city).order_by(Message.number)
        )
        first.wrapped, first.ciphertext = second.wrapped, second.ciphertext
    with pytest.raises(SealError):
        reads(mara)


def test_each_message_has_a_key_of_its_own(works, city, report, says, answers, mara):
    says("One.")
    answers(mara, "Two.")
    with works["worker"].open(city) as work:
        rows = work.session.scalars(select(Message)).all()
        assert len({row.wrapped for row in rows}) == 2
        assert {row.month for row in rows} == {"2026-11"}
