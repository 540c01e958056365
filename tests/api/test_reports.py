"""The residents' door over HTTP: what a phone sends, and what hostile clients send."""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from backend.steps.accounts import add_importer
from backend.store.models import Report
from tests.api.proofs import proof_without_asking
from tests.support import START, post_report, proof

PHOTO = {"name": "1", "size": 5, "sha256": "0" * 64}


def base64url(raw):
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def body(**changes):
    """The report of the design, as JSON."""
    told = {
        "kind": "incident",
        "categories": ["following"],
        "location": {"type": "Point", "coordinates": [2.1734, 41.3851]},
        "accuracy_m": 25,
        "occurred_on": START.date().isoformat(),
        "daypart": "night",
        "text": "Somebody followed me.",
        "language": "ca",
        "setting": {"place_type": "transport_stop", "transport_mode": "metro"},
        "about_me": {"gender": "woman", "age_band": "25-34", "disability": False},
        "receipt": base64url(os.urandom(32)),
        "reply_key": base64url(os.urandom(32)),
        "consent_forward": False,
        "contributor": base64url(os.urandom(16)),
    }
    return {name: value for name, value in (told | changes).items() if value is not ...}


def post(client, city, told, key=None, **headers):
    return post_report(client, city, told, **{"Idempotency-Key": f'"{key or uuid4()}"'} | headers)


def count(works, city):
    with works["owner"].open(city) as work:
        return work.session.scalar(select(func.count()).where(Report.city_id == city))


def test_the_report_of_the_design_is_taken_in(client, city):
    answer = post(client, city, body(photos=[PHOTO]))
    assert answer.status_code == 201
    assert answer.json["state"] == "awaiting_photos"
    assert answer.json["received_on"] == START.date().isoformat()
    assert answer.json["photos"] == [{"name": "1", "received": 0}]
    assert answer.json["help_lines"] == [{"name": "Emergency", "phone": "112", "for": "emergency"}]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_an_audit_is_taken_in_and_its_gaps_stay_gaps(client, works, city):
    answer = post(
        client, city, body(kind="audit", categories=[], text="", audit={"lighting": 1, "feeling": 3})
    )
    assert answer.status_code == 201
    with works["worker"].open(city) as work:
        assert work.session.scalar(select(Report.audit)) == [1, *[None] * 7, 3]


def test_a_retry_gives_the_same_bytes_and_another_body_422(client, works, city):
    told, key = body(), str(uuid4())
    first, again = post(client, city, told, key), post(client, city, told, key)
    assert (first.status_code, first.data) == (again.status_code, again.data) == (201, first.data)
    other = post(client, city, body(), key)
    assert (other.status_code, other.json["field"]) == (422, "Idempotency-Key")
    assert count(works, city) == 1


def test_200_at_once_with_one_key_make_one_row(client, works, city):
    told, key, paid = body(), str(uuid4()), proof(client, city)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: post(client, city, told, key, **paid), range(200)))
    taken = {answer.data for answer in answers if answer.status_code == 201}
    assert len(taken) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert count(works, city) == 1
    assert post(client, city, told, key, **paid).data in taken


def test_without_a_key_or_with_a_short_one_it_is_refused(client, city):
    bare = client.post(f"/v1/cities/{city}/reports", json=body())
    assert (bare.status_code, bare.json["field"]) == (400, "Idempotency-Key")
    assert post(client, city, body(), "short").status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "suspect"}, "kind"),
        ({"kind": ...}, "kind"),
        ({"categories": ["suspicious_person"]}, "categories.0"),
        ({"categories": ["following", "following"]}, "categories"),
        ({"location": {"type": "Point", "coordinates": [2.17]}}, "location.coordinates"),
        ({"location": {"type": "Point", "coordinates": ["2.17", 41.4]}}, "location.coordinates.0"),
        (
            {"location": {"type": "Point", "coordinates": ["\uff12.\uff11\uff17", 41.4]}},
            "location.coordinates.0",
        ),
        ({"location": {"type": "Point", "coordinates": [2.17, 91]}}, "location.coordinates"),
        ({"location": {"type": "Point", "coordinates": [41.3851, 2.1734]}}, "location.coordinates"),
        ({"location": {"type": "Point", "coordinates": [0, 0]}}, "location.coordinates"),
        ({"location": {"type": "Point", "coordinates": [2.17, 41.4], "crs": {}}}, "location.crs"),
        ({"occurred_on": "2026-11-18T22:00:00Z"}, "occurred_on"),
        ({"occurred_on": "9999-12-31"}, "occurred_on"),
        ({"daypart": "23:15"}, "daypart"),
        ({"text": "x" * 5001}, "text"),
        ({"language": "Catalan"}, "language"),
        ({"about_me": {"name": "x"}}, "about_me.name"),
        ({"audit": {"lighting": 4}, "kind": "audit"}, "audit.lighting"),
        ({"photos": [PHOTO] * 2}, "photos"),
        ({"photos": [PHOTO | {"name": "IMG_2041.JPG"}]}, "photos.0.name"),
        ({"photos": [PHOTO | {"size": 10**9}]}, "photos.0.size"),
        ({"receipt": "short"}, "receipt"),
        ({"receipt": ...}, "receipt"),
        ({"contributor": "é" * 22}, "contributor"),
        ({"device_id": "abc"}, "device_id"),
        ({"accuracy_m": -1}, "accuracy_m"),
        ({"consent_forward": "yes"}, "consent_forward"),
    ],
)
def test_what_is_wrong_is_named(client, works, city, changes, field):
    answer = post(client, city, body(**changes))
    named = [answer.json.get("field"), *(one["field"] for one in answer.json.get("errors", ()))]
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert field in named
    assert count(works, city) == 0


