"""Who gets in where, for every path and method of the OpenAPI documents, every role, city and report."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest

from backend.api.examples import REQUESTS
from backend.domain.factors import Step
from backend.domain.permissions import MAY, Actor, Permission, Role
from backend.store import sessions
from backend.store.models import Account
from tests.staff import Desk, add_staff
from tests.support import ROOT

DENIED = "This account may not do that."
METHODS = ("get", "post", "put", "patch", "delete")
OPEN, SESSION = "open", "session"
# What each operation of the staff asks for; what is added to the interface has to be added here.
NEEDS = (
    dict.fromkeys(("postReviewSession", "readWays", "leaveToCity", "returnFromCity"), OPEN)
    | dict.fromkeys(
        (
            "getReviewSession", "deleteReviewSession", "sendCode", "sendKey", "challengeKey", "sayAgain",
            "listFactors", "offerApp", "confirmApp", "offerKey", "addKey", "removeFactor",
        ),
        SESSION,
    )
    | dict.fromkeys(
        (
            "readQueue", "claimNext", "claim", "heartbeat", "releaseClaim", "decide", "undo", "tryAgain",
            "reverse", "decideMany", "readPhoto", "readFigures", "readDecided", "readNear", "askOpening",
            "readOpenings", "readOpened", "readOpenedPhoto",
        ),
        Permission.REVIEW,
    )
    | dict.fromkeys(("readUnanswered", "getReviewMessages", "postReviewMessages"), Permission.ANSWER)
    | dict.fromkeys(("addMask", "liftMask"), Permission.MASK)
    | dict.fromkeys(("askWithdrawal", "readWithdrawals", "answerWithdrawal"), Permission.WITHDRAW_RELEASE)
    | dict.fromkeys(
        ("writeCityNote", "readCityNotes", "publishCityNote", "withdrawCityNote"), Permission.WRITE_CITY_NOTES
    )
    | dict.fromkeys(("readPractice", "answerPractice"), Permission.PRACTISE)
    | dict.fromkeys(("readAgreement", "readFairness"), Permission.READ_FAIRNESS)
    | {"answerOpening": Permission.GRANT_OPENING, "readTrail": Permission.READ_TRAIL}
)  # fmt: skip
# What an operation asks for in its address.
QUERIES = {"readFairness": {"month": "2026-10"}}


def operations(name):
    """Every operation of a document: its id, method and path."""
    paths = json.loads((ROOT / "openapi" / f"{name}.json").read_text())["paths"]
    return [
        (told["operationId"], method, path)
        for path, methods in paths.items()
        for method, told in methods.items()
        if method in METHODS
    ]


STAFF = operations("staff")


class Matrix:
    """Asks operations as somebody, each time in a session of its own."""

    def __init__(self, client, works, city, make_city, desk):
        self.client, self.works, self.city, self.desk = client, works, city, desk
        self.people = {role: add_staff(works, city, role.value, role) for role in Role}
        self.elsewhere = make_city()
        self.strangers = {role: add_staff(works, self.elsewhere, role.value, role) for role in Role}

    def token(self, city, actor):
        with self.works["staff"].open(city) as work:
            account = work.session.get_one(Account, (city, actor.account_id))
            return sessions.begin(work, account, Step.DONE).token

    def ask(self, operation, report=None, *, city=None, actor: Actor | None = None, lease=None):
        name, method, path = operation
        # A photo and a mask by number; everything else by an id that nothing has.
        known = {"city": self.city, "report_id": report or uuid4(), "name": "1", "number": 0}
        path = re.sub(r"\{(\w+)\}", lambda found: str(known.get(found[1], uuid4())), path)
        headers = {"Idempotency-Key": str(uuid4()), "Tus-Resumable": "1.0.0"}
        if actor:
            headers["Authorization"] = f"Bearer {self.token(city or self.city, actor)}"
        body = REQUESTS.get(name)
        if lease and body and "lease" in body:
            body = body | {"lease": lease}
        return self.client.open(
            path, method=method.upper(), headers=headers, json=body, query_string=QUERIES.get(name)
        )

    def wrong(self, asked=STAFF):
        """Where somebody gets in who should not, or does not who should."""
        found = []
        for operation in asked:
            need = NEEDS[operation[0]]
            report = self.desk.report() if "{report_id}" in operation[2] else None
            outcomes = {"nobody": (self.ask(operation, report), need == OPEN)}
            for role, actor in self.people.items():
                may = need in {OPEN, SESSION} or role in MAY[need]
                outcomes[role] = (self.ask(operation, report, actor=actor), may)
            for role, actor in self.strangers.items():
                answer = self.ask(operation, report, city=self.elsewhere, actor=actor)
                outcomes[f"{role} of another city"] = (answer, need == OPEN)
            found += [
                (operation[0], str(who), answer.status_code)
                for who, (answer, may) in outcomes.items()
                if _let_in(answer, need) != may or answer.status_code >= 500
            ]
        return found


def _let_in(answer, need):
    if answer.status_code == 401:
        # A log-in is refused in the same way: nobody has such a name, or began there.
        return need == OPEN
    return not (answer.status_code == 403 and answer.json["detail"] == DENIED)


@pytest.fixture
def desk(works, city, hand_in, keyring):
    return Desk(works, city, hand_in, keyring)


@pytest.fixture
def matrix(client, works, city, make_city, desk):
    return Matrix(client, works, city, make_city, desk)


def test_every_operation_of_the_staff_says_what_it_needs():
    assert {name for name, _, _ in STAFF} == NEEDS.keys()
    assert {need for need in NEEDS.values() if isinstance(need, Permission)} | {
        # These open no operation of their own: they widen what a reviewer may do in one.
        Permission.UNDO_OTHERS, Permission.DECIDE_ESCALATED, Permission.WATCH_QUEUE, Permission.PROMOTE_MODEL,
    } == set(Permission)  # fmt: skip


def test_each_role_gets_in_where_its_permissions_say_and_nowhere_else(matrix):
    assert matrix.wrong() == []


@pytest.mark.parametrize("planted", ["no check at all", "a session is enough", "nobody may"])
def test_a_route_without_its_check_is_found(app, matrix, monkeypatch, planted):
    from backend.api import staff

    [operation] = [one for one in STAFF if one[0] == "readFigures"]
    path = operation[2].replace("{city}", matrix.city)
    endpoint, _ = app.url_map.bind("localhost").match(path, "GET")

    def view(city):
        if planted == "nobody may":
            return {"detail": DENIED}, 403
        if planted == "a session is enough":
            with staff.acting(city):
                return {}
        return {}

    monkeypatch.setitem(app.view_functions, endpoint, view)
    found = {who for _, who, _ in matrix.wrong([operation])}
    outsiders = {"analyst", "city_admin", "operator"}
    strangers = {f"{role} of another city" for role in Role}
    assert (
        found
        == {
            "no check at all": outsiders | strangers | {"nobody"},
            "a session is enough": outsiders,
            "nobody may": {"moderator", "lead"},
        }[planted]
    )


def test_a_report_of_another_city_or_of_nobody_is_never_given(matrix, make_city, works, hand_in, keyring):
    other = make_city()
    theirs = Desk(works, other, hand_in, keyring).report()
    for operation in STAFF:
        if "{report_id}" not in operation[2]:
            continue
        for role in (Role.MODERATOR, Role.LEAD):
            answers = [matrix.ask(operation, one, actor=matrix.people[role]) for one in (theirs, uuid4())]
            assert {answer.status_code for answer in answers} <= {404, 409, 422}, (operation[0], role)
            assert answers[0].status_code == answers[1].status_code, (operation[0], role)


HOLDERS = ("heartbeat", "releaseClaim", "decide", "tryAgain", "readPhoto", "addMask", "liftMask", "claim")


@pytest.mark.parametrize("name", HOLDERS)
def test_what_a_colleague_holds_is_not_ones_own(matrix, desk, name):
    [operation] = [one for one in STAFF if one[0] == name]
    held = desk.report()
    lease = desk.claim(matrix.people[Role.MODERATOR], held).token
    answer = matrix.ask(operation, held, actor=matrix.people[Role.LEAD], lease=lease)
    assert answer.status_code in {404, 409}, answer.text
    if name in {"heartbeat", "releaseClaim", "claim"}:
        assert matrix.ask(operation, held, actor=matrix.people[Role.MODERATOR], lease=lease).status_code < 300


@pytest.mark.parametrize("document", ["residents", "publication"])
def test_a_log_in_of_staff_opens_nothing_where_residents_or_readers_go(matrix, document):
    for operation in operations(document):
        nobody = matrix.ask(operation)
        staff = matrix.ask(operation, actor=matrix.people[Role.LEAD])
        assert staff.status_code == nobody.status_code, operation
