"""The doors of the newer moves: appeals by receipt, reversals, many at once, openings, and what is refused there."""

from __future__ import annotations

import os
from uuid import uuid4

import pytest
from nacl.public import PrivateKey

from backend.domain.permissions import Role
from backend.domain.receipts import base64url
from backend.domain.workflow import State
from tests.api.test_review import Door, problem
from tests.staff import Desk, add_staff

PHONE = PrivateKey.generate()
HOSTILE = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x","y")',
    "+1|cmd",
    "@SUM(A1)",
    "\u202ereversed",
    "' or 1=1 --",
]


@pytest.fixture
def desk(works, city, hand_in, keyring) -> Desk:
    return Desk(works, city, hand_in, keyring)


@pytest.fixture
def door(client, works, city) -> Door:
    add_staff(works, city, "mara")
    return Door(client, city)


@pytest.fixture
def nil(client, works, city) -> Door:
    add_staff(works, city, "nil")
    return Door(client, city, "nil")


@pytest.fixture
def lead(client, works, city) -> Door:
    add_staff(works, city, "lead", Role.LEAD)
    return Door(client, city, "lead")


def decide(door, report_id, verdict="reject", reason="too_little", **more):
    lease = door.claim(report_id)["lease"]["token"]
    told = {"lease": lease, "verdict": verdict, "reason": reason, **more}
    return door.ask("POST", f"reports/{report_id}/decision", json=told)


@pytest.fixture
def told(desk):
    """A report and the receipt that only its resident holds."""
    receipt = os.urandom(32)
    return desk.report({"receipt": receipt, "reply_key": bytes(PHONE.public_key)}), receipt


def appeal(client, city, receipt):
    headers = {"Authorization": f"Receipt {base64url(receipt)}"}
    return client.post(f"/v1/cities/{city}/receipt/appeal", headers=headers)


def test_an_appeal_by_receipt_puts_a_refused_report_before_somebody_else(client, city, door, nil, told):
    report_id, receipt = told
    assert decide(door, report_id).json["state"] == "rejected"
    answer = appeal(client, city, receipt)
    assert (answer.status_code, answer.json) == (200, {"state": "appealed"})
    problem_of = appeal(client, city, receipt)
    assert (problem_of.status_code, problem_of.json["type"]) == (409, "urn:farola:problem:conflict")
    assert door.ask("GET", "queue").json["reports"] == []
    assert door.ask("POST", "claim-next").status_code == 204
    problem(door.ask("POST", f"reports/{report_id}/claim"), 409, "conflict")
    assert nil.ask("GET", "queue").json["reports"][0]["state"] == "appealed"
    assert decide(nil, report_id, "approve", "clear").json["state"] == "approved"


def test_a_receipt_that_opens_nothing_appeals_nothing(client, city, make_city, door, told, desk):
    report_id, receipt = told
    decide(door, report_id)
    unknown = appeal(client, city, os.urandom(32))
    elsewhere = appeal(client, make_city(), receipt)
    assert unknown.status_code == elsewhere.status_code == 404
    assert unknown.data == elsewhere.data
    nobody = client.post(f"/v1/cities/{city}/receipt/appeal")
    assert nobody.status_code == 401
    assert desk.row(report_id).state is State.REJECTED


def test_what_was_not_refused_cannot_be_appealed(client, city, told, desk):
    report_id, receipt = told
    assert appeal(client, city, receipt).status_code == 409
    assert desk.row(report_id).state is State.IN_REVIEW


def test_a_resident_is_not_told_who_else_looks_and_is_told_of_a_question(client, city, door, told):
    report_id, receipt = told

    def state():
        headers = {"Authorization": f"Receipt {base64url(receipt)}"}
        return client.get(f"/v1/cities/{city}/receipt", headers=headers).json["state"]

    decide(door, report_id, "escalate", "not_sure")
    assert state() == "in_review"
    door.ask("POST", f"reports/{report_id}/undo")
    decide(door, report_id, "ask", "unclear_place", public_note="Which exit?")
    assert state() == "asked"


def test_a_reversal_wants_a_reason_of_its_own_list(door, lead, desk, clock):
    report_id = desk.report()
    decide(door, report_id)
    clock.move(minutes=10)
    problem(door.ask("POST", f"reports/{report_id}/undo"), 409, "conflict")
    wrong = lead.ask("POST", f"reports/{report_id}/reversal", json={"reason": "too_little"})
    assert problem(wrong, 422, "unprocessable-input")["field"] == "reason"
    done = lead.ask("POST", f"reports/{report_id}/reversal", json={"reason": "complaint"})
    assert (done.status_code, done.json["state"]) == (200, "in_review")
    problem(lead.ask("POST", f"reports/{report_id}/reversal", json={"reason": "complaint"}), 409, "conflict")


