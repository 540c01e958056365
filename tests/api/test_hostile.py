"""Hostile input to every operation of every door: always a problem document, never a 500, nothing written."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from backend.api.base import Blueprint
from tests.support import proof, told_report

DEEP = 100_000
HOSTILE = {
    "nested arrays": b"[" * 60_000,
    "nested objects": b'{"kind":' * 8_000,
    "too large": b" " * (64 * 1024) + b"{}",
    "huge integer": b'{"kind": ' + b"9" * 5_000 + b"}",
    "infinity": b'{"kind": 1e400}',
    "not a number": b'{"kind": NaN}',
    "twice": b'{"kind": "incident", "kind": "audit"}',
    "nul": b'{"kind": "inci\\u0000dent"}',
    "nul in a name": b'{"ki\\u0000nd": 1}',
    "half a character": b'{"kind": "\\ud800"}',
    "not utf-8": b'{"kind": "\xff\xfe"}',
    "other digits": '{"accuracy_m": "１２"}'.encode(),  # noqa: RUF001 (digits of another script)
    "unknown member": b'{"secret_member": 1}',
    "a list": b"[]",
    "a text": b'"report"',
    "nothing": b"",
    "null": b"null",
    "a number": b"1",
    "form": b"kind=incident",
}


def _sealed(told):
    """A report as a phone sends it."""
    return {**told_report(**told), "receipt": "A" * 43, "occurred_on": "2026-11-18"}


@pytest.fixture
def addresses(app, city):
    """Every address of every JSON door, with a city that exists and made-up parts below it."""
    parts = {
        "city": city, "layer": "map", "period": "latest", "z": 8, "x": 0, "y": 0,
        "upload_id": uuid4(), "report_id": uuid4(), "id": uuid4(), "name": "1",
        "number": 0, "opening_id": uuid4(), "feature": "1", "withdrawal_id": uuid4(), "note_id": uuid4(), "factor_id": uuid4(),
    }  # fmt: skip
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        if isinstance(app.blueprints.get(rule.endpoint.rpartition(".")[0]), Blueprint):
            values = {name: parts[name] for name in rule.arguments}
            found.append((adapter.build(rule.endpoint, values), rule.methods - {"OPTIONS"}))
    return found


def _is_problem(answer):
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text)
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == answer.status_code
    assert answer.json["detail"]
    return True


@pytest.mark.parametrize("name", HOSTILE)
def test_no_body_breaks_a_door(client, addresses, name):
    tried = 0
    for address, methods in addresses:
        for method in methods & {"POST", "PUT", "PATCH", "DELETE"}:
            headers = {
                "Content-Type": "application/x-www-form-urlencoded" if name == "form" else "application/json",
                "Idempotency-Key": f'"{uuid4()}"',
                "Authorization": "Receipt " + "A" * 43,
                "Tus-Resumable": "1.0.0",
            }
            answer = client.open(address, method=method, data=HOSTILE[name], headers=headers)
            assert _is_problem(answer), (method, address)
            tried += 1
    assert tried >= 4


@pytest.mark.parametrize(
    "query", ["?nosuch=1", "?a=1&a=1", "?%00=%00", "?limit=%EF%BC%91", "?limit=1e9", "?=1", "?%ff=1"]
)
def test_no_parameter_is_silently_ignored(client, addresses, query):
    for address, methods in addresses:
        for method in methods:
            answer = client.open(address + query, method=method, headers={"Tus-Resumable": "1.0.0"})
            assert 400 <= answer.status_code < 500, (method, address, query)
            if method != "HEAD":
                assert _is_problem(answer)


@pytest.mark.parametrize(
    "authorization",
    ["", "Receipt", "Receipt ", "Receipt \u00e9", "Receipt " + "A" * 100_000, "Bearer " + "=" * 50, "Basic OjpA", "\x7f",
     "Importer " + "x" * 300, "Bearer \u00ff\u00fe"],
)  # fmt: skip
def test_no_credential_breaks_a_door(client, addresses, authorization):
    for address, methods in addresses:
        for method in methods & {"GET", "DELETE", "PATCH"}:
            answer = client.open(
                address, method=method, headers={"Authorization": authorization, "Tus-Resumable": "1.0.0"}
            )
            assert answer.status_code < 500, (method, address)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "murder"}, "kind"),
        ({"kind": None}, "kind"),
        ({"location": {"type": "Point", "coordinates": ["2.17", 41.38]}}, "location.coordinates.0"),
        ({"location": {"type": "Point", "coordinates": [2.17]}}, "location.coordinates"),
        ({"location": {"type": "Point", "coordinates": [2.17, 141.38]}}, "location.coordinates"),
        ({"location": {"type": "Point", "coordinates": [True, 41.38]}}, "location.coordinates.0"),
        ({"location": {"type": "Point", "coordinates": [2.17, 41.38], "crs": "x"}}, "location.crs"),
        ({"location": {"type": "Polygon", "coordinates": [2.17, 41.38]}}, "location.type"),
        ({"location": None}, "location"),
        ({"occurred_on": "２０２６-11-20"}, "occurred_on"),  # noqa: RUF001 (digits of another script)
        ({"occurred_on": "2026-02-30"}, "occurred_on"),
        ({"text": 7}, "text"),
        ({"text": "a" * 5001}, "text"),
        ({"categories": ["following", "following"]}, "categories"),
        ({"categories": "following"}, "categories"),
        ({"photos": [{"name": "1", "size": "5", "sha256": "0" * 64}]}, "photos.0.size"),
        ({"about_me": {"name": "Anastasia"}}, "about_me.name"),
        ({"receipt": "A" * 42}, "receipt"),
        ({"consent_forward": "yes"}, "consent_forward"),
        ({"reporter": "Anastasia"}, "reporter"),
    ],
)
def test_a_refusal_names_the_field_and_writes_nothing(client, city, databases, change, field):
    answer = client.post(
        f"/v1/cities/{city}/reports",
        json={**_sealed({}), **change},
        headers={"Idempotency-Key": f'"{uuid4()}"'},
    )
    assert _is_problem(answer)
    assert answer.json["field"] == field
    assert "Anastasia" not in answer.text
    with databases["worker"].session(city) as session:
        assert session.scalar(text("select count(*) from reports")) == 0
        assert session.scalar(text("select count(*) from submissions")) == 0


def test_what_the_hostile_reports_started_from_is_taken(client, city):
    answer = client.post(
        f"/v1/cities/{city}/reports",
        json=_sealed({}),
        headers={"Idempotency-Key": f'"{uuid4()}"'} | proof(client, city),
    )
    assert answer.status_code == 201, answer.text


def test_the_example_in_the_document_is_taken(client, city):
    from backend.api.examples import REQUESTS

    answer = client.post(
        f"/v1/cities/{city}/reports",
        json=REQUESTS["postReport"],
        headers={"Idempotency-Key": f'"{uuid4()}"'} | proof(client, city),
    )
    assert answer.status_code == 201, answer.text
