"""The moderators' door: who gets in, what leaves by it, and that nothing of another city, lease or session works."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from backend.api.examples import REQUESTS
from backend.api.staff import COOKIE
from backend.domain.permissions import Role
from backend.domain.workflow import State
from backend.store import trail
from backend.store.blobs import Blobs
from backend.store.models import Photo, PhotoState, Report
from backend.store.sealed import Opener
from backend.store.seals import Binding, KeyClass, seal
from tests.staff import PASSWORD, Desk, add_staff
from tests.support import START, in_review

JPEG = b"\xff\xd8 a redacted picture"


@pytest.fixture
def desk(works, city, hand_in, keyring) -> Desk:
    return Desk(works, city, hand_in, keyring)


class Door:
    """One account at the door of one city; by token, or by cookie as a browser."""

    def __init__(self, client, city, name="mara", *, browser=False):
        self.client, self.city = client, city
        self.at = f"/v1/cities/{city}/review"
        told = {"name": name, "password": PASSWORD}
        answer = client.post(f"{self.at}/session", json=told)
        assert answer.status_code == 201, answer.json
        self.session = answer.json
        if not browser:
            client.delete_cookie(COOKIE, path=self.at)
        self.headers = {} if browser else {"Authorization": f"Bearer {self.session['token']}"}

    def ask(self, method, path, **more):
        headers = {"Idempotency-Key": str(uuid4())} | self.headers | more.pop("headers", {})
        return self.client.open(f"{self.at}/{path}", method=method, headers=headers, **more)

    def claim(self, report_id):
        return self.ask("POST", f"reports/{report_id}/claim").json


@pytest.fixture
def door(client, works, city) -> Door:
    add_staff(works, city, "mara")
    return Door(client, city)


@pytest.fixture
def photographed(desk, blobs: Blobs) -> UUID:
    report_id = UUID(desk.hand_in(photos=[{"name": "1", "size": 10, "sha256": "0" * 64}])["id"])
    with desk.works["worker"].open(desk.city) as work:
        work.move(work.session.get_one(Report, (desk.city, report_id)), State.RECEIVED)
        in_review(work, report_id)
        photo = work.session.get_one(Photo, (desk.city, report_id, "1"))
        photo.public_blob, photo.state = f"public/{desk.city}/{uuid4()}", PhotoState.REDACTED
        photo.masks = [{"kind": "face", "x0": 1, "y0": 2, "x1": 3, "y1": 4, "score": 0.9}]
        key = Opener(work.session, desk.keyring, desk.city, report_id).key_of(KeyClass.PUBLIC)
        blobs.put(photo.public_blob, seal(key, Binding(report_id, "public_photo:1"), JPEG))
    return report_id


def problem(answer, status, name):
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"] == f"urn:farola:problem:{name}"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json


# --- sessions ----------------------------------------------------------------------------------


def test_a_session_tells_who_and_which_reasons_and_a_cookie_no_script_reads(client, works, city):
    add_staff(works, city, "mara", Role.LEAD)
    answer = client.post(f"/v1/cities/{city}/review/session", json={"name": "mara", "password": PASSWORD})
    told = answer.json
    assert told["account"] == {
        "pseudonym": "mara*", "role": "lead", "trained": True,
        "permissions": [
            "review", "answer", "undo_others", "decide_escalated", "grant_opening", "mask", "watch_queue",
            "read_trail", "withdraw_release", "write_city_notes", "practise", "read_fairness", "promote_model",
        ],
    }  # fmt: skip
    assert told["expires_at"] == (START + timedelta(hours=8)).isoformat()
    assert told["reasons"]["approve"][0] == {"code": "clear"}
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}={told['token']}; ")
    parts = cookie.split("; ")[1:]
    assert sorted(parts) == ["HttpOnly", f"Path=/v1/cities/{city}/review", "SameSite=Strict"]
    elsewhere = client.post(
        f"/v1/cities/{city}/review/session",
        json={"name": "mara", "password": PASSWORD},
        base_url="https://farola.example:8443",
    )
    assert "; Secure;" in elsewhere.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "mara"},
        {"name": "mara", "password": "x" * 129},
        {"name": 1, "password": "x"},
        [],
        {"name": "", "password": "x"},
    ],
)
def test_a_log_in_that_is_no_form_is_refused(client, city, body):
    problem(client.post(f"/v1/cities/{city}/review/session", json=body), 422, "unprocessable-input")


def test_wrong_passwords_cities_and_log_outs(client, works, city, door):
    wrong = client.post(f"/v1/cities/{city}/review/session", json={"name": "mara", "password": "no"})
    problem(wrong, 401, "unauthenticated")
    problem(
        client.post("/v1/cities/nowhere/review/session", json={"name": "a", "password": "b"}),
        404,
        "not-found",
    )
    assert door.ask("GET", "session").json["account"]["pseudonym"] == "mara*"
    assert "token" not in door.ask("GET", "session").json
    assert door.ask("DELETE", "session").status_code == 204
    problem(door.ask("GET", "session"), 401, "unauthenticated")


EVERY_ROUTE = [
    ("GET", "session"),
    ("DELETE", "session"),
    ("POST", "session/code"),
    ("POST", "session/key-challenge"),
    ("POST", "session/key"),
    ("POST", "session/password"),
    ("GET", "factors"),
    ("POST", "factors/apps"),
    ("POST", "factors/apps/{id}/code"),
    ("POST", "factors/key-challenge"),
    ("POST", "factors/keys"),
    ("DELETE", "factors/{id}"),
    ("GET", "queue"),
    ("POST", "claim-next"),
    ("POST", "reports/{id}/claim"),
    ("POST", "reports/{id}/heartbeat"),
    ("POST", "reports/{id}/release-claim"),
    ("POST", "reports/{id}/decision"),
    ("POST", "reports/{id}/undo"),
    ("POST", "reports/{id}/try-again"),
    ("POST", "reports/{id}/reversal"),
    ("POST", "reports/{id}/openings"),
    ("POST", "bulk-decision"),
    ("GET", "openings"),
    ("POST", "openings/{id}/answer"),
    ("GET", "openings/{id}/content"),
    ("GET", "openings/{id}/photo"),
    ("GET", "reports/{id}/photos/1"),
    ("POST", "reports/{id}/photos/1/masks"),
    ("POST", "reports/{id}/photos/1/masks/0/lift"),
    ("GET", "reports/{id}/messages"),
    ("POST", "reports/{id}/messages"),
    ("GET", "messages"),
    ("GET", "trail"),
    ("GET", "figures"),
    ("GET", "decided"),
    ("GET", "reports/{id}/near"),
    ("POST", "withdrawals"),
    ("GET", "withdrawals"),
    ("POST", "withdrawals/{id}/answer"),
    ("POST", "city-notes"),
    ("GET", "city-notes"),
    ("POST", "city-notes/{id}/publish"),
    ("POST", "city-notes/{id}/withdraw"),
    ("GET", "practice"),
    ("POST", "practice"),
    ("GET", "agreement"),
    ("GET", "fairness?month=2026-10"),
]


# Ways in: they ask for no session.
OPEN = {("POST", "session"), ("GET", "ways"), ("GET", "oidc"), ("GET", "oidc/back")}
BODIES = {
    "reversal": {"reason": "mistake"},
    "bulk-decision": {"reports": [str(uuid4())], "verdict": "reject", "reason": "spam"},
    "openings": {"what": "words", "reason": "legal_request"},
    "answer": {"grant": True},
    "withdrawals": {"layer": "map", "period": "2026-Q3", "reason": "outline_wrong", "corrects": True},
    "city-notes": {"area": "sw", "day": "2026-11-02", "texts": {"en": "Lamps were mended."}},
    "practice": {"case": "en-short", "verdict": "reject", "reason": "too_little"},
    "publish": {"quotes_no_report": True},
    "code": {"code": "000000"},
    "password": {"password": "no"},
    "key": REQUESTS["sendKey"],
    "keys": REQUESTS["addKey"],
    "masks": {"lease": "A" * 43, "x0": 1, "y0": 2, "x1": 3, "y1": 4, "reason": "face"},
    "lift": {"lease": "A" * 43, "reason": "nobody"},
}


def body_for(path, lease="A" * 43):
    if (last := path.rpartition("/")[2]) in BODIES:
        return {"json": BODIES[last]}
    if path.endswith(("heartbeat", "release-claim", "try-again")):
        return {"json": {"lease": lease}}
    if path.endswith("messages"):
        return {"json": {"text": "Which exit was it?"}}
    return {"json": {"lease": lease, "verdict": "approve", "reason": "clear"}} if "decision" in path else {}


def test_the_list_of_routes_is_complete(app):
    known = {
        (method, rule.rule.split("/review/")[1])
        for rule in app.url_map.iter_rules()
        if "/review/" in rule.rule
        for method in rule.methods - {"HEAD", "OPTIONS"}
    } - OPEN
    assert known == {
        (
            method,
            path.partition("?")[0]
            .replace("openings/{id}", "openings/<uuid:opening_id>")
            .replace("withdrawals/{id}", "withdrawals/<uuid:withdrawal_id>")
            .replace("city-notes/{id}", "city-notes/<uuid:note_id>")
            .replace("factors/{id}", "factors/<uuid:factor_id>")
            .replace("factors/apps/{id}", "factors/apps/<uuid:factor_id>")
            .replace("{id}", "<uuid:report_id>")
            .replace("photos/1", "photos/<photo:name>")
            .replace("masks/0", "masks/<int:number>"),
        )
        for method, path in EVERY_ROUTE
    }


@pytest.mark.parametrize(("method", "path"), EVERY_ROUTE)
@pytest.mark.parametrize("who", ["nobody", "forged", "receipt", "expired", "other_city"])
def test_without_a_session_of_this_city_no_route_opens(
    client, works, city, make_city, desk, door, clock, photographed, method, path, who
):
    headers = {
        "nobody": {},
        "forged": {"Authorization": "Bearer " + "A" * 43},
        "receipt": {"Authorization": "Receipt " + "A" * 43},
        "expired": door.headers,
        "other_city": None,
    }[who]
    if who == "expired":
        clock.move(minutes=30)
    if who == "other_city":
        elsewhere = make_city()
        add_staff(works, elsewhere, "mara")
        headers = Door(client, elsewhere).headers
    path = path.format(id=photographed)
    headers = {"Idempotency-Key": str(uuid4())} | headers
    answer = client.open(f"/v1/cities/{city}/review/{path}", method=method, headers=headers, **body_for(path))
    problem(answer, 401, "unauthenticated")
    row = desk.row(photographed)
    assert (row.state, row.claimed_by) == (State.IN_REVIEW, None)


# Everybody has a session and second factors of their own, whatever the role; a city's admin may ask for a release
# to be taken back, and read the trail.
NOT_OF_REVIEWERS = ("session", "factors", "trail", "withdrawals", "city-notes", "agreement", "fairness")


@pytest.mark.parametrize(
    ("method", "path"), [route for route in EVERY_ROUTE if not route[1].startswith(NOT_OF_REVIEWERS)]
)
@pytest.mark.parametrize("role", [Role.ANALYST, Role.CITY_ADMIN, Role.OPERATOR])
def test_roles_that_do_not_review_get_nothing(client, works, city, desk, photographed, role, method, path):
    add_staff(works, city, "reader", role)
    reader = Door(client, city, "reader")
    path = path.format(id=photographed)
    problem(reader.ask(method, path, **body_for(path)), 403, "not-allowed")


@pytest.mark.parametrize(("method", "path"), [route for route in EVERY_ROUTE if "{id}" in route[1]])
def test_a_report_of_another_city_is_not_there(client, works, make_city, photographed, desk, method, path):
    elsewhere = make_city()
    add_staff(works, elsewhere, "mara", Role.LEAD)
    path = path.format(id=photographed)
    problem(Door(client, elsewhere).ask(method, path, **body_for(path)), 404, "not-found")
    assert desk.row(photographed).claimed_by is None


@pytest.mark.parametrize(("method", "path"), [route for route in EVERY_ROUTE if route[0] != "GET"])
@pytest.mark.parametrize("csrf", [None, "", "x" * 64, "another session's"])
def test_a_cookie_alone_changes_nothing(client, works, city, door, photographed, desk, method, path, csrf):
    other = door.session["csrf"]
    browser = Door(client, city, browser=True)
    headers = {} if csrf is None else {"X-CSRF-Token": other if csrf.startswith("another") else csrf}
    path = path.format(id=photographed)
    told = problem(browser.ask(method, path, headers=headers, **body_for(path)), 403, "not-allowed")
    assert told["field"] == "X-CSRF-Token"
    assert desk.row(photographed).claimed_by is None
    assert browser.ask("GET", "session").status_code == 200


def test_a_browser_reads_by_cookie_and_changes_with_the_second_secret(client, works, city, desk):
    report_id = desk.report()
    add_staff(works, city, "mara")
    browser = Door(client, city, browser=True)
    csrf = browser.ask("GET", "session").json["csrf"]
    assert csrf == browser.session["csrf"]
    assert browser.ask("GET", "queue").json["reports"][0]["id"] == str(report_id)
    claimed = browser.ask("POST", f"reports/{report_id}/claim", headers={"X-CSRF-Token": csrf})
    assert claimed.status_code == 200
    assert browser.ask("DELETE", "session", headers={"X-CSRF-Token": csrf}).status_code == 204
    assert client.get_cookie(COOKIE, path=browser.at) is None


# --- the queue and one report ------------------------------------------------------------------


def test_the_queue_lists_what_waits_without_any_words(door, desk, photographed):
    other = desk.report({"language": "ca"}, urgency=2)
    answer = door.ask("GET", "queue")
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json
    assert [report["id"] for report in told["reports"]] == [str(other), str(photographed)]
    assert told["waiting"] == 2
    assert told["counts"] == {"in_review": 2, "quarantined": 0, "urgent": 1, "languages": {"ca": 1, "en": 1}}
    assert told["reports"][1] == {
        "id": str(photographed), "kind": "incident", "state": "in_review", "urgency": 0, "minor": False,
        "flags": [],
        "language": "en", "categories": ["following"], "area": "se", "cell": told["reports"][1]["cell"],
        "labels": [{"code": "following", "score": 0.91}, {"code": "badly_lit", "score": 0.4}],
        "occurred_on": "2026-11-18", "daypart": "night", "received_on": "2026-11-18", "photos": 1,
        "claimed": None, "due_on": "2026-11-25",
    }  # fmt: skip
    assert len(told["reports"][1]["cell"]) == 17
    assert "followed" not in answer.text


def test_the_queue_says_who_reads_what(client, works, city, door, desk):
    report_id = desk.report()
    door.claim(report_id)
    add_staff(works, city, "nil")
    nil = Door(client, city, "nil")
    assert door.ask("GET", "queue").json["reports"][0]["claimed"] == "me"
    assert nil.ask("GET", "queue").json["reports"][0]["claimed"] == "other"


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "limt=5", "category=nothing", "limit=1&limit=2", "language=EN"],
)
def test_a_wrong_filter_is_refused_and_never_ignored(door, query):
    assert door.ask("GET", f"queue?{query}").status_code in {400, 422}


def test_the_queue_narrows(door, desk):
    desk.report()
    catalan = str(desk.report({"language": "ca"}))
    assert [one["id"] for one in door.ask("GET", "queue?language=ca").json["reports"]] == [catalan]
    assert len(door.ask("GET", "queue?limit=1").json["reports"]) == 1
    assert door.ask("POST", "claim-next?language=ca").json["report"]["id"] == catalan
    assert door.ask("POST", "claim-next?language=ca").status_code == 204


def test_a_claimed_report_is_given_in_full_and_only_its_public_half(door, desk, photographed):
    told = door.ask("POST", "claim-next").json
    report = told["report"]
    assert report["id"] == str(photographed)
    assert report["text"].startswith("[person] followed me")
    assert report["spans"] == [{"start": 0, "end": 8, "kind": "person"}]
    assert report["labels"][0] == {"code": "following", "score": 0.91, "words": ["followed"]}
    assert report["setting"] == {"place_type": "transport_stop", "transport_mode": "metro"}
    assert report["photos"] == [{
        "name": "1", "state": "redacted", "reason": None, "width": None, "height": None,
        "masks": [{"kind": "face", "x0": 1, "y0": 2, "x1": 3, "y1": 4}],
        "url": f"{door.at}/reports/{photographed}/photos/1",
    }]  # fmt: skip
    assert (report["area_name"], report["near"], report["history"], report["audit"]) == ("SE", 0, [], None)
    west, south, east, north = report["cell_bounds"]
    assert west < 2.1734 < east
    assert south < 41.3851 < north
    assert "A man" not in str(told)
    assert "25-34" not in str(told)


def test_the_photo_is_the_redacted_one_for_the_holder_only(client, works, city, door, photographed):
    problem(door.ask("GET", f"reports/{photographed}/photos/1"), 409, "conflict")
    door.claim(photographed)
    answer = door.ask("GET", f"reports/{photographed}/photos/1")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/jpeg", JPEG)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    problem(door.ask("GET", f"reports/{photographed}/photos/2"), 404, "not-found")
    add_staff(works, city, "nil")
    problem(Door(client, city, "nil").ask("GET", f"reports/{photographed}/photos/1"), 409, "conflict")


# --- deciding ----------------------------------------------------------------------------------


def test_a_report_is_kept_decided_and_taken_back(door, desk, clock):
    report_id = desk.report()
    claimed = door.claim(report_id)
    lease = {"lease": claimed["lease"]["token"]}
    clock.move(minutes=4)
    kept = door.ask("POST", f"reports/{report_id}/heartbeat", json=lease).json
    assert kept == {"until": (clock.now() + timedelta(minutes=5)).isoformat()}
    told = lease | {
        "verdict": "approve",
        "reason": "corrected",
        "categories": ["threats"],
        "note": "See also below.",
    }
    decided = door.ask("POST", f"reports/{report_id}/decision", json=told)
    assert (decided.status_code, decided.json["state"], decided.json["categories"]) == (
        200,
        "approved",
        ["threats"],
    )
    problem(door.ask("POST", f"reports/{report_id}/decision", json=told), 409, "conflict")
    assert door.ask("POST", f"reports/{report_id}/undo").json["state"] == "in_review"
    problem(door.ask("POST", f"reports/{report_id}/undo"), 409, "conflict")
    history = door.claim(report_id)["report"]["history"]
    assert [(past["became"], past["reason"], past["by"], past["note"]) for past in history] == [
        ("approved", "corrected", "mara*", "See also below."), ("in_review", "undone", "mara*", None),
    ]  # fmt: skip
    assert [entry["what"] for entry in desk.trail()] == [
        "logged_in",
        "claimed",
        "decided",
        "undone",
        "claimed",
    ]


@pytest.mark.parametrize("action", ["heartbeat", "release-claim", "decision", "try-again"])
def test_a_forged_or_ended_lease_is_a_conflict(door, desk, clock, action):
    report_id = desk.report()
    lease = door.claim(report_id)["lease"]["token"]
    path = f"reports/{report_id}/{action}"
    problem(door.ask("POST", path, **body_for(path)), 409, "conflict")
    clock.move(minutes=5)
    told = problem(door.ask("POST", path, **body_for(path, lease)), 409, "conflict")
    assert told["detail"] == "You do not hold this report any more. Claim it again."
    assert desk.row(report_id).state is State.IN_REVIEW


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "publish"},
        {"reason": "spam"},
        {"categories": ["well_lit"]},
        {"categories": "following"},
        {"state": "approved"},
        {"note": "x" * 501},
        {"lease": None},
    ],
)
def test_a_decision_that_is_not_on_the_lists_is_refused(door, desk, change):
    report_id = desk.report()
    lease = door.claim(report_id)["lease"]["token"]
    told = {"lease": lease, "verdict": "approve", "reason": "clear"} | change
    problem(door.ask("POST", f"reports/{report_id}/decision", json=told), 422, "unprocessable-input")
    assert desk.decisions(report_id) == []


def test_a_stuck_report_is_sent_through_again(door, desk):
    report_id = desk.report(to="quarantined", text=None)
    claimed = door.claim(report_id)
    assert (claimed["report"]["state"], claimed["report"]["text"]) == ("quarantined", None)
    lease = {"lease": claimed["lease"]["token"]}
    refused = door.ask(
        "POST", f"reports/{report_id}/decision", json=lease | {"verdict": "approve", "reason": "clear"}
    )
    problem(refused, 409, "conflict")
    assert door.ask("POST", f"reports/{report_id}/try-again", json=lease).json["state"] == "received"


def test_a_report_that_is_given_back_is_free(client, works, city, door, desk):
    report_id = desk.report()
    lease = door.claim(report_id)["lease"]["token"]
    add_staff(works, city, "nil")
    nil = Door(client, city, "nil")
    told = problem(nil.ask("POST", f"reports/{report_id}/claim"), 409, "conflict")
    assert told["detail"] == "Somebody else is reading this report."
    assert door.ask("POST", f"reports/{report_id}/release-claim", json={"lease": lease}).status_code == 204
    assert nil.ask("POST", f"reports/{report_id}/claim").status_code == 200


def test_an_account_that_is_closed_is_out_in_the_middle_of_its_work(door, desk, works, city):
    report_id = desk.report()
    lease = door.claim(report_id)["lease"]["token"]
    with works["owner"].open(city) as work:
        work.session.execute(
            text("update accounts set disabled_on = :d where city_id = :c"), {"d": START.date(), "c": city}
        )
    told = {"lease": lease, "verdict": "approve", "reason": "clear"}
    problem(door.ask("POST", f"reports/{report_id}/decision", json=told), 401, "unauthenticated")
    assert desk.row(report_id).state is State.IN_REVIEW


def test_the_trail_is_read_newest_first_by_who_may(client, works, city, door, desk):
    door.claim(desk.report())
    problem(door.ask("GET", "trail"), 403, "not-allowed")
    add_staff(works, city, "admin", Role.CITY_ADMIN)
    admin = Door(client, city, "admin")
    told = admin.ask("GET", "trail").json["entries"]
    assert [(one["sequence"], one["entry"]["what"]) for one in told] == [
        (3, "logged_in"), (2, "claimed"), (1, "logged_in"),
    ]  # fmt: skip
    part = admin.ask("GET", "trail?before=3&limit=1").json["entries"]
    assert part == [told[1]]
    with works["staff"].open(city) as work:
        assert trail.verify(work.session, city, trail.Head(3, bytes.fromhex(told[0]["digest"]))) is None


@pytest.mark.parametrize("name", ["1%00", "1%0A", "..", "IMG_1.jpg", "0"])
def test_a_photo_has_a_number_and_no_other_name(client, city, name):
    path = f"/v1/cities/{city}/review/reports/{uuid4()}/photos/{name}"
    assert client.get(path, headers={"Authorization": "Bearer x"}).status_code == 404
