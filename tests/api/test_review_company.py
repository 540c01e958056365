"""What the review API tells of reports that belong together: likely duplicates, flags, and what is overdue."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from backend.store.models import Report
from backend.store.public_half import ASIDES
from tests.api.test_review import Door
from tests.staff import Desk, add_staff

MODEL = "likeness-1"


@pytest.fixture
def desk(works, city, hand_in, keyring) -> Desk:
    return Desk(works, city, hand_in, keyring)


@pytest.fixture
def door(client, works, city) -> Door:
    add_staff(works, city, "mara")
    return Door(client, city)


def proposing(*others, code="copy"):
    """What the workers seal: the words that carried labels, and others that may tell the same."""
    told = [
        {
            "about": "duplicate",
            "code": code,
            "score": 0.8,
            "words": ["ran"],
            "model": MODEL,
            "reports": [str(one)],
        }
        for one in others
    ]
    return {"following": ["followed"], ASIDES: told}


def test_a_likely_duplicate_is_told_with_its_words_and_can_be_merged(door, desk):
    first = desk.report()
    again = desk.report(words=proposing(first), flags=["duplicate"])
    told = door.claim(again)
    report = told["report"]
    assert report["duplicate_of"] == str(first)
    assert [
        (one["id"], one["code"], one["score"], one["words"], one["model"], one["can_merge"])
        for one in report["alike"]
    ] == [(str(first), "copy", 0.8, ["ran"], MODEL, True)]
    assert report["asides"] == []
    assert report["state"] == "in_review"
    judged = {
        "lease": told["lease"]["token"], "verdict": "duplicate", "reason": "duplicate",
        "duplicate_of": report["duplicate_of"],
    }  # fmt: skip
    assert door.ask("POST", f"reports/{again}/decision", json=judged).json["state"] == "duplicate"
    assert desk.row(again).duplicate_of == first


def test_what_cannot_be_merged_into_is_told_but_not_filled_in(door, desk, works, city):
    nil = add_staff(works, city, "nil")
    refused = desk.report()
    desk.decide(nil, desk.claim(nil, refused), "reject", "spam")
    report = door.claim(desk.report(words=proposing(refused)))["report"]
    assert [(one["id"], one["state"], one["can_merge"]) for one in report["alike"]] == [
        (str(refused), "rejected", False)
    ]
    assert report["duplicate_of"] is None


def test_what_is_gone_or_not_for_this_account_is_left_out(client, works, city, desk):
    add_staff(works, city, "una", trained=False)
    door = Door(client, city, "una")
    of_a_child = desk.report(minor=True)
    report = door.claim(desk.report(words=proposing(of_a_child, uuid4())))["report"]
    assert (report["alike"], report["duplicate_of"]) == ([], None)


@pytest.mark.parametrize("flag", ["abuse", "spam", "duplicate", "burst"])
def test_the_queue_shows_flags_and_narrows_to_one(door, desk, flag):
    desk.report()
    flagged = str(desk.report(flags=[flag]))
    told = {one["id"]: one["flags"] for one in door.ask("GET", "queue").json["reports"]}
    assert told.pop(flagged) == [flag]
    assert list(told.values()) == [[]]
    queue = door.ask("GET", f"queue?flag={flag}").json
    assert [one["id"] for one in queue["reports"]] == [flagged]
    assert queue["waiting"] == 1
    assert door.ask("POST", f"claim-next?flag={flag}").json["report"]["id"] == flagged
    assert door.ask("POST", f"claim-next?flag={flag}").status_code == 204


def test_what_is_about_a_child_carries_its_flag_for_those_who_see_it(client, works, city, desk):
    add_staff(works, city, "tess", trained=True)
    child = str(desk.report(minor=True))
    desk.report()
    tess = Door(client, city, "tess")
    assert [(one["id"], one["flags"]) for one in tess.ask("GET", "queue?flag=minor").json["reports"]] == [
        (child, ["minor"])
    ]


def test_the_queue_narrows_to_what_is_overdue_by_the_terms_of_the_city(
    client, works, make_city, hand_in, keyring, clock
):
    city = make_city(policy={"sla_days": {"default": 5, "theft": 1}})
    add_staff(works, city, "mara")
    door, desk = Door(client, city), Desk(works, city, hand_in, keyring)
    usual, soon = (
        str(desk.report({"categories": ["following"]})),
        str(desk.report({"categories": ["following", "theft"]})),
    )
    for days, late in ((1, []), (2, [soon]), (5, [soon]), (6, [soon, usual])):
        with works["owner"].open(city) as work:
            for report_id in (usual, soon):
                report = work.session.get_one(Report, (city, report_id))
                report.received_on = clock.now().date() - timedelta(days=days)
        queue = door.ask("GET", "queue?overdue=true").json
        assert {one["id"] for one in queue["reports"]} == set(late), days
        assert queue["waiting"] == len(late)
    assert door.ask("POST", "claim-next?overdue=true").json["report"]["id"] in {usual, soon}


@pytest.mark.parametrize("query", ["flag=copy", "flag=", "overdue=false", "overdue=1"])
def test_a_flag_that_is_none_is_refused(door, query):
    assert door.ask("GET", f"queue?{query}").status_code == 422


def test_a_burst_says_how_many_others_there_are(door, desk):
    burst = {
        "about": "flag", "code": "burst", "score": 0.5, "words": [], "model": "burst-1",
        "reports": [str(uuid4()) for _ in range(7)],
    }  # fmt: skip
    report = door.claim(desk.report(words={ASIDES: [burst]}, flags=["burst"]))["report"]
    assert [(one["code"], one["others"]) for one in report["asides"]] == [("burst", 7)]
    assert "reports" not in report["asides"][0]
