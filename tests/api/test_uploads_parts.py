"""Photos that are put together from parts: sealed part by part, counted once, and refused when they do not fit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import select

from backend.domain.workflow import State
from backend.store.models import Photo, PhotoChunk, PhotoPart, Report
from tests.api.uploading import (
    CONTENT,
    SIZE,
    announce,
    create,
    headers,
    join,
    kept,
    part_of,
    patch,
    reported,
    rows,
    stored,
)


@pytest.fixture
def told(client, city):
    return reported(client, city, **{"1": CONTENT})


@pytest.fixture
def parts(client, clock, city, told):
    """Three parts, a second apart: which of them is the oldest is no matter of chance."""
    made = []
    for piece in (CONTENT[:3000], CONTENT[3000:7000], CONTENT[7000:]):
        made.append(part_of(client, city, told, piece))
        clock.move(seconds=1)
    return made


def start(client, city, told, length):
    asked = {"Upload-Concat": "partial", "Upload-Length": str(length)}
    return announce(client, city, told, **asked)


def test_a_photo_is_put_together_in_the_order_that_is_told(
    client, works, keyring, blobs, city, told, parts, settings
):
    answer = join(client, city, told, *parts)
    assert answer.status_code == 201
    assert kept(works, keyring, blobs, city, told) == CONTENT
    with works["worker"].open(city) as work:
        assert work.session.scalar(select(Report.state)) is State.RECEIVED
        assert work.session.execute(select(Photo.received, Photo.chunks)).one() == (SIZE, 3)
    assert rows(works, city, PhotoPart) == [0]
    assert len(stored(settings, city)) == 3


def test_parts_may_come_at_once_and_in_many_pieces(client, works, keyring, blobs, city, told):
    pieces = [CONTENT[at : at + 2560] for at in range(0, SIZE, 2560)]

    def send(content):
        where = start(client, city, told, len(content)).headers["Location"]
        for at in range(0, len(content), 500):
            assert patch(client, where, told, at, content[at : at + 500]).status_code == 204
        return where

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(send, pieces))
    assert join(client, city, told, *found).status_code == 201
    assert kept(works, keyring, blobs, city, told) == CONTENT


def test_a_part_and_what_came_of_it_are_told_apart(client, city, told, parts):
    part = client.head(parts[0], headers=headers(told)).headers
    assert (part["Upload-Concat"], part["Upload-Offset"], part["Upload-Length"]) == (
        "partial",
        "3000",
        "3000",
    )
    whole = join(client, city, told, *parts).headers["Location"]
    final = client.head(whole, headers=headers(told)).headers
    assert final["Upload-Concat"] == "final;" + " ".join(urlsplit(part).path for part in parts)
    assert final["Upload-Offset"] == final["Upload-Length"] == str(SIZE)
    assert client.head(parts[0], headers=headers(told)).status_code == 404


def test_what_was_put_together_takes_no_more_bytes(client, city, told, parts):
    whole = join(client, city, told, *parts).headers["Location"]
    for offset in (0, SIZE):
        assert patch(client, whole, told, offset, b"x").status_code == 403


def test_putting_together_again_after_a_lost_answer_is_the_same_upload(client, works, city, told, parts):
    first = join(client, city, told, *parts)
    again = join(client, city, told, *parts)
    assert (again.status_code, again.headers["Location"]) == (201, first.headers["Location"])
    assert join(client, city, told, *parts[::-1]).status_code == 404
    assert rows(works, city, PhotoChunk) == [3]


def test_addresses_anywhere_do_as_long_as_the_path_is_here(client, city, told, parts):
    paths = [urlsplit(part).path for part in parts]
    assert join(client, city, told, *(f"https://farola.example{path}" for path in paths)).status_code == 201


def test_a_length_of_a_part_can_be_told_later(client, works, keyring, blobs, city, told):
    where = announce(client, city, told, **{"Upload-Concat": "partial", "Upload-Defer-Length": "1"}).headers[
        "Location"
    ]
    assert client.head(where, headers=headers(told)).headers["Upload-Defer-Length"] == "1"
    assert patch(client, where, told, 0, CONTENT[:4000]).status_code == 204
    assert join(client, city, told, where).status_code == 409
    last = patch(client, where, told, 4000, CONTENT[4000:], **{"Upload-Length": str(SIZE)})
    assert last.status_code == 204
    assert join(client, city, told, where).status_code == 201
    assert kept(works, keyring, blobs, city, told) == CONTENT


def test_an_abandoned_try_in_one_piece_gives_way(client, settings, works, city, told, parts):
    where = create(client, city, told).headers["Location"]
    patch(client, where, told, 0, CONTENT[:100])
    assert join(client, city, told, *parts).status_code == 201
    assert len(stored(settings, city)) == 3
    assert client.head(where, headers=headers(told)).status_code == 404


# --- what does not fit ---------------------------------------------------------------------------


def test_parts_that_are_not_as_long_as_the_photo_are_refused_and_stay(client, city, told, parts):
    assert join(client, city, told, *parts[:2]).status_code == 400
    assert join(client, city, told, *parts).status_code == 201


def test_a_part_that_is_not_complete_is_refused(client, city, told):
    one = start(client, city, told, 3000).headers["Location"]
    two = part_of(client, city, told, CONTENT[3000:])
    patch(client, one, told, 0, CONTENT[:2999])
    assert join(client, city, told, one, two).status_code == 409
    patch(client, one, told, 2999, CONTENT[2999:3000])
    assert join(client, city, told, one, two).status_code == 201


def test_parts_of_others_and_parts_that_never_were_look_the_same(client, make_city, city, told, parts):
    other = reported(client, city, **{"1": CONTENT})
    foreign = part_of(client, city, other, CONTENT)
    elsewhere = make_city()
    there = reported(client, elsewhere, **{"1": CONTENT})
    abroad = part_of(client, elsewhere, there, CONTENT).rpartition("/")[2]
    folder = f"/v1/cities/{city}/uploads"
    unknown = join(client, city, told, f"{folder}/{uuid4()}")
    for address in (foreign, f"{folder}/{abroad}", create(client, city, other).headers["Location"]):
        answer = join(client, city, told, address)
        assert (answer.status_code, answer.json) == (404, unknown.json)
    assert client.head(foreign, headers=headers(told)).status_code == 404
    assert patch(client, foreign, told, SIZE, b"").status_code == 404
    assert client.delete(foreign, headers=headers(told)).status_code == 404
    assert client.head(foreign, headers=headers(other)).headers["Upload-Offset"] == str(SIZE)


def test_nothing_is_put_together_from_what_was_put_together(client, city):
    told = reported(client, city, **{"1": CONTENT, "2": CONTENT})
    whole = join(client, city, told, part_of(client, city, told, CONTENT)).headers["Location"]
    plain = create(client, city, told, name="2").headers["Location"]
    for address in (whole, plain):
        assert join(client, city, told, address, name="2").status_code == 404


@pytest.mark.parametrize(
    "said",
    [
        "",
        "final",
        "final;",
        "final; ",
        "Partial",
        "partial;",
        "final;nonsense",
        "final;/v1/cities/{city}/uploads/",
        "final;/v1/cities/{city}/uploads/1",
        "final;/v1/cities/other/uploads/{id}",
        "final;/v1/cities/{city}/receipt/{id}",
        "final;/v1/cities/{city}/uploads/../uploads/{id}",
        "final;http://[/v1/cities/{city}/uploads/{id}",
        "final;/v1/cities/{city}/uploads/{id} /v1/cities/{city}/uploads/{id}",
        "final;" + "/v1/cities/{city}/uploads/{id} " * 33,
        "final;" + "x" * 20_000,
    ],
)
def test_a_header_that_names_no_parts_is_400(client, works, city, told, said):
    named = said.format(city=city, id=uuid4())
    asked = {"Upload-Concat": named, "Upload-Metadata": "name MQ==,report " + "x"}
    answer = announce(client, city, told, **asked)
    assert (answer.status_code, answer.json["type"]) == (400, "urn:farola:problem:invalid-input")
    assert rows(works, city, PhotoPart) == [0]


def test_whoever_puts_together_says_no_length(client, city, told, parts):
    assert join(client, city, told, *parts, **{"Upload-Length": str(SIZE)}).status_code == 400
    assert join(client, city, told, *parts, **{"Upload-Defer-Length": "1"}).status_code == 400


# --- how much parts may hold ---------------------------------------------------------------------


def test_a_part_is_not_larger_than_what_the_report_expects(client, city, told):
    assert start(client, city, told, SIZE + 1).status_code == 404
    assert start(client, city, told, 15 * 1024 * 1024 + 1).status_code == 413
    assert start(client, city, told | {"receipt": "A" * 43}, 5).status_code == 404


def test_the_oldest_parts_make_room_for_a_new_try(client, clock, settings, works, city, told, parts):
    clock.move(minutes=1)
    where = start(client, city, told, 4000).headers["Location"]
    assert rows(works, city, PhotoPart) == [2]
    assert len(stored(settings, city)) == 1
    assert client.head(where, headers=headers(told)).headers["Upload-Offset"] == "0"
    assert join(client, city, told, *parts).status_code == 404


def test_parts_without_a_length_hold_no_more_than_the_report_expects(client, settings, works, city, told):
    deferred = {"Upload-Concat": "partial", "Upload-Defer-Length": "1"}
    one, two = (announce(client, city, told, **deferred).headers["Location"] for _ in range(2))
    assert patch(client, one, told, 0, CONTENT[: SIZE - 10]).status_code == 204
    assert patch(client, two, told, 0, CONTENT[:11]).status_code == 413
    assert patch(client, two, told, 0, b"", **{"Upload-Length": "11"}).status_code == 413
    assert patch(client, two, told, 0, CONTENT[:10], **{"Upload-Length": "9"}).status_code == 413
    assert patch(client, two, told, 0, CONTENT[:10]).status_code == 204
    assert len(stored(settings, city)) == 2


def test_there_are_not_many_parts_at_a_time(client, works, city, told):
    for _ in range(40):
        assert start(client, city, told, 10).status_code == 201
    assert rows(works, city, PhotoPart) == [32]


def test_withdrawing_takes_parts_along(client, settings, works, city, told, parts):
    assert client.delete(f"/v1/cities/{city}/receipt", headers=headers(told)).status_code == 204
    assert rows(works, city, PhotoPart, PhotoChunk) == [0, 0]
    assert stored(settings, city) == []
    assert client.head(parts[0], headers=headers(told)).status_code == 404
