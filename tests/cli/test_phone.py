"""The phone sends what the design says, sends it again unchanged, and resumes photos where the server stands."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import altcha
import httpx
import pytest

from backend.cli import phone
from backend.cli.polite import PAUSES, Refused
from backend.domain import receipts
from backend.errors import Unavailable

BODY = {"kind": "condition", "categories": ["badly_lit"], "occurred_on": "2026-11-20", "daypart": "night"}


class Server:
    """Takes reports and tus uploads; `trouble` says which requests go wrong, and how."""

    def __init__(self, trouble=()):
        self.trouble = dict(trouble)
        self.asked: list[httpx.Request] = []
        self.challenged: list[str] = []
        self.reports: dict[str, dict] = {}
        self.files: dict[str, bytearray] = {}

    def __call__(self, request):
        if request.url.path.endswith("/challenge"):
            return self.challenge(request)
        self.asked.append(request)
        wrong = self.trouble.get(len(self.asked))
        if wrong == "deaf":
            raise httpx.ConnectError("no line")
        answer = self.answer(request, half=wrong == "half")
        if wrong in {"mute", "half"}:
            raise httpx.ReadError("the line broke")
        return wrong if isinstance(wrong, httpx.Response) else answer

    def challenge(self, request):
        self.challenged.append(str(request.url))
        made = altcha.create_challenge("PBKDF2/SHA-256", 1, hmac_secret="s", expires_at=4_000_000_000)
        return httpx.Response(200, json=made.to_dict())

    def answer(self, request, *, half):
        if request.url.path.endswith("/reports"):
            key = request.headers["Idempotency-Key"]
            self.reports.setdefault(key, json.loads(request.content))
            return httpx.Response(
                201, json={"id": f"report {list(self.reports).index(key)}", "state": "received"}
            )
        if request.method == "POST":
            self.files["/files/1"] = bytearray()
            return httpx.Response(201, headers={"Location": "/files/1"})
        return self.tus(request, half=half)

    def tus(self, request, *, half):
        stored = self.files[request.url.path]
        if request.method == "PATCH":
            if int(request.headers["Upload-Offset"]) != len(stored):
                return httpx.Response(409)
            stored += request.content[: len(request.content) // 2] if half else request.content
        return httpx.Response(204, headers={"Upload-Offset": str(len(stored))})


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def open_phone(pauses):
    opened = []

    def open_it(server, **parts):
        made = phone.Phone(
            "http://farola.test",
            "barcelona",
            transport=httpx.MockTransport(server),
            sleep=pauses.append,
            **parts,
        )
        opened.append(made)
        return made

    yield open_it
    for made in opened:
        made.__exit__()


def test_the_receipt_is_derived_and_the_secret_stays(open_phone):
    server = Server()
    sent = open_phone(server).send(phone.draft(BODY))
    (asked,) = server.asked
    body = json.loads(asked.content)
    assert body | BODY == body
    assert body["receipt"] == receipts.shown_to_server(sent.secret)
    assert re.fullmatch(r"[\w-]{43}", body["reply_key"])
    assert re.fullmatch(r'"[0-9a-f-]{36}"', asked.headers["Idempotency-Key"])
    assert "photos" not in body
    for hidden in (sent.secret, base64.b64encode(sent.secret), sent.secret.hex().encode()):
        assert hidden not in asked.content


def test_the_importer_key_is_shown_for_reports_and_the_receipt_for_photos(open_phone):
    server = Server()
    sent = open_phone(server, importer_key="imp").send(phone.draft(BODY, [b"x" * 10]))
    assert server.asked[0].headers["Authorization"] == "Importer imp"
    others = {request.headers["Authorization"] for request in server.asked[1:]}
    assert others == {f"Receipt {receipts.shown_to_server(sent.secret)}"}


def test_a_photo_is_promised_with_its_hash_and_comes_in_pieces(open_phone):
    server = Server()
    content = bytes(range(256)) * 2200
    open_phone(server).send(phone.draft(BODY, [content]))
    (report,) = server.reports.values()
    assert report["photos"] == [
        {"name": "1", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    ]
    assert server.files["/files/1"] == content
    created = server.asked[1]
    named = dict(part.split() for part in created.headers["Upload-Metadata"].split(","))
    assert base64.b64decode(named["report"]) == b"report 0"
    assert base64.b64decode(named["name"]) == b"1"
    assert created.headers["Tus-Resumable"] == "1.0.0"
    pieces = [request for request in server.asked if request.method == "PATCH"]
    assert len(pieces) == 3
    assert all(len(piece.content) <= phone.CHUNK for piece in pieces)


def test_a_lost_answer_makes_no_second_report(open_phone, pauses):
    server = Server({1: "deaf", 2: "mute", 3: httpx.Response(503), 4: httpx.Response(409)})
    sent = open_phone(server).send(phone.draft(BODY))
    assert len(server.asked) == 5
    assert len({request.content for request in server.asked}) == 1
    assert len(server.reports) == 1
    assert sent.id == "report 0"
    assert pauses == list(PAUSES[:4])


def test_a_draft_can_be_sent_again_later(open_phone):
    server = Server()
    draft = phone.draft(BODY)
    mine = open_phone(server)
    assert mine.send(draft) == mine.send(draft)
    assert len(server.reports) == 1


@pytest.mark.parametrize("trouble", [{3: "half"}, {3: "mute"}, {3: "deaf"}, {4: "half", 6: "deaf"}])
def test_an_interrupted_photo_goes_on_where_the_server_stands(open_phone, trouble):
    server = Server(trouble)
    content = bytes(range(251)) * 3000
    open_phone(server).send(phone.draft(BODY, [content]))
    assert server.files["/files/1"] == content
    assert any(request.method == "HEAD" for request in server.asked)


def test_a_server_that_takes_no_bytes_is_given_up(open_phone):
    server = Server()
    server.tus = lambda *_, **__: httpx.Response(204, headers={"Upload-Offset": "0"})
    with pytest.raises(Unavailable, match="no more"):
        open_phone(server).send(phone.draft(BODY, [b"x"]))


def test_a_refusal_is_said_once_with_its_field(open_phone, pauses):
    problem = {"type": "urn:farola:problem:unprocessable", "detail": "Not in this city.", "field": "location"}
    server = Server({1: httpx.Response(422, json=problem)})
    with pytest.raises(Refused, match="422: Not in this city") as caught:
        open_phone(server).send(phone.draft(BODY))
    assert caught.value.field == "location"
    assert pauses == []


def test_a_dead_server_is_given_up_in_the_end(open_phone, pauses):
    server = Server(dict.fromkeys(range(1, 99), "deaf"))
    with pytest.raises(Unavailable):
        open_phone(server).send(phone.draft(BODY))
    assert pauses == list(PAUSES)


def test_a_pause_that_the_server_asks_for_is_kept_within_reason(open_phone, pauses):
    def too_many(seconds):
        return httpx.Response(429, headers={"Retry-After": seconds})

    server = Server({1: too_many("3"), 2: too_many("99999"), 3: too_many("soon")})
    open_phone(server).send(phone.draft(BODY))
    assert pauses == [3, 30, PAUSES[2]]


def test_the_receipt_is_shown_in_fours():
    assert phone.show_receipt(bytes(16)) == "0000-0000-0000-0000-0000-0000-000"


def needed(challenge=None):
    problem = {"type": "urn:farola:problem:proof-needed", "detail": "Fresh.", "field": "Altcha"}
    return httpx.Response(422, json=problem | ({"challenge": challenge} if challenge else {}))


def test_every_report_brings_an_answer_to_a_challenge(open_phone):
    server = Server()
    mine = open_phone(server)
    mine.send(phone.draft(BODY))
    mine.send(phone.draft(BODY))
    proofs = [request.headers["Altcha"] for request in server.asked]
    assert len(set(proofs)) == 2
    assert all(altcha.verify_solution(proof, "s").verified for proof in proofs)
    assert server.challenged == ["http://farola.test/v1/cities/barcelona/challenge"] * 2


def test_an_importer_is_not_challenged(open_phone):
    server = Server()
    open_phone(server, importer_key="imp").send(phone.draft(BODY))
    assert server.challenged == []
    assert "Altcha" not in server.asked[0].headers


def test_a_fresh_proof_is_brought_where_the_server_says_under_the_same_key(open_phone, pauses):
    server = Server({1: needed("/v1/cities/barcelona/challenge?level=2"), 2: needed()})
    open_phone(server).send(phone.draft(BODY))
    assert [url.partition("/challenge")[2] for url in server.challenged] == ["", "?level=2", "?level=2"]
    assert len({request.headers["Idempotency-Key"] for request in server.asked}) == 1
    assert len({request.headers["Altcha"] for request in server.asked}) == 3
    assert pauses == []


def test_a_server_that_is_never_content_is_given_up(open_phone):
    server = Server(dict.fromkeys(range(1, 99), needed()))
    with pytest.raises(Refused, match="Fresh"):
        open_phone(server).send(phone.draft(BODY))
    assert len(server.asked) == phone.PROOFS
