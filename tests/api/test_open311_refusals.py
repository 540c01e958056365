"""Open311: what is refused and how it is said, what is discarded, and retries."""

from __future__ import annotations

import socket
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from backend.api.open311 import requests as door
from backend.domain import receipts
from backend.steps.accounts import add_importer, close_account
from backend.store.models import SCHEMA, Base, Report
from tests.api.open311_answers import checked
from tests.api.open311_desk import FORMATS, Desk

KEY = {"Idempotency-Key": '"8e03978e-40d5-43e8-bc93-6894a57f9324"'}
CANARY = "Anastasia Canaryname 600 123 456"


@pytest.fixture
def count(works, city):
    def told():
        with works["worker"].open(city) as work:
            return len(work.session.scalars(select(Report)).all())

    return told


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("changes", "status", "named"),
    [
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": "potholes"}, 404, "service_code"),
        ({"service_code": "well_lit"}, 404, "service_code"),
        ({"lat": None}, 400, "lat, long"),
        ({"lat": None, "long": None, "address_string": "1 Dark Street"}, 400, "lat, long"),
        ({"lat": None, "long": None, "address_id": "7"}, 400, "lat, long"),
        ({"lat": "91"}, 400, "lat"),
        ({"lat": "４１.３８"}, 400, "lat"),  # noqa: RUF001 (digits of another script)
        ({"lat": "1e1"}, 400, "lat"),
        ({"lat": "nan"}, 400, "lat"),
        ({"long": "inf"}, 400, "long"),
        ({"lat": "48.85", "long": "2.35"}, 400, "lat, long"),
        ({"attribute[daypart]": None}, 400, "attribute[daypart]"),
        ({"attribute[daypart]": ""}, 400, "attribute[daypart]"),
        ({"attribute[daypart]": "midnight"}, 400, "attribute[daypart]"),
        ({"attribute[daypart]": ["night", "evening"]}, 400, "attribute[daypart]"),
        ({"attribute[daypart][]": "evening"}, 400, "attribute[daypart]"),
        ({"attribute[occurred_on]": "yesterday"}, 400, "attribute[occurred_on]"),
        ({"attribute[occurred_on]": "2026-02-30"}, 400, "attribute[occurred_on]"),
        ({"attribute[occurred_on]": "2026-11-18T10:00:00"}, 400, "attribute[occurred_on]"),
        ({"attribute[occurred_on]": "2020-01-01"}, 400, "attribute[occurred_on]"),
        ({"attribute[occurred_on]": "0001-01-01T00:00:00+14:00"}, 400, "attribute[occurred_on]"),
        ({"attribute[place_type]": "moon"}, 400, "attribute[place_type]"),
        ({"attribute[also][]": ["isolated", "isolated"]}, 400, "attribute[also]"),
        ({"attribute[also][]": ["badly_lit"]}, 400, "attribute[also]"),
        ({"attribute[also][]": ["following"]}, 400, "attribute[also]"),
        ({"attribute[notice]": "read"}, 400, "attribute[notice]"),
        ({"attribute[suspect]": "tall"}, 400, "attribute[suspect]"),
        ({"attribute[stop]": "x" * 81}, 400, "attribute[stop]"),
        ({"attribute[forward]": "true"}, 400, "attribute[forward]"),
        ({"service_code": "following", "attribute[forward]": "yes"}, 400, "attribute[forward]"),
        ({"description": "a" * 4001}, 400, "description"),
        ({"service_code": "condition_other", "description": None}, 400, "description"),
        ({"nosuch": "1"}, 400, "nosuch"),
        ({"lat": ["41.3851", "41.3851"]}, 400, "lat"),
        ({"description": "a\x00b"}, 400, "description"),
        ({"locale": "?"}, 400, "locale"),
        ({"jurisdiction_id": None}, 400, "jurisdiction_id"),
        ({"jurisdiction_id": "nowhere"}, 404, "jurisdiction_id"),
        ({"api_key": None}, 403, "api_key"),
        ({"api_key": "A" * 43}, 403, "api_key"),
    ],
)
def test_a_refusal_names_the_field_and_writes_nothing(desk, make_city, count, form, changes, status, named):
    make_city()
    answer = desk.post(form, **changes)
    assert answer.status_code == status, answer.text
    [told] = checked("errors", answer)
    assert told["code"] == status
    assert told["description"].startswith(named), told["description"]
    assert count() == 0