def test_many_at_once_are_answered_one_by_one(door, nil, desk, make_city):
    free, held, gone = desk.report(), desk.report(), uuid4()
    nil.claim(held)
    told = {"verdict": "reject", "reason": "spam", "reports": [str(free), str(held), str(gone)]}
    answers = door.ask("POST", "bulk-decision", json=told).json["reports"]
    assert [(one["id"], one["state"]) for one in answers] == [
        (str(free), "rejected"), (str(held), None), (str(gone), None),
    ]  # fmt: skip
    assert [one["problem"] is None for one in answers] == [True, False, False]
    again = door.ask("POST", "bulk-decision", json=told).json["reports"]
    assert [one["state"] for one in again] == [None, None, None]
    assert len(desk.decisions(free)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "ask"}, {"verdict": "forward", "reason": "needs_repair"}, {"verdict": "reverse"}, {"reason": "clear"},
        {"reports": []}, {"reports": ["x"]}, {"reports": [str(uuid4())] * 51}, {"public_note": "x"}, {"reports": "all"},
    ],
)  # fmt: skip
def test_a_bulk_that_is_none_changes_nothing(door, desk, changes):
    report_id = desk.report()
    told = {"verdict": "reject", "reason": "spam", "reports": [str(report_id)]} | changes
    problem(door.ask("POST", "bulk-decision", json=told), 422, "unprocessable-input")
    assert desk.row(report_id).state is State.IN_REVIEW


def test_an_opening_goes_through_two_doors(door, lead, nil, desk):
    report_id = desk.report()
    asked = door.ask(
        "POST", f"reports/{report_id}/openings", json={"what": "words", "reason": "legal_request"}
    )
    assert (asked.status_code, asked.json["state"], asked.json["mine"]) == (201, "asked", True)
    opening = asked.json["id"]
    problem(door.ask("GET", f"openings/{opening}/content"), 409, "conflict")
    problem(door.ask("POST", f"openings/{opening}/answer", json={"grant": True}), 403, "not-allowed")
    [listed] = lead.ask("GET", "openings").json["openings"]
    assert (listed["asked_by"], listed["mine"], listed["what"]) == ("mara*", False, "words")
    assert lead.ask("POST", f"openings/{opening}/answer", json={"grant": True}).status_code == 204
    assert "followed me" in door.ask("GET", f"openings/{opening}/content").json["content"]["text"]
    for other in (nil, lead):
        problem(other.ask("GET", f"openings/{opening}/content"), 404, "not-found")
    problem(door.ask("GET", f"openings/{opening}/photo"), 404, "not-found")


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_a_note_stay_words_and_stay_out_of_everything_else(door, nil, desk, words):
    report_id = desk.report({"reply_key": bytes(PHONE.public_key)})
    decided = decide(door, report_id, note=words, public_note=words)
    assert decided.status_code == 200
    door.ask("POST", f"reports/{report_id}/undo")
    answer = door.ask("POST", f"reports/{report_id}/claim")
    assert answer.mimetype == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.json["report"]["history"][0]["note"] == words
    thread = door.ask("GET", f"reports/{report_id}/messages")
    assert [one["text"] for one in thread.json["messages"]] == [words]
    assert words not in str(desk.trail())
    assert words not in nil.ask("GET", "queue").text


def test_a_note_is_not_too_long_and_no_control_character(door, desk):
    report_id = desk.report({"reply_key": bytes(PHONE.public_key)})
    for changes in (
        {"note": "x" * 501},
        {"public_note": "x" * 2001},
        {"note": ""},
        {"note": "a\x00b"},
        {"note": 3},
    ):
        refused = decide(door, report_id, **changes)
        assert refused.status_code in {400, 422}, changes
    assert desk.row(report_id).state is State.IN_REVIEW
    assert desk.decisions(report_id) == []


def test_a_session_of_another_city_appeals_reverses_and_opens_nothing(client, works, make_city, desk, door):
    report_id = desk.report()
    decide(door, report_id)
    elsewhere = make_city()
    add_staff(works, elsewhere, "eva", Role.LEAD)
    eva = Door(client, elsewhere, "eva")
    told = {"verdict": "escalate", "reason": "danger", "reports": [str(report_id)]}
    problem(eva.ask("POST", f"reports/{report_id}/reversal", json={"reason": "mistake"}), 404, "not-found")
    asked = {"what": "words", "reason": "legal_request"}
    problem(eva.ask("POST", f"reports/{report_id}/openings", json=asked), 404, "not-found")
    assert [one["state"] for one in eva.ask("POST", "bulk-decision", json=told).json["reports"]] == [None]
    client.delete_cookie("farola_session")
    bearer = client.post(f"{door.at}/bulk-decision", json=told, headers=eva.headers)
    assert bearer.status_code == 401
    assert desk.row(report_id).state is State.REJECTED
