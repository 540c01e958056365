"""What children tell, at the moderators' door: shown to trained accounts, counted for leads, else not there."""

from __future__ import annotations

from uuid import uuid4

import pytest

from backend.domain.permissions import Role
from tests.api.test_review import Door
from tests.staff import Desk, add_staff


@pytest.fixture
def childs(works, city, hand_in, keyring):
    return Desk(works, city, hand_in, keyring).report(minor=True)


def door(client, works, city, name, role=Role.MODERATOR, *, trained):
    add_staff(works, city, name, role, trained=trained)
    return Door(client, city, name)


def test_a_session_says_whether_the_account_is_trained(client, works, city):
    for trained in (True, False):
        opened = door(client, works, city, f"m{trained}", trained=trained)
        assert opened.session["account"]["trained"] is trained


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "claim", None),
        ("POST", "heartbeat", {"lease": "x" * 22}),
        ("POST", "release-claim", {"lease": "x" * 22}),
        ("POST", "decision", {"lease": "x" * 22, "verdict": "approve", "reason": "clear"}),
        ("POST", "undo", None),
        ("POST", "try-again", {"lease": "x" * 22}),
        ("GET", "photos/1", None),
        ("GET", "messages", None),
        ("POST", "messages", {"text": "Are you well?"}),
    ],
)
def test_an_untrained_account_is_answered_as_if_there_were_no_such_report(
    client, works, city, childs, method, path, body
):
    untrained = door(client, works, city, "untrained", trained=False)
    there, nowhere = (
        untrained.ask(method, f"reports/{one}/{path}", **({"json": body} if body else {}))
        for one in (childs, uuid4())
    )
    assert there.status_code == nowhere.status_code == 404
    assert there.json | {"instance": ""} == nowhere.json | {"instance": ""}
    assert sorted(dict(there.headers)) == sorted(dict(nowhere.headers))


def test_only_leads_are_told_how_many_wait_for_the_trained(client, works, city, childs):
    lead = door(client, works, city, "lead", Role.LEAD, trained=False).ask("GET", "queue").json
    assert (lead["reports"], lead["waiting"], lead["waiting_for_trained"]) == ([], 0, 1)
    plain = door(client, works, city, "plain", trained=False).ask("GET", "queue").json
    assert (plain["reports"], plain["waiting"]) == ([], 0)
    assert "waiting_for_trained" not in plain
    trained = door(client, works, city, "trained", trained=True).ask("GET", "queue").json
    assert [(one["id"], one["minor"]) for one in trained["reports"]] == [(str(childs), True)]
    assert "waiting_for_trained" not in trained