def test_everything_that_is_missing_is_said_at_once(desk):
    answer = desk.post(lat=None, **{"attribute[daypart]": None, "attribute[stop]": ["a", "b"]})
    assert answer.status_code == 400
    desk_said = {told["description"].split(":")[0] for told in checked("errors", answer)}
    assert desk_said == {"attribute[stop]"}  # the form itself cannot be read
    answer = desk.post("xml", lat=None, description="a" * 4001, **{"attribute[daypart]": None})
    said = [told["description"].split(":")[0] for told in checked("errors", answer)]
    assert said == ["lat, long", "description", "attribute[daypart]"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_key_of_another_city_or_one_that_was_revoked_is_none(
    client, desk, works, pepper, make_city, city, form
):
    other = make_city()
    with works["owner"].open(other) as work:
        foreign = add_importer(work, pepper, "desk of another city")
    assert desk.post(form).status_code == 200
    assert desk.post(form, api_key=foreign).status_code == 403
    assert Desk(client, other, foreign).post(form).status_code == 200
    with works["owner"].open(city) as work:
        close_account(work, "service desk")
    checked("errors", desk.post(form))
    assert desk.post(form).status_code == 403


def test_a_key_in_an_address_is_refused_and_a_city_there_is_not(desk):
    answer = desk.client.post(f"/open311/v2/requests.json?api_key={desk.api_key}", data={})
    assert answer.status_code == 400
    assert desk.api_key not in answer.text
    told = {"api_key": desk.api_key, "service_code": "badly_lit", "lat": "41.3851", "long": "2.1734",
            "attribute[daypart]": "night"}  # fmt: skip
    address = f"/open311/v2/requests.json?jurisdiction_id={desk.city}"
    assert desk.client.post(address, data=told).status_code == 200
    assert desk.client.post(address, data=told | {"jurisdiction_id": desk.city}).status_code == 400


HOSTILE = {
    "not utf-8": (b"description=%ff%fe", "application/x-www-form-urlencoded"),
    "raw bytes": (b"description=\xff\xfe", "application/x-www-form-urlencoded"),
    "another charset": (b"description=a", "application/x-www-form-urlencoded; charset=utf-16"),
    "too many fields": (b"email=a&" * 1000, "application/x-www-form-urlencoded"),
    "too large": (b"description=" + b"a" * 70_000, "application/x-www-form-urlencoded"),
    "a name of brackets": (b"[" * 5_000 + b"=1", "application/x-www-form-urlencoded"),
    "json": (b"{}", "application/json"),
    "xml": (
        b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><requests>&e;</requests>',
        "text/xml",
    ),
    "nothing": (b"", ""),
    "no boundary": (b"--x\r\n", "multipart/form-data"),
    "cut in a part": (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
    "parts that are not utf-8": (
        b'--x\r\nContent-Disposition: form-data; name="description"\r\n\r\n\xff\xfe\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "a file": (
        b'--x\r\nContent-Disposition: form-data; name="media"; filename="Canaryname.jpg"\r\n\r\nabc\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "many parts": (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 900 + b"--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", HOSTILE)
def test_no_body_breaks_the_door(client, form, name):
    data, kind = HOSTILE[name]
    answer = client.post(f"/open311/v2/requests.{form}", data=data, content_type=kind)
    assert answer.status_code in {400, 413, 415}, answer.text
    assert checked("errors", answer)[0]["code"] == answer.status_code
    assert "Canaryname" not in answer.text
    assert "root:" not in answer.text


def test_a_body_that_was_cut_off_is_refused(client):
    answer = client.post(
        "/open311/v2/requests.json",
        data=b"description=half",
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": "5000"},
    )
    assert answer.status_code == 400
    checked("errors", answer)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nowhere", 404),
        ("GET", "services/a/b", 404),
        ("PUT", "requests", 405),
        ("DELETE", "services", 405),
        ("POST", "tokens/x", 405),
        ("GET", "services/%00", 404),
        ("GET", "services/%ff", 404),
        ("GET", "services/" + "a" * 5000, 404),
    ],
)
def test_what_no_view_sees_is_refused_in_the_same_form(client, city, form, method, path, status):
    answer = client.open(f"/open311/v2/{path}.{form}?jurisdiction_id={city}", method=method)
    assert answer.status_code == status
    assert [told["code"] for told in checked("errors", answer)] == [status]
    assert status != 405 or answer.headers["Allow"]


def test_an_address_without_a_format_is_answered_in_the_one_that_is_required(client):
    for path in ("v2/services", "v2/services.yaml", "v2/"):
        answer = client.get(f"/open311/{path}")
        assert answer.status_code == 404
        assert answer.mimetype == "text/xml"
        checked("errors", answer)


@pytest.mark.parametrize("form", FORMATS)
def test_what_goes_wrong_here_is_said_without_a_word_of_it(desk, monkeypatch, form):
    def break_down(*_):
        raise RuntimeError(CANARY)

    monkeypatch.setattr(door, "report_of", break_down)
    answer = desk.post(form)
    assert answer.status_code == 500
    assert checked("errors", answer)[0]["code"] == 500
    assert "Canaryname" not in answer.text


@pytest.mark.parametrize("form", FORMATS)
def test_a_database_that_is_gone_is_said_in_the_same_form(tiles, form):
    answer = tiles.get(f"/open311/v2/services.{form}?jurisdiction_id=lantern")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    checked("errors", answer)


def test_who_reports_is_kept_nowhere(desk, databases, app, capfd):
    who = (
        "email",
        "device_id",
        "account_id",
        "first_name",
        "last_name",
        "phone",
        "address_string",
        "address_id",
    )
    planted = {name: f"{CANARY} {name}" for name in who}
    answer = desk.post(media_url="https://Canaryname.example/photo.jpg", **planted)
    assert "not kept or opened" in checked("posted", answer)[0]["service_notice"]
    refused = desk.post(lat="north", **planted)
    assert refused.status_code == 400
    with databases["owner"].session(desk.city) as session:
        everything = [
            session.scalar(text(f"select string_agg(t::text, '|') from {SCHEMA}.{table.name} t")) or ""
            for table in Base.metadata.tables.values()
        ]
    redis = app.extensions["farola"].redis
    everything += [str(key) + str(redis.dump(key)) for key in redis.scan_iter()]
    captured = capfd.readouterr()
    everything += [captured.out, captured.err, answer.text, refused.text]
    assert any(desk.city in part for part in everything)
    assert not any("Canaryname" in part for part in everything)


def test_a_link_to_a_picture_is_never_opened(desk):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        assert desk.post(media_url=f"http://127.0.0.1:{listener.getsockname()[1]}/a.jpg").status_code == 200
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_retry_with_the_same_key_gives_the_same_token(desk, count):
    tokens = {desk.post(form, headers=KEY).text for form in ("json", "json")}
    assert len(tokens) == 1
    token = checked("posted", desk.post("xml", headers=KEY))[0]["token"]
    assert token in tokens.pop()
    assert receipts.decode(token)
    assert count() == 1
    assert desk.get(f"tokens/{token}").status_code == 200
    assert desk.post(headers=KEY, description="Something else.").status_code == 400
    assert desk.post(headers={"Idempotency-Key": "short"}).status_code == 400
    assert count() == 1


def test_two_importers_may_choose_the_same_key(desk, works, pepper, city, count):
    with works["owner"].open(city) as work:
        other = add_importer(work, pepper, "another desk")
    first, second = (
        checked("posted", desk.post(headers=KEY, api_key=key))[0]["token"] for key in (desk.api_key, other)
    )
    assert first != second
    assert count() == 2


def test_without_a_key_every_post_is_a_report_of_its_own(desk, count):
    tokens = {checked("posted", desk.post())[0]["token"] for _ in range(2)}
    assert len(tokens) == 2
    assert count() == 2


def test_a_key_is_no_phones_key(client, desk, city):
    from tests.api.test_reports import body
    from tests.support import post_report

    key = {"Idempotency-Key": f'"{uuid4()}"'}
    assert post_report(client, city, body(), **key).status_code == 201
    assert desk.post(headers=key).status_code == 200
