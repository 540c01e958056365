"""Idempotency-Key after the IETF draft: one report for one key, and for a retry the answer that was given."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from backend.store.models import Report, SpentProof, Submission
from backend.store.secrets import keyed_hash
from tests.api.test_reports import body
from tests.support import START, post_report, proof
from workers.sweep import forget_expired

PLAIN = "8e03978e-40d5-43e8-bc93-6894a57f9324"


def post(client, city, told, key, **headers):
    return post_report(client, city, told, **{"Idempotency-Key": key} | headers)


def count(works, city, table):
    with works["owner"].open(city) as work:
        return work.session.scalar(select(func.count()).where(table.city_id == city))


def test_a_key_is_a_quoted_string_and_the_bare_one_is_the_same(client, works, city):
    told = body()
    first, again = post(client, city, told, f'"{PLAIN}"'), post(client, city, told, PLAIN)
    assert (first.status_code, first.data) == (again.status_code, again.data) == (201, first.data)
    assert count(works, city, Report) == 1


def test_what_a_quoted_string_escapes_is_read(client, works, city):
    told = body()
    assert post(client, city, told, r'"a \"quoted\" key \\ 1"').status_code == 201
    assert post(client, city, told, r'"a \"quoted\" key \\ 1"').status_code == 201
    assert post(client, city, body(), r'"a \"quoted\" key \\ 2"').status_code == 201
    assert count(works, city, Report) == 2


@pytest.mark.parametrize(
    "key",
    [f'"{PLAIN}', f'{PLAIN}"', '"' + "x" * 15 + '"', '"' + "x" * 65 + '"', f'"{PLAIN}", "{PLAIN}"', f'"{PLAIN}\\x"',
     '"clé-clé-clé-clé-clé"', PLAIN.replace("-", " "), '""'],
)  # fmt: skip
def test_what_is_no_key_is_refused(client, works, city, key):
    answer = post(client, city, body(), key.encode().decode("latin-1"))
    assert (answer.status_code, answer.json["field"]) == (422, "Idempotency-Key")
    assert count(works, city, Report) == 0


def test_without_one_it_is_400(client, city):
    headers = proof(client, city)
    answer = client.post(f"/v1/cities/{city}/reports", json=body(), headers=headers)
    assert (answer.status_code, answer.json["field"]) == (400, "Idempotency-Key")


def test_the_same_report_spaced_and_ordered_otherwise_is_the_same(client, works, city):
    told = body()
    turned = json.dumps(dict(reversed(told.items())), indent=2).encode()
    first, again = post(client, city, told, PLAIN), post(client, city, turned, PLAIN)
    assert first.data == again.data
    assert count(works, city, Report) == 1


def test_the_stored_answer_stays_whatever_became_of_the_report_and_the_city(client, works, city):
    told = body()
    first = post(client, city, told, PLAIN)
    with works["owner"].open(city) as work:
        work.session.execute(text("update reports set state = 'quarantined' where city_id = :c"), {"c": city})
        work.session.execute(text("update cities set help_lines = '[]' where city_id = :c"), {"c": city})
        work.session.execute(
            text("update cities set boundary = ST_Translate(boundary, 1, 1) where city_id = :c"), {"c": city}
        )
    assert post(client, city, told, PLAIN).data == first.data


def test_another_report_under_the_key_is_422_and_hears_nothing_of_the_first(client, works, city):
    first = post(client, city, body(), PLAIN)
    other = post(client, city, body(), PLAIN)
    assert (other.status_code, other.json["field"]) == (422, "Idempotency-Key")
    assert first.json["id"] not in other.text
    assert count(works, city, Report) == 1


def test_while_the_first_is_on_its_way_it_is_409_and_then_it_is_taken(client, works, pepper, city):
    told, paid = body(), proof(client, city)
    row = {"c": city, "k": keyed_hash(pepper, "idempotency", city, PLAIN)}
    insert = "insert into submissions values (:c, :k, '', '{}', now())"
    with works["owner"].database.session(city) as session:
        session.execute(text(insert), row)  # written by another process, not yet committed
        busy = post(client, city, told, PLAIN, **paid)
    assert (busy.status_code, busy.mimetype) == (409, "application/problem+json")
    assert count(works, city, Report) == 0
    assert post(client, city, told, PLAIN, **paid).status_code == 201


def test_a_place_that_is_busy_is_no_report_in_flight(client, works, city):
    post(client, city, body(), PLAIN)
    with works["owner"].database.session(city) as session:
        session.execute(text("select * from counters where city_id = :c for update"), {"c": city})
        busy = post(client, city, body(), PLAIN[::-1])
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "2")
    assert count(works, city, Submission) == 1


@pytest.mark.parametrize(
    "changes", [{"categories": [], "text": ""}, {"location": {"type": "Point", "coordinates": [0, 0]}}]
)
def test_a_refusal_is_not_kept_and_the_key_is_free_for_the_report_put_right(client, works, city, changes):
    paid = proof(client, city)
    assert post(client, city, body(**changes), PLAIN, **paid).status_code == 422
    assert count(works, city, Submission) == count(works, city, SpentProof) == 0
    assert post(client, city, body(), PLAIN, **paid).status_code == 201


def test_a_failure_is_not_kept(client, works, city, monkeypatch):
    def failing(*_):
        raise RuntimeError

    told, paid = body(), proof(client, city)
    with monkeypatch.context() as broken:
        broken.setattr("backend.steps.intake.take", failing)
        assert post(client, city, told, PLAIN, **paid).status_code == 500
    assert post(client, city, told, PLAIN, **paid).status_code == 201


def test_a_proof_is_spent_with_the_report_and_only_once(client, works, city):
    told, paid = body(), proof(client, city)
    first = post(client, city, told, PLAIN, **paid)
    assert first.status_code == 201
    # The same report again spends nothing, with the same proof or with another one.
    assert post(client, city, told, PLAIN, **paid).data == first.data
    assert post(client, city, told, PLAIN).data == first.data
    assert count(works, city, SpentProof) == 1
    used = post(client, city, body(), PLAIN[::-1], **paid)
    assert (used.status_code, used.json["field"]) == (422, "Altcha")
    assert used.json["challenge"] == f"/v1/cities/{city}/challenge"
    assert count(works, city, Report) == count(works, city, Submission) == 1


def test_a_key_is_kept_as_a_keyed_hash_for_a_day(client, works, city, clock):
    paid = proof(client, city)
    post(client, city, body(), PLAIN, **paid)
    with works["owner"].open(city) as work:
        row = work.session.scalars(select(Submission).where(Submission.city_id == city)).one()
        rows = work.session.scalars(
            text("select s::text from submissions s union select p::text from spent_proofs p")
        )
        everything = "".join(rows)
    assert (len(row.key_hash), row.expires_at) == (32, START + timedelta(hours=24))
    assert PLAIN not in everything
    assert PLAIN.encode().hex() not in everything
    clock.move(hours=23)
    forget_expired(works["worker"])
    assert (count(works, city, Submission), count(works, city, SpentProof)) == (1, 0)
    clock.move(hours=2)
    forget_expired(works["worker"])
    assert count(works, city, Submission) == 0
