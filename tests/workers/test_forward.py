"""Forwarding to a service desk over a real socket: what leaves, once, and what happens when it does not."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import text, update

from backend.domain.workflow import UNDO, Verdict
from backend.steps import review
from backend.store.models import Forward, ForwardState, Report, Trail
from backend.store.sealed import Opener
from backend.store.verdicts import Judgement
from tests.staff import Desk, add_staff
from tests.workers.listening import closed_port, http
from workers.forward import PAUSES, forward_due

# Longer than chance would write into the hexadecimal of a seal.
NUMBER = 63_834_463_834_463
TOOK = json.dumps([{"service_request_id": NUMBER, "service_notice": "", "account_id": None}]).encode()
CONDITION = {
    "kind": "condition", "categories": ["badly_lit", "poor_path"], "consent_forward": True,
    "text": "Marta Soler fell under the lamp by number 12.",
}  # fmt: skip


class Court:
    """A city with a service desk, and a condition that was forwarded to it."""

    def __init__(self, works, runtime, clock, make_city, hand_in, keyring, url):
        desk = {"url": url, "jurisdiction_id": "lamps.example", "services": {"badly_lit": "LIGHT-1"}}
        self.desk = Desk(works, make_city(policy={"service_desk": desk}), hand_in, keyring)
        self.mara = add_staff(works, self.desk.city, "mara")
        self.runtime, self.clock = runtime, clock
        self.report_id = self.desk.report(CONDITION)
        self.desk.decide(self.mara, self.desk.claim(self.mara, self.report_id), "forward", "needs_repair")

    def wait(self):
        self.clock.move(seconds=UNDO.total_seconds())
        return forward_due(self.runtime)

    def row(self) -> Forward:
        with self.desk.works["worker"].open(self.desk.city) as work:
            return work.session.get_one(Forward, (self.desk.city, self.report_id))


@pytest.fixture
def court(works, runtime, clock, make_city, hand_in, keyring):
    def make(url) -> Court:
        return Court(works, runtime, clock, make_city, hand_in, keyring, url)

    return make


def test_a_condition_leaves_once_with_its_exact_place_and_nobodys_words(court, runtime, tmp_path):
    with http(lambda: (201, TOOK)) as heard:
        here = court(f"{heard.url}/open311/v2")
        keys = tmp_path / "keys"
        keys.mkdir()
        (keys / f"{here.desk.city}.key").write_text("abc-123\n")
        here.runtime.settings = replace(runtime.settings, desk_keys=keys)
        assert forward_due(here.runtime) == 0, "the time to undo has to pass"
        assert here.wait() == 1
        assert forward_due(here.runtime) == 0
        [(path, _, body)] = heard.requests
        assert path == "/open311/v2/requests.json"
        assert heard.forms == [{
            "service_code": "LIGHT-1", "lat": "41.385100", "long": "2.173400",
            "description": "Badly lit; Bad pavement or path", "jurisdiction_id": "lamps.example", "api_key": "abc-123",
        }]  # fmt: skip
        assert b"Marta" not in body
    row = here.row()
    assert (row.state, row.due_at, row.problem, row.tries) == (ForwardState.SENT, None, None, 1)


def test_what_the_desk_answers_is_sealed_because_it_leads_to_the_place(court):
    with http(lambda: (200, TOOK)) as heard:
        here = court(heard.url)
        assert here.wait() == 1
    with here.desk.works["worker"].open(here.desk.city) as work:
        opener = Opener(work.session, here.desk.keyring, here.desk.city, here.report_id)
        assert opener.read("forwarded") == {"service_request_id": str(NUMBER)}
    with here.desk.works["owner"].open(here.desk.city) as work:
        rows = [
            row
            for table in ("forwards", "reports", "decisions", "sealed", "trail")
            for row in work.session.scalars(text(f"select t::text from {table} t"))
        ]
        assert not any(str(NUMBER) in row for row in rows)


def test_a_desk_that_cannot_be_reached_is_tried_again_and_then_given_up(court):
    here = court(closed_port())
    here.wait()
    for tries, pause in enumerate(PAUSES, start=1):
        row = here.row()
        assert (row.state, row.tries, row.problem) == (ForwardState.WAITING, tries, "unreachable")
        here.clock.move(seconds=pause.total_seconds())
        forward_due(here.runtime)
    row = here.row()
    assert (row.state, row.due_at, row.problem) == (ForwardState.FAILED, None, "unreachable")


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (400, b"[]", "refused"), (403, b"", "refused"), (500, b"", "unknown"), (302, b"", "unknown"),
        (200, b"<html>", "unknown"), (200, b"[]", "unknown"), (201, b'[{"x": 1}]', "unknown"), (0, b"", "unknown"),
        (200, b'[{"token": "' + b"x" * 70_000 + b'"}]', "unknown"),
    ],
)  # fmt: skip
def test_whatever_may_have_arrived_is_never_sent_twice(court, status, body, problem):
    with http(lambda: (status, body)) as heard:
        here = court(heard.url)
        assert here.wait() == 0
        here.clock.move(days=2)
        assert forward_due(here.runtime) == 0
        assert len(heard.requests) == 1
    assert (here.row().state, here.row().problem) == (ForwardState.FAILED, problem)


def test_a_busy_desk_is_asked_again(court):
    answers = iter([(503, b""), (429, b""), (201, TOOK)])
    with http(lambda: next(answers)) as heard:
        here = court(heard.url)
        assert here.wait() == 0
        here.clock.move(seconds=PAUSES[0].total_seconds())
        assert forward_due(here.runtime) == 0
        here.clock.move(seconds=PAUSES[1].total_seconds())
        assert forward_due(here.runtime) == 1
        assert len(heard.requests) == 3


def test_a_worker_that_died_while_sending_leaves_it_to_people(court, works):
    with http(lambda: (201, TOOK)) as heard:
        here = court(heard.url)
        with works["owner"].open(here.desk.city) as work:
            work.session.execute(update(Forward).values(state=ForwardState.SENDING))
        assert here.wait() == 0
        assert heard.requests == []
    assert (here.row().state, here.row().problem) == (ForwardState.FAILED, "unknown")


@pytest.mark.parametrize("how", ["undone", "reversed", "consent", "withdrawn", "erased"])
def test_what_is_not_wanted_or_not_there_any_more_stays_here(court, works, how):
    with http(lambda: (201, TOOK)) as heard:
        here = court(heard.url)
        city, report_id = here.desk.city, here.report_id
        if how == "undone":
            here.desk.undo(here.mara, report_id)
        with works["owner"].open(city) as work:
            if how == "reversed":
                work.session.execute(update(Report).values(state="in_review"))
            if how == "consent":
                work.session.execute(update(Report).values(forward_consent=False))
            if how == "withdrawn":
                work.session.execute(text("select receipt_withdraw(receipt_hash, current_date) from reports"))
            if how == "erased":
                work.session.execute(text("delete from sealed where key_class = 'point'"))
        assert here.wait() == 0
        assert heard.requests == []
    with works["worker"].open(city) as work:
        row = work.session.get(Forward, (city, report_id))
        assert row is None or row.state in {ForwardState.CANCELLED, ForwardState.FAILED}
        assert row is None or row.due_at is None


def test_once_it_is_at_the_desk_it_is_not_forwarded_again(court):
    with http(lambda: (201, TOOK)) as heard:
        here = court(heard.url)
        assert here.wait() == 1
        with here.desk.works["staff"].open(here.desk.city) as work:
            mistake = Judgement(Verdict.REVERSE, "mistake")
            review.reverse(work, here.desk.keyring, here.mara, here.report_id, mistake)
        hold = here.desk.claim(here.mara, here.report_id)
        with pytest.raises(Exception, match="has this condition already"):
            here.desk.decide(here.mara, hold, "forward", "needs_repair")
        assert len(heard.requests) == 1
    with here.desk.works["worker"].open(here.desk.city) as work:
        assert all(str(NUMBER) not in str(row.entry) for row in work.session.query(Trail))
