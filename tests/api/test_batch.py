"""A phone's waiting queue in one request: each report is answered as if it had come alone."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from backend.domain.audit import QUESTIONS
from backend.domain.taxonomy import CATEGORIES
from backend.errors import Unavailable
from backend.steps import intake
from backend.steps.accounts import add_importer
from backend.store.models import Report, SpentProof
from tests.api.test_reports import base64url, body, post
from tests.support import proof


def queue(*reports):
    return [{"key": str(uuid4()), "report": report} for report in reports]


def send(client, city, waiting, **headers):
    headers = headers or proof(client, city)
    return client.post(f"/v1/cities/{city}/reports/batch", json={"reports": waiting}, headers=headers)


def statuses(answer):
    assert answer.status_code == 200, answer.text
    return [one["status"] for one in answer.json["answers"]]


def count(works, city, table=Report):
    with works["owner"].open(city) as work:
        return work.session.scalar(select(func.count()).where(table.city_id == city))


def test_fifty_reports_go_in_at_once_under_one_proof(client, works, city):
    waiting = queue(*(body() for _ in range(50)))
    answer = send(client, city, waiting)
    assert statuses(answer) == [201] * 50
    assert [one["key"] for one in answer.json["answers"]] == [one["key"] for one in waiting]
    assert len({one["body"]["id"] for one in answer.json["answers"]}) == 50
    assert (count(works, city), count(works, city, SpentProof)) == (50, 1)


def test_each_is_answered_as_it_would_be_alone(client, works, city):
    taken = body()
    post(client, city, taken)
    outside = {"type": "Point", "coordinates": [41.3851, 2.1734]}
    wrong = [
        body(kind="suspect"),
        body(location={"type": "Point", "coordinates": [2.17, "x"]}, device_id="abc"),
        body(location=outside),
        body(categories=[], text=""),
        body(receipt=taken["receipt"]),
        "no report",
        None,
    ]
    alone = [post(client, city, one) for one in wrong]
    answer = send(client, city, queue(body(), *wrong, body()))
    assert statuses(answer) == [201, *(one.status_code for one in alone), 201]
    assert [one["body"] for one in answer.json["answers"][1:-1]] == [one.json for one in alone]
    assert answer.json["answers"][1]["body"]["field"] == "kind"
    assert "swapped" in answer.json["answers"][3]["body"]["detail"]
    assert count(works, city) == 3


def test_a_batch_sent_again_gets_the_stored_answers(client, works, city):
    waiting, paid = queue(body(), body(kind="suspect"), body()), proof(client, city)
    first, again = send(client, city, waiting, **paid), send(client, city, waiting, **paid)
    assert first.data == again.data
    assert send(client, city, waiting).data == first.data
    assert count(works, city) == 2


def test_a_report_sent_alone_and_then_in_a_batch_is_one(client, works, city):
    waiting = queue(body())
    alone = post(client, city, waiting[0]["report"], waiting[0]["key"])
    answer = send(client, city, waiting)
    assert answer.json["answers"] == [{"key": waiting[0]["key"], "status": 201, "body": alone.json}]
    assert count(works, city) == 1


def test_a_batch_that_broke_off_goes_on_with_its_own_proof(client, works, city, monkeypatch):
    waiting, paid, real, tried = queue(*(body() for _ in range(6))), proof(client, city), intake.submit, []

    def breaks_off(door, attempt):
        tried.append(attempt.key)
        if len(tried) == 3:
            raise Unavailable("The database cannot be reached right now.")
        return real(door, attempt)

    with monkeypatch.context() as broken:
        broken.setattr(intake, "submit", breaks_off)
        first = send(client, city, waiting, **paid)
    assert statuses(first) == [201, 201, 503, 503, 503, 503]
    assert len(tried) == 3
    again = send(client, city, waiting, **paid)
    assert statuses(again) == [201] * 6
    assert again.json["answers"][:2] == first.json["answers"][:2]
    assert (count(works, city), count(works, city, SpentProof)) == (6, 1)


def test_a_spent_proof_pays_for_no_other_batch_and_no_other_report(client, works, city):
    waiting, paid = queue(body(), body(kind="suspect")), proof(client, city)
    send(client, city, waiting, **paid)
    longer = [waiting[0], *queue(body())]
    answer = send(client, city, longer, **paid)
    assert statuses(answer) == [201, 422]
    assert answer.json["answers"][1]["body"]["field"] == "Altcha"
    assert post(client, city, body(), **paid).json["field"] == "Altcha"
    # Each key makes one report, so what was refused may be put right under the same proof.
    waiting[1]["report"] = body()
    assert statuses(send(client, city, waiting, **paid)) == [201, 201]
    assert statuses(send(client, city, [waiting[0], {**waiting[1], "report": body()}], **paid)) == [201, 422]
    assert count(works, city) == 2


def test_one_failure_that_nobody_expected_is_one_answer(client, works, city, monkeypatch):
    real, waiting = intake.submit, queue(body(), body(), body())

    def fails(door, attempt):
        if attempt.key == waiting[1]["key"]:
            raise RuntimeError(attempt.told["text"])
        return real(door, attempt)

    monkeypatch.setattr(intake, "submit", fails)
    answer = send(client, city, waiting)
    assert statuses(answer) == [201, 500, 201]
    assert "followed" not in answer.text


def test_the_same_batch_many_times_at_once_makes_each_report_once(client, works, city):
    waiting, paid = queue(*(body() for _ in range(5))), proof(client, city)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(client, city, waiting, **paid), range(16)))
    for place in range(5):
        seen = [answer.json["answers"][place] for answer in answers]
        assert {one["status"] for one in seen} <= {201, 409}
        assert len({one["body"]["id"] for one in seen if one["status"] == 201}) == 1
    assert (count(works, city), count(works, city, SpentProof)) == (5, 1)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reports": []}, "reports"),
        ({"reports": queue(*[{}] * 51)}, "reports"),
        ({"reports": [{"report": {}}]}, "reports.0.key"),
        ({"reports": [{"key": "short", "report": {}}]}, "reports.0.key"),
        ({"reports": [{"key": "k" * 20}]}, "reports.0.report"),
        ({"reports": [{"key": "k" * 20, "report": {}, "device": 1}]}, "reports.0.device"),
        ({"reports": {}}, "reports"),
        ({}, "reports"),
        ({"reports": queue({}), "device": 1}, "device"),
    ],
)
def test_a_batch_that_is_none_is_refused_whole(client, works, city, changed, field):
    answer = client.post(f"/v1/cities/{city}/reports/batch", json=changed, headers=proof(client, city))
    named = [answer.json.get("field"), *(one["field"] for one in answer.json.get("errors", ()))]
    assert answer.status_code == 422
    assert field in named
    assert count(works, city) == 0


def test_without_a_proof_and_in_no_city_it_is_refused(client, works, city):
    url = f"/v1/cities/{city}/reports/batch"
    refused = client.post(url, json={"reports": queue(body())})
    assert (refused.status_code, refused.json["field"]) == (422, "Altcha")
    assert client.post(url.replace(city, "nowhere"), json={"reports": queue(body())}).status_code == 404
    assert count(works, city) == 0


def test_an_importer_needs_no_proof(client, works, pepper, city):
    with works["owner"].open(city) as work:
        key = add_importer(work, pepper, "stories")
    answer = send(client, city, queue(body(), body()), Authorization=f"Importer {key}")
    assert statuses(answer) == [201, 201]
    with works["worker"].open(city) as work:
        assert set(work.session.scalars(select(Report.source))) == {"importer"}


def test_there_is_room_for_all_that_fifty_reports_can_say(client, city):
    everything = {
        "form": "standard",
        "categories": sorted(CATEGORIES)[:8],
        "setting": {"place_type": "transport_stop", "transport_mode": "metro", "stop": "L3"},
        "audit": dict.fromkeys(QUESTIONS, 3),
        "photos": [{"name": str(at), "size": 5, "sha256": "0" * 64} for at in range(1, 5)],
    }
    answer = send(client, city, queue(*(body(**everything) for _ in range(50))))
    # An incident has no audit: that was seen, so all of it was read.
    assert statuses(answer) == [422] * 50
    assert {one["body"]["field"] for one in answer.json["answers"]} <= {"audit", "categories"}


def test_there_is_room_for_fifty_long_reports_and_an_end(client, works, city):
    told = body(text="ש" * 5000, contributor=...)
    waiting = queue(*(told | {"receipt": base64url(os.urandom(32))} for _ in range(50)))
    assert statuses(send(client, city, waiting)) == [201] * 50
    raw = b'{"reports": [' + b" " * (50 * 64 * 1024) + b"]}"
    headers = {"Content-Type": "application/json"} | proof(client, city)
    too_much = client.post(f"/v1/cities/{city}/reports/batch", data=raw, headers=headers)
    assert too_much.status_code == 413
