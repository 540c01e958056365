"""The doors of what a desk looks up: figures of a day, what lies near, what was decided last."""

from __future__ import annotations

from uuid import uuid4

import pytest

from backend.domain.permissions import Role
from backend.store import worked
from tests.api.test_review import Door
from tests.staff import Desk, add_staff


@pytest.fixture
def desk(works, city, hand_in, keyring) -> Desk:
    return Desk(works, city, hand_in, keyring)


@pytest.fixture
def door(client, works, city) -> Door:
    add_staff(works, city, "mara")
    return Door(client, city)


@pytest.fixture
def lead(client, works, city) -> Door:
    add_staff(works, city, "lead", Role.LEAD)
    return Door(client, city, "lead")


def test_figures_tell_of_a_day_and_of_nobody(door, desk, works, city, clock):
    staff = [add_staff(works, city, name) for name in ("nil", "ada", "lou")]
    ids = [desk.report() for _ in range(worked.FEWEST_DECIDED + 1)]
    clock.move(days=-2)
    desk.approve(staff[0], ids[0])  # too long ago to be told
    clock.move(days=2)
    verdicts = [("approve", "clear", 1), *[("reject", "spam", 3)] * (worked.FEWEST_DECIDED - 1)]
    for place, (report_id, (verdict, reason, minutes)) in enumerate(zip(ids[1:], verdicts, strict=True)):
        hold = desk.claim(staff[place % 3], report_id)
        clock.move(minutes=minutes)
        desk.decide(staff[place % 3], hold, verdict, reason)
    with works["staff"].open(city) as work:
        found = worked.figures(work)
    assert found == worked.Figures(11, 0, 10, 1, 180.0)
    told = door.ask("GET", "figures").json
    assert told == {
        "came_today": 11,
        "came_yesterday": 0,
        "decided": 10,
        "action_rate": 1 / 10,
        "handling_s": 180.0,
    }


@pytest.mark.parametrize(("decided", "accounts"), [(0, 1), (9, 3), (10, 2)])
def test_figures_of_few_decisions_or_few_people_are_not_told(desk, works, city, decided, accounts):
    staff = [add_staff(works, city, name) for name in ("nil", "ada", "lou")[:accounts]]
    for place in range(decided):
        who = staff[place % accounts]
        desk.decide(who, desk.claim(who, desk.report()), "reject", "spam")
    with works["staff"].open(city) as work:
        found = worked.figures(work)
    assert (found, found.action_rate) == (worked.Figures(decided, 0, None, None, None), None)


def test_near_lists_what_came_from_the_same_square(door, desk):
    here = desk.report()
    same = desk.report({"categories": ["theft"]})
    desk.report({"location": {"type": "Point", "coordinates": [2.10, 41.40]}})
    assert [one["id"] for one in door.ask("GET", f"reports/{here}/near").json["reports"]] == [str(same)]
    assert door.ask("GET", f"reports/{uuid4()}/near").status_code == 404


def test_near_leaves_out_what_an_account_is_not_shown(client, desk, works, city):
    add_staff(works, city, "new", trained=False)
    here = desk.report()
    desk.report(minor=True)
    assert Door(client, city, "new").ask("GET", f"reports/{here}/near").json == {"reports": []}


def test_decided_lists_ones_own_and_for_a_lead_everybodys(door, lead, desk, works, city, clock):
    nil = add_staff(works, city, "nil")
    first, second, open_still = desk.report(), desk.report(), desk.report()
    desk.decide(nil, desk.claim(nil, first), "reject", "spam")
    lease = door.claim(str(second))["lease"]["token"]
    door.ask(
        "POST", f"reports/{second}/decision", json={"lease": lease, "verdict": "approve", "reason": "clear"}
    )
    mine = door.ask("GET", "decided").json["reports"]
    assert [(one["id"], one["state"], one["reason"], one["by"]) for one in mine] == [
        (str(second), "approved", "clear", "mara*")
    ]
    everybodys = lead.ask("GET", "decided").json["reports"]
    assert [one["id"] for one in everybodys] == [str(second), str(first)]
    clock.move(minutes=20)
    answer = lead.ask("POST", f"reports/{first}/reversal", json={"reason": "new_facts"})
    assert (answer.status_code, answer.json["state"]) == (200, "in_review")
    assert [one["id"] for one in lead.ask("GET", "decided").json["reports"]] == [str(second)]
    assert desk.row(open_still).closed_on is None


def test_only_urgent_reports_are_listed_and_taken_when_asked_for(door, desk):
    desk.report(urgency=1)
    urgent = desk.report(urgency=2)
    told = door.ask("GET", "queue?urgency_from=2").json
    assert [one["id"] for one in told["reports"]] == [str(urgent)]
    assert told["waiting"] == 1
    assert door.ask("POST", "claim-next?urgency_from=2").json["report"]["id"] == str(urgent)
    assert door.ask("POST", "claim-next?urgency_from=2").status_code == 204
    assert door.ask("GET", "queue?urgency_from=4").status_code == 422


@pytest.mark.parametrize("path", ["figures", "decided", "reports/00000000-0000-4000-8000-000000000000/near"])
def test_who_only_watches_results_is_refused(client, works, city, path):
    add_staff(works, city, "ana", Role.ANALYST)
    assert Door(client, city, "ana").ask("GET", path).status_code == 403