GOOD = json.dumps(body())
HOSTILE = {
    "deep nesting": b"[" * 100_000,
    "deep objects": b'{"a":' * 50_000,
    "a number of 5,000 digits": GOOD.replace("25", "9" * 5000, 1).encode(),
    "a number beyond all floats": GOOD.replace('"accuracy_m": 25', '"accuracy_m": 1e999').encode(),
    "NaN": GOOD.replace('"accuracy_m": 25', '"accuracy_m": NaN').encode(),
    "NUL": GOOD.replace("Somebody", "Some\\u0000body").encode(),
    "a lone surrogate": GOOD.replace("Somebody", "Some\\ud800body").encode(),
    "a member twice": GOOD.replace('"kind": "incident"', '"kind": "incident", "kind": "audit"').encode(),
    "bytes that are not UTF-8": GOOD.encode().replace(b"Somebody", b"Some\xffbody"),
    "a truncated body": GOOD[:-20].encode(),
    "nothing": b"",
    "a list": b"[]",
    "a string": b'"report"',
    "null": b"null",
    "an unknown member named with NUL": b'{"\\u0000": 1}',
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_json_gets_a_problem_and_nothing_is_written(client, works, city, case):
    answer = post(client, city, HOSTILE[case])
    assert 400 <= answer.status_code < 500
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"].startswith("urn:farola:problem:")
    assert count(works, city) == 0


def test_too_many_bytes_and_other_media_are_refused(client, city):
    assert post(client, city, body(text="x" * 70_000)).status_code == 413
    wrong = client.post(
        f"/v1/cities/{city}/reports",
        data=GOOD,
        headers={"Content-Type": "text/plain", "Idempotency-Key": "k" * 20},
    )
    assert wrong.status_code == 415


def test_unknown_parameters_cities_and_methods_are_refused(client, city):
    parameter = client.post(
        f"/v1/cities/{city}/reports?debug=1", json=body(), headers={"Idempotency-Key": "k" * 20}
    )
    assert (parameter.status_code, parameter.json["field"]) == (422, "debug")
    assert client.get("/v1/cities/nowhere/challenge").status_code == 404
    assert post(client, "nowhere", body(), **proof_without_asking(client, "nowhere")).status_code == 404
    wrong = client.put(f"/v1/cities/{city}/reports")
    assert (wrong.status_code, "POST" in wrong.headers["Allow"]) == (405, True)


def test_a_refusal_never_repeats_what_was_sent(client, city):
    secret = "my-name-is-not-yours"
    answer = post(client, city, body(kind=secret, text=secret, about_me={"gender": secret}))
    assert secret not in answer.text


def test_a_lost_connection_is_replaced_and_the_report_taken_once(client, works, city):
    assert post(client, city, body()).status_code == 201
    with works["owner"].open(city) as work:
        work.session.execute(
            text(
                "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
                " where usename = 'farola_residents' and datname = current_database()"
            )
        )
    assert post(client, city, body()).status_code == 201
    assert count(works, city) == 2


def test_a_known_importer_is_noted_and_an_unknown_one_refused(client, works, pepper, city):
    with works["owner"].open(city) as work:
        key = add_importer(work, pepper, "stories")
    assert post(client, city, body(), Authorization=f"Importer {key}").status_code == 201
    with works["worker"].open(city) as work:
        assert work.session.scalar(select(Report.source)) == "importer"
    for wrong in ("x", key[:-1], "é", ""):
        header = f"Importer {wrong}".encode().decode("latin-1")
        assert post(client, city, body(), Authorization=header).status_code == 401
    assert count(works, city) == 1


def test_a_database_that_is_away_is_a_503(client, city, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def away(*_args, **_kwargs):
        raise OperationalError("select", {}, Exception("away"))

    paid = proof(client, city)
    monkeypatch.setattr("backend.steps.intake.take", away)
    answer = post(client, city, body(), **paid)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert "Retry-After" in answer.headers


def test_without_this_months_key_nothing_is_stored_unsealed(client, works, city):
    with works["owner"].open(city) as work:
        work.session.execute(text("delete from city_keys where city_id = :c"), {"c": city})
    assert post(client, city, body()).status_code == 503
    assert count(works, city) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"photos": [PHOTO | {"name": "1\n"}]}, "photos.0.name"),
        ({"photos": [PHOTO | {"sha256": "0" * 64 + "\n"}]}, "photos.0.sha256"),
        ({"language": "en\n"}, "language"),
    ],
)
def test_a_newline_at_the_end_is_not_overlooked(client, city, changes, field):
    answer = post(client, city, body(**changes))
    assert (answer.status_code, answer.json["field"]) == (422, field)


def test_a_body_that_was_cut_off_is_no_report(client, works, city):
    raw = json.dumps(body()).encode()
    answer = client.post(
        f"/v1/cities/{city}/reports",
        data=raw,
        headers={"Idempotency-Key": "k" * 20, "Content-Type": "application/json"},
        environ_overrides={"CONTENT_LENGTH": str(len(raw) + 50)},
    )
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert count(works, city) == 0


def test_an_importer_key_that_cannot_be_one_is_refused(client, works, city):
    for wrong in ("x" * 300, ""):
        assert post(client, city, body(), Authorization=f"Importer {wrong}").status_code == 401
    assert count(works, city) == 0
