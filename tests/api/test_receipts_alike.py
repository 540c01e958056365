"""Wrong, unknown, withdrawn and other city's receipts: the same answer, the same statements, the same lines run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from backend.api.services import EXTENSION
from backend.store.secrets import receipt_hash
from tests.api.test_reports import body
from tests.phone import Phone
from tests.support import ROOT

ASKED = [
    ("GET", ""),
    ("GET", "/report"),
    ("GET", "/messages"),
    ("GET", "/proof"),
    ("DELETE", ""),
    ("POST", "/messages"),
]
OURS = str(ROOT / "backend")


@pytest.fixture
def alike(client, city, make_city):
    """Four phones whose receipts open nothing in the city they ask."""
    withdrawn = Phone(client, city)
    withdrawn.reports(body())
    withdrawn.says("I wrote to you before.")
    assert withdrawn.ask("DELETE").status_code == 204
    elsewhere = Phone(client, make_city())
    elsewhere.reports(body())
    slip = Phone(client, city)
    slip.reports(body())
    return {
        "wrong": Phone(client, city, bytes([slip.secret[0] ^ 1]) + slip.secret[1:]),
        "unknown": Phone(client, city),
        "withdrawn": withdrawn,
        "other city's": Phone(client, city, elsewhere.secret),
    }


def asked(phone, method, part):
    more = {}
    if method == "POST":
        more = {"json": {"text": "Is anybody there?"}, "headers": {"Idempotency-Key": str(uuid4())}}
    return phone.ask(method, part, **more)


def whole(answer):
    """Everything a client sees, but for what differs between any two answers."""
    headers = sorted((name, value) for name, value in answer.headers if name != "Date")
    told = answer.json
    assert told is None or "instance" not in told
    return answer.status_code, headers, answer.data


@dataclass
class Work:
    """What was done for one answer."""

    statements: list[str] = field(default_factory=list)
    lines: list[tuple[str, int]] = field(default_factory=list)


@contextmanager
def watched(client) -> Iterator[Work]:
    """Note every statement sent to the database, and every line of ours that runs."""
    seen = Work()
    engine = client.application.extensions[EXTENSION].logins["residents"].database.engine

    def statement(_connection, _cursor, sql, *_):
        seen.statements.append(sql)

    def trace(frame, what, _told):
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if what == "line":
            seen.lines.append((frame.f_code.co_filename, frame.f_lineno))
        return trace

    event.listen(engine, "before_cursor_execute", statement)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield seen
    finally:
        sys.settrace(before)
        event.remove(engine, "before_cursor_execute", statement)


@pytest.mark.parametrize(("method", "part"), ASKED)
def test_they_are_answered_alike_to_the_last_byte(alike, method, part):
    answers = {kind: whole(asked(phone, method, part)) for kind, phone in alike.items()}
    assert answers["unknown"][0] == 404
    for kind, answer in answers.items():
        assert answer == answers["unknown"], kind


@pytest.mark.parametrize(("method", "part"), ASKED)
def test_the_same_work_is_done_for_each(client, alike, method, part):
    asked(alike["unknown"], method, part)  # what is done only once in a process is done
    done = {}
    for kind, phone in alike.items():
        with watched(client) as work:
            asked(phone, method, part)
        done[kind] = work
    assert len(done["unknown"].statements) >= 2  # the city, and one question
    assert len(done["unknown"].lines) > 20
    for kind, work in done.items():
        assert work == done["unknown"], kind


def test_another_path_would_be_noticed(client, city, alike):
    known = Phone(client, city)
    known.reports(body())
    with watched(client) as work:
        known.ask("GET")
    with watched(client) as other:
        alike["unknown"].ask("GET")
    assert work.statements == other.statements
    assert work.lines != other.lines


def test_the_index_holds_nothing_to_find_for_any_of_them(works, city, pepper, alike):
    """A withdrawn report keeps no hash of its receipt: a look-up of it reads what one of any other reads."""
    with works["owner"].open(city) as work:
        for kind, phone in alike.items():
            held = receipt_hash(pepper, city, phone.receipt)
            found = text("select count(*) from reports where city_id = :c and receipt_hash = :h")
            assert work.session.scalar(found, {"c": city, "h": held}) == 0, kind


def test_a_withdrawn_receipt_is_as_free_for_a_new_report_as_an_unknown_one(client, city, alike):
    """Handing in a report under a receipt must not tell either whether it was ever used."""
    taken = [alike[kind].reports(body()) for kind in ("withdrawn", "unknown")]
    assert [set(one) for one in taken] == [set(taken[0])] * 2


def test_two_hundred_wrong_guesses_change_nothing_for_an_honest_phone(client, city):
    honest = Phone(client, city)
    honest.reports(body())
    honest.says("Still here.")
    parts = ("", "/report", "/messages")
    before = []
    for part in parts:
        with watched(client) as work:
            before.append((whole(honest.ask("GET", part)), work))
    guesses = [Phone(client, city).ask("GET") for _ in range(200)]
    assert {(one.status_code, one.data) for one in guesses} == {(404, guesses[0].data)}
    for part, (answer, work) in zip(parts, before, strict=True):
        with watched(client) as after:
            assert whole(honest.ask("GET", part)) == answer
        assert after == work
