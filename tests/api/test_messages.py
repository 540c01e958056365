"""Messages over HTTP: a resident and a moderator talk, each by their own door, and nobody else reads."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import text

from backend.domain.messages import LONGEST, MOST
from backend.domain.permissions import Role
from tests.api.test_reports import body
from tests.api.test_review import Door
from tests.phone import Phone
from tests.staff import add_staff


@pytest.fixture
def phone(client, city):
    return Phone(client, city)


@pytest.fixture
def told(phone):
    return phone.reports(body())


@pytest.fixture
def door(client, works, city):
    add_staff(works, city, "mara", Role.LEAD)
    return Door(client, city)


def answers(door, report, words, **headers):
    return door.ask("POST", f"reports/{report['id']}/messages", json={"text": words}, headers=headers)


def test_both_sides_talk_and_each_reads_the_whole_thread(phone, told, door, works, city):
    first = phone.says("It happened again, at the same exit.")
    assert (first.status_code, first.json) == (201, {"number": 1, "from": "resident", "on": "2026-11-18"})
    assert first.headers["Cache-Control"] == "no-store"
    reply = answers(door, told, "Which exit was it?")
    assert (reply.status_code, reply.json) == (
        201,
        {"number": 2, "from": "city", "on": "2026-11-18", "text": "Which exit was it?", "by": "mara*"},
    )
    seen = phone.ask("GET", "/messages").json["messages"]
    assert [(one["number"], one["from"], one["on"]) for one in seen] == [
        (1, "resident", "2026-11-18"),
        (2, "city", "2026-11-18"),
    ]
    assert [phone.opens(one["sealed"]).decode() for one in seen] == [
        "It happened again, at the same exit.",
        "Which exit was it?",
    ]
    thread = door.ask("GET", f"reports/{told['id']}/messages").json["messages"]
    assert [(one["from"], one["text"], one["by"]) for one in thread] == [
        ("resident", "It happened again, at the same exit.", None),
        ("city", "Which exit was it?", "mara*"),
    ]
    assert phone.ask("GET").json["messages"] == {"count": 2, "from_city": 1}


def test_nothing_said_is_in_any_readable_column(phone, told, door, works, city):
    phone.says("planted-in-a-message")
    answers(door, told, "planted-in-an-answer")
    with works["owner"].open(city) as work:
        rows = [
            row[0]
            for table in ("messages", "submissions", "trail", "reports")
            for row in work.session.execute(
                text(f"select t::text from {table} t where city_id = :c"), {"c": city}
            )
        ]
    assert len(rows) >= 6
    hidden = b"planted".hex()
    assert not any("planted" in row or hidden in row for row in rows)


def test_a_copy_tells_no_length(phone, told):
    for words in ("a", "b" * 900):
        phone.says(words)
    short, long = phone.ask("GET", "/messages").json["messages"]
    assert len(short["sealed"]) == len(long["sealed"])


def test_a_retry_adds_nothing_and_other_words_are_refused(phone, told):
    key = str(uuid4())
    first, again = phone.says("Are you there?", key), phone.says("Are you there?", key)
    assert (first.status_code, first.data) == (again.status_code, again.data) == (201, first.data)
    other = phone.says("Is somebody there?", key)
    assert (other.status_code, other.json["field"]) == (422, "Idempotency-Key")
    assert phone.ask("GET").json["messages"]["count"] == 1


def test_the_same_key_is_another_one_on_another_report(client, city, phone, told):
    other, key = Phone(client, city), str(uuid4())
    other.reports(body())
    assert [one.says("Hello?", key).json["number"] for one in (phone, other)] == [1, 1]
    assert [one.ask("GET").json["messages"]["count"] for one in (phone, other)] == [1, 1]


def test_many_at_once_get_numbers_one_after_the_other(client, phone, told):
    keys = [str(uuid4()) for _ in range(8)]

    def says(key):
        own = Phone(client.application.test_client(), phone.city, phone.secret)
        return own.says("Hello?", key).json

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(says, keys * 2))
    assert sorted(one["number"] for one in said) == sorted(list(range(1, 9)) * 2)
    assert phone.ask("GET").json["messages"]["count"] == 8


def test_a_moderators_retry_adds_nothing_and_other_words_are_refused(door, told):
    key = {"Idempotency-Key": str(uuid4())}
    first, again = answers(door, told, "Which exit?", **key), answers(door, told, "Which exit?", **key)
    assert (first.status_code, first.data) == (again.status_code, again.data) == (201, first.data)
    other = answers(door, told, "Which one?", **key)
    assert (other.status_code, other.json["field"]) == (422, "Idempotency-Key")
    assert len(door.ask("GET", f"reports/{told['id']}/messages").json["messages"]) == 1


def test_a_message_needs_a_key_that_makes_its_retry_harmless(phone, told, door):
    answer = phone.ask("POST", "/messages", json={"text": "Hello?"})
    assert (answer.status_code, answer.json["field"]) == (400, "Idempotency-Key")
    bare = door.client.post(
        f"{door.at}/reports/{told['id']}/messages", json={"text": "Hello?"}, headers=door.headers
    )
    assert (bare.status_code, bare.json["field"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{}", b"[]", b'{"text": ""}', b'{"text": 1}', b'{"text": null}', b'{"text": "a", "to": "b"}',
        b'{"text": "a\\u0000"}', b'{"text": "\\ud800"}', b'{"text": "a", "text": "b"}', b'{"text": "\xff"}',
        json.dumps({"text": "a" * (LONGEST + 1)}).encode(), b"[" * 50_000, b'{"text": "' + b"a" * 70_000 + b'"}',
    ],
)  # fmt: skip
def test_hostile_input_is_refused_on_both_doors_and_nothing_is_kept(phone, told, door, raw):
    more = {"data": raw, "content_type": "application/json"}
    by_resident = phone.ask("POST", "/messages", headers={"Idempotency-Key": str(uuid4())}, **more)
    by_staff = door.ask("POST", f"reports/{told['id']}/messages", **more)
    assert by_resident.status_code == by_staff.status_code
    assert by_resident.status_code in {400, 413, 422}
    assert by_resident.mimetype == "application/problem+json"
    assert phone.ask("GET").json["messages"]["count"] == 0


def test_the_longest_message_in_the_widest_letters_is_taken(phone, told, door):
    words = "🚏" * LONGEST
    assert phone.says(words).status_code == 201
    assert door.ask("GET", f"reports/{told['id']}/messages").json["messages"][0]["text"] == words


def test_a_report_takes_so_many_messages_and_still_an_answer(phone, told, door):
    for number in range(MOST):
        assert phone.says(f"Number {number}.").status_code == 201
    full = phone.says("One more.")
    assert (full.status_code, full.json["type"]) == (409, "urn:farola:problem:conflict")
    assert answers(door, told, "I have read them all.").status_code == 201


def test_who_left_no_key_can_write_and_cannot_be_answered(client, city, phone, door):
    told = phone.reports(body(), silent=True)
    assert phone.says("I only want you to know.").status_code == 201
    assert phone.ask("GET", "/messages").json["messages"] == [
        {"number": 1, "from": "resident", "on": "2026-11-18"}
    ]
    refused = answers(door, told, "Thank you.")
    assert (refused.status_code, "left no key" in refused.json["detail"]) == (409, True)


def test_a_report_that_was_taken_back_is_not_answered(phone, told, door):
    phone.says("Hello?")
    phone.ask("DELETE")
    assert answers(door, told, "Are you well?").status_code == 409
    assert door.ask("GET", f"reports/{told['id']}/messages").json == {"messages": []}
    assert door.ask("GET", "messages").json == {"reports": []}


def test_the_list_of_who_waits_names_reports_and_no_words(client, city, phone, told, door, clock):
    assert door.ask("GET", "messages").json == {"reports": []}
    other = Phone(client, city)
    later = other.reports(body())
    clock.move(days=1)
    other.says("Hello?")
    phone.says("Hello?")
    phone.says("Nobody?")
    answers(Door(client, city), later, "Yes.")
    clock.move(days=1)
    other.says("Good.")
    door = Door(client, city)  # the earlier session has ended
    listed = door.ask("GET", "messages").json["reports"]
    assert listed == [
        {"report": told["id"], "state": "received", "minor": False, "number": 2, "on": "2026-11-19"},
        {"report": later["id"], "state": "received", "minor": False, "number": 3, "on": "2026-11-20"},
    ]
    assert len(door.ask("GET", "messages?limit=1").json["reports"]) == 1
    assert door.ask("GET", "messages?limit=0").status_code == 422


def test_other_receipts_read_and_write_nothing(client, city, make_city, phone, told):
    phone.says("Hello?")
    for stranger in (Phone(client, city), Phone(client, make_city(), phone.secret)):
        assert stranger.ask("GET", "/messages").status_code == 404
        assert stranger.says("Hello?").status_code == 404
    assert phone.ask("GET").json["messages"]["count"] == 1
