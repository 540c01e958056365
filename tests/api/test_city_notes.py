"""What the city says it did: written by those who may, read by everybody, gone when it is taken back."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from backend.cli import main
from backend.domain.permissions import Role
from tests.staff import PASSWORD, add_staff
from tests.support import environment

DONE = {"area": "sw", "day": "2026-11-02", "texts": {"en": "Lamps were mended.", "ca": "Fanals arreglats."}}


@pytest.fixture
def review(client, city, works):
    """Ask the review door as one of the staff."""

    def ask(method, path, role=Role.LEAD, name="mara", **more):
        if name not in tokens:
            add_staff(works, city, name, role)
            told = client.post(f"/v1/cities/{city}/review/session", json={"name": name, "password": PASSWORD})
            tokens[name] = told.json["token"]
        headers = {"Authorization": f"Bearer {tokens[name]}"}
        return client.open(f"/v1/cities/{city}/review/{path}", method=method, headers=headers, **more)

    tokens: dict[str, str] = {}
    return ask


def public(client, city, **more):
    return client.get(f"/v1/cities/{city}/layers/notes.json", **more)


def trail(databases, city):
    with databases["worker"].session(city) as session:
        return [row[0] for row in session.execute(text("select entry from trail order by sequence"))]


def test_a_note_is_a_draft_then_public_then_gone(client, city, databases, review):
    written = review("POST", "city-notes", json=DONE)
    assert written.status_code == 201
    note = written.json
    assert (note["state"], note["written_by"], note["published_on"]) == ("draft", "mara*", None)
    assert public(client, city).json == {"notes": []}

    vouched = {"json": {"quotes_no_report": True}}
    assert review("POST", f"city-notes/{note['id']}/publish", **vouched).status_code == 204
    answer = public(client, city)
    [told] = answer.json["notes"]
    assert told == {
        "id": note["id"], "area": "sw", "period": None, "day": "2026-11-02",
        "texts": DONE["texts"], "published_on": told["published_on"],
    }  # fmt: skip
    assert "mara" not in answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    again = public(client, city, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert review("POST", f"city-notes/{note['id']}/publish", **vouched).status_code == 409

    assert review("POST", f"city-notes/{note['id']}/withdraw").status_code == 204
    assert public(client, city).json == {"notes": []}
    assert public(client, city).headers["ETag"] != answer.headers["ETag"]
    [left] = review("GET", "city-notes").json["notes"]
    assert (left["state"], left["texts"]) == ("withdrawn", {})
    assert review("POST", f"city-notes/{note['id']}/withdraw").status_code == 409
    done = [entry["what"] for entry in trail(databases, city) if entry.get("note") == note["id"]]
    assert done == ["city_note_published", "city_note_withdrawn"]
    assert "Lamps" not in json.dumps(trail(databases, city))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"area": "99"}, "area"),
        ({"area": None}, "area"),
        ({"day": None}, "day"),
        ({"day": "2026-02-30"}, "day"),
        ({"day": "2126-01-01"}, "day"),
        ({"period": "2026-Q4"}, "period"),
        ({"texts": {}}, "texts"),
        ({"texts": {"xx": "Lamps."}}, "texts.xx"),
        ({"texts": {"en": " "}}, "texts.en"),
        ({"texts": {"en": "a" * 501}}, "texts.en"),
        ({"texts": {"en": "two\nlines"}}, "texts.en"),
        ({"texts": {"en": "turned \u202e round"}}, "texts.en"),
        ({"texts": {"en": "<b>Lamps</b>"}}, "texts.en"),
        ({"texts": {"en": 7}}, "texts.en"),
        ({"texts": "Lamps"}, "texts"),
        ({"reports": 3}, "reports"),
    ],
)
def test_what_is_no_plain_note_is_refused_by_name(review, city, change, field):
    answer = review("POST", "city-notes", json=DONE | change)
    assert answer.status_code == 422
    assert answer.json["field"].removesuffix(".value").removesuffix(".key") == field
    assert review("GET", "city-notes").json["notes"] == []


@pytest.mark.parametrize(
    ("period", "status"),
    [("2026-Q4", 201), ("2026-W40", 201), ("2026-W60", 422), ("2126-Q1", 422), ("Q4", 422)],
)
def test_a_period_stands_instead_of_a_day(review, period, status):
    told = {"area": "sw", "texts": DONE["texts"], "period": period}
    answer = review("POST", "city-notes", json=told)
    assert answer.status_code == status
    assert status == 201 or answer.json["field"] == "period"


def test_neither_day_nor_period_is_no_note(review):
    answer = review("POST", "city-notes", json={"area": "sw", "texts": DONE["texts"]})
    assert (answer.status_code, answer.json["field"]) == (422, "day")


def test_nothing_is_published_that_nobody_vouched_for(review, client, city):
    note = review("POST", "city-notes", json=DONE).json["id"]
    answer = review("POST", f"city-notes/{note}/publish", json={"quotes_no_report": False})
    assert (answer.status_code, answer.json["field"]) == (422, "quotes_no_report")
    assert public(client, city).json == {"notes": []}


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ANALYST, Role.OPERATOR])
def test_who_may_not_write_notes_does_not_even_list_them(review, role):
    for method, path, body in (("GET", "city-notes", {}), ("POST", "city-notes", {"json": DONE})):
        assert review(method, path, role, "nil", **body).status_code == 403


def test_a_city_admin_may(review):
    assert review("POST", "city-notes", Role.CITY_ADMIN, "ada", json=DONE).status_code == 201


def test_the_residents_login_sees_no_draft_and_not_who_wrote(databases, city, review):
    review("POST", "city-notes", json=DONE)
    with databases["residents"].session(city) as session:
        assert session.execute(text("select id from city_notes")).all() == []
        with pytest.raises(Exception, match="permission denied"):
            session.execute(text("select written_by from city_notes"))


def test_an_unknown_city_or_parameter_is_refused(client, city):
    assert public(client, "nowhere").status_code == 404
    answer = client.get(f"/v1/cities/{city}/layers/notes.json?area=sw")
    assert (answer.status_code, answer.json["field"]) == (422, "area")


def test_the_command_does_the_same_in_somebodys_name(client, city, works, settings, monkeypatch):
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    add_staff(works, city, "mara", Role.LEAD)
    add_staff(works, city, "nil")

    def farola(action, *more, by="mara"):
        done = CliRunner().invoke(main, ["note", action, "--city", city, "--by", by, *more, "--json"])
        return done.exit_code, done.stdout and json.loads(done.stdout)

    write = ("--area", "sw", "--day", "2026-11-02", "--text", "en=Lamps were mended.")
    assert farola("write", *write, by="nil")[0] == 1
    assert farola("write", *write, "--text", "en=Twice.")[0] == 1
    code, told = farola("write", *write)
    assert code == 0
    assert farola("publish", told["id"])[0] == 1
    assert farola("publish", told["id"], "--quotes-no-report")[0] == 0
    assert [one["id"] for one in public(client, city).json["notes"]] == [told["id"]]
    assert farola("withdraw", told["id"])[0] == 0
    assert farola("list")[1]["notes"][0]["state"] == "withdrawn"
    assert public(client, city).json == {"notes": []}
