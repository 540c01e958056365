"""Photos by tus: announced, resumed, sealed piece by piece, and refused when they lie."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from backend.domain.workflow import State
from backend.store.models import Photo, PhotoChunk, Report
from tests.api.test_reports import body, post
from tests.api.uploading import CONTENT, create, headers, patch, promised, reported, stored


@pytest.fixture
def told(client, city):
    return reported(client, city, **{"1": CONTENT})


def test_a_photo_arrives_in_pieces_and_wakes_the_workers(client, works, city, told):
    where = create(client, city, told).headers["Location"]
    first = patch(client, where, told, 0, CONTENT[:4000])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "4000")
    asked = client.head(where, headers=headers(told))
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == ("4000", str(len(CONTENT)))
    assert asked.headers["Cache-Control"] == "no-store"
    assert patch(client, where, told, 4000, CONTENT[4000:]).status_code == 204
    with works["worker"].open(city) as work:
        assert work.session.scalar(select(Report.state)) is State.RECEIVED
        assert work.session.scalar(select(func.count()).select_from(PhotoChunk)) == 2


def test_no_byte_of_a_photo_lies_readable(client, settings, city, told):
    where = create(client, city, told).headers["Location"]
    patch(client, where, told, 0, CONTENT)
    blobs = [path.read_bytes() for path in stored(settings, city)]
    assert len(blobs) == 1
    assert CONTENT[:64] not in blobs[0]


def test_the_wrong_offset_is_409_and_changes_nothing(client, works, city, told):
    where = create(client, city, told).headers["Location"]
    patch(client, where, told, 0, CONTENT[:100])
    for offset in (0, 99, 101):
        assert patch(client, where, told, offset, b"x").status_code == 409
    with works["worker"].open(city) as work:
        assert work.session.scalar(select(Photo.received)) == 100


def test_more_than_announced_is_413(client, city, told):
    where = create(client, city, told).headers["Location"]
    assert patch(client, where, told, 0, CONTENT + b"x").status_code == 413


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Content-Type": "image/jpeg"}, 415),
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "\u0661"}, 400),
        ({"Authorization": "Receipt " + "A" * 43}, 404),
        ({"Authorization": ""}, 401),
    ],
)
def test_a_wrong_piece_is_refused(client, city, told, changes, status):
    where = create(client, city, told).headers["Location"]
    asked = {name: value.encode().decode("latin-1") for name, value in changes.items()}
    answer = patch(client, where, told, 0, b"x", **asked)
    assert answer.status_code == status
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert "Upload-Offset" not in answer.headers


def test_only_what_the_report_expects_can_be_announced(client, make_city, city, told):
    assert create(client, city, told, name="2").status_code == 404
    assert create(client, city, told, size=5).status_code == 404
    assert create(client, make_city(), told).status_code == 404
    assert create(client, city, told, size=10**9).status_code == 413
    assert create(client, city, told | {"id": "nonsense"}).status_code == 400
    missing = client.post(f"/v1/cities/{city}/uploads", headers=headers(told, **{"Upload-Length": "5"}))
    assert (missing.status_code, missing.json["field"]) == (400, "Upload-Metadata")


def test_a_file_name_is_never_kept(client, databases, city, told):
    assert create(client, city, told, filename="holiday-at-home.jpg").status_code == 201
    with databases["owner"].session(city) as session:
        rows = session.scalars(text("select t::text from photos t where city_id = :c"), {"c": city}).all()
    assert rows
    assert not any("holiday" in row for row in rows)


def test_starting_over_throws_the_abandoned_pieces_away(client, works, settings, city, told):
    where = create(client, city, told).headers["Location"]
    patch(client, where, told, 0, CONTENT[:100])
    again = create(client, city, told).headers["Location"]
    assert again != where
    assert client.head(where, headers=headers(told)).status_code == 404
    assert stored(settings, city) == []


def test_an_expired_upload_is_gone(client, clock, city, told):
    where = create(client, city, told).headers["Location"]
    clock.move(hours=49)
    assert client.head(where, headers=headers(told)).status_code == 404


def test_two_photos_of_one_report_can_come_at_once(client, works, city):
    contents = {str(number): bytes([number]) * 20_000 for number in (1, 2, 3, 4)}
    report = body(photos=[promised(content, name) for name, content in contents.items()])
    told = report | {"id": post(client, city, report).json["id"]}
    places = {name: create(client, city, told, 20_000, name).headers["Location"] for name in contents}

    def send(name):
        return [
            patch(client, places[name], told, at, contents[name][at : at + 2000]).status_code
            for at in range(0, 20_000, 2000)
        ]

    with ThreadPoolExecutor(4) as pool:
        codes = {code for answered in pool.map(send, contents) for code in answered}
    assert codes == {204}
    with works["worker"].open(city) as work:
        assert work.session.scalar(select(Report.state)) is State.RECEIVED


def test_withdrawing_between_two_pieces_always_succeeds(client, works, city):
    for _ in range(5):
        report = body(photos=[promised()])
        told = report | {"id": post(client, city, report).json["id"]}
        where = create(client, city, told).headers["Location"]
        with ThreadPoolExecutor(2) as pool:
            piece = pool.submit(patch, client, where, told, 0, CONTENT)
            gone = pool.submit(client.delete, f"/v1/cities/{city}/receipt", headers=headers(told))
        assert gone.result().status_code == 204
        assert piece.result().status_code in {204, 404}
        with works["worker"].open(city) as work:
            assert work.session.scalar(select(func.count()).select_from(PhotoChunk)) == 0


def test_a_report_that_went_on_takes_no_more_pieces_but_tells_how_far_it_came(client, works, city, told):
    where = create(client, city, told).headers["Location"]
    patch(client, where, told, 0, CONTENT[:100])
    with works["owner"].open(city) as work:
        work.session.execute(text("update reports set state = 'received' where city_id = :c"), {"c": city})
    assert patch(client, where, told, 100, CONTENT[100:]).status_code == 409
    assert client.head(where, headers=headers(told)).headers["Upload-Offset"] == "100"


def test_options_tell_what_is_spoken(client, city):
    answer = client.options(f"/v1/cities/{city}/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert "creation" in answer.headers["Tus-Extension"]


@pytest.mark.parametrize("name", ["1\x00", "1\n", "0", "10", "../1", ""])
def test_a_name_that_is_no_number_of_a_photo_is_refused(client, city, told, name):
    answer = create(client, city, told, name=name)
    assert (answer.status_code, answer.json["field"]) == (400, "Upload-Metadata")


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({}, "http://farola.example/v1/"),
        ({"X-Forwarded-Proto": "https"}, "https://farola.example/v1/"),
        ({"X-Forwarded-Proto": "javascript"}, "http://farola.example/v1/"),
        ({"Origin": "https://farola.example"}, "/v1/"),
    ],
)
def test_programs_are_told_the_whole_address_and_pages_the_path(client, city, told, asked, where):
    answer = create(client, city, told, also={"Host": "farola.example", **asked})
    assert answer.headers["Location"].startswith(where)
