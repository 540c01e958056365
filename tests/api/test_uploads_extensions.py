"""The extensions of tus: lengths told later, first bytes along with the announcement, checksums, an end."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.domain.workflow import State
from backend.store.models import Photo, PhotoChunk, Report
from tests.api.uploading import (
    CHUNK_TYPE,
    CONTENT,
    SIZE,
    announce,
    checksum,
    create,
    headers,
    kept,
    metadata,
    patch,
    reported,
    rows,
    stored,
)


@pytest.fixture
def told(client, city):
    return reported(client, city, **{"1": CONTENT})


@pytest.fixture
def where(client, city, told):
    return create(client, city, told).headers["Location"]


def offset(client, where, told):
    return client.head(where, headers=headers(told)).headers["Upload-Offset"]


def state(works, city):
    with works["worker"].open(city) as work:
        return work.session.scalar(select(Report.state))


def test_options_announce_every_extension_and_algorithm(client, city):
    told = client.options(f"/v1/cities/{city}/uploads").headers
    spoken = {"creation", "creation-with-upload", "creation-defer-length", "expiration", "checksum"}
    assert set(told["Tus-Extension"].split(",")) == spoken | {"termination", "concatenation"}
    assert set(told["Tus-Checksum-Algorithm"].split(",")) == {"sha1", "sha256", "sha512"}
    assert told["Tus-Max-Size"] == str(15 * 1024 * 1024)


# --- first bytes along with the announcement -----------------------------------------------------


def test_the_first_bytes_can_come_along(client, city, told, works, keyring, blobs):
    asked = {"Upload-Length": str(SIZE), "Upload-Metadata": metadata(told["id"]), "Content-Type": CHUNK_TYPE}
    answer = announce(client, city, told, data=CONTENT[:5000], **asked)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "5000")
    assert patch(client, answer.headers["Location"], told, 5000, CONTENT[5000:]).status_code == 204
    assert kept(works, keyring, blobs, city, told) == CONTENT


def test_a_whole_photo_can_come_along_and_wakes_the_workers(client, city, told, works):
    asked = {"Upload-Length": str(SIZE), "Upload-Metadata": metadata(told["id"]), "Content-Type": CHUNK_TYPE}
    assert announce(client, city, told, data=CONTENT, **asked).headers["Upload-Offset"] == str(SIZE)
    assert state(works, city) is State.RECEIVED


@pytest.mark.parametrize(
    ("data", "more", "status"),
    [
        (CONTENT + b"x", {}, 413),
        (CONTENT, {"Content-Type": "image/jpeg"}, 415),
        (CONTENT, {"Upload-Checksum": checksum(b"other")}, 460),
        (CONTENT, {"Upload-Checksum": "crc32 AAAA"}, 400),
    ],
)
def test_first_bytes_that_cannot_be_taken_leave_no_upload(
    client, settings, works, city, told, data, more, status
):
    asked = {"Upload-Length": str(SIZE), "Upload-Metadata": metadata(told["id"]), "Content-Type": CHUNK_TYPE}
    answer = announce(client, city, told, data=data, **asked | more)
    assert answer.status_code == status
    assert "Location" not in answer.headers
    assert stored(settings, city) == []
    with works["worker"].open(city) as work:
        assert work.session.execute(select(Photo.upload_id, Photo.received)).one() == (None, 0)


# --- lengths told later --------------------------------------------------------------------------


def deferred(client, city, told):
    asked = {"Upload-Defer-Length": "1", "Upload-Metadata": metadata(told["id"])}
    answer = announce(client, city, told, **asked)
    assert answer.status_code == 201
    return answer.headers["Location"]


def test_a_length_can_be_told_with_a_later_piece(client, city, told, works, keyring, blobs):
    where = deferred(client, city, told)
    assert patch(client, where, told, 0, CONTENT[:100]).status_code == 204
    asked = client.head(where, headers=headers(told)).headers
    assert (asked["Upload-Defer-Length"], asked.get("Upload-Length")) == ("1", None)
    last = patch(client, where, told, 100, CONTENT[100:], **{"Upload-Length": str(SIZE)})
    assert last.status_code == 204
    asked = client.head(where, headers=headers(told)).headers
    assert (asked.get("Upload-Defer-Length"), asked["Upload-Length"]) == (None, str(SIZE))
    assert kept(works, keyring, blobs, city, told) == CONTENT


def test_a_length_can_be_told_without_bytes(client, city, told):
    where = deferred(client, city, told)
    assert patch(client, where, told, 0, b"", **{"Upload-Length": str(SIZE)}).status_code == 204
    assert client.head(where, headers=headers(told)).headers["Upload-Length"] == str(SIZE)


def test_a_length_that_is_never_told_does_not_keep_the_report_waiting(client, city, told, works):
    where = deferred(client, city, told)
    assert patch(client, where, told, 0, CONTENT).status_code == 204
    assert state(works, city) is State.RECEIVED
    assert patch(client, where, told, SIZE, b"", **{"Upload-Length": str(SIZE)}).status_code == 204


@pytest.mark.parametrize("length", [str(SIZE - 1), str(SIZE + 1), "0"])
def test_another_length_than_promised_is_refused_and_nothing_is_kept(client, settings, city, told, length):
    where = deferred(client, city, told)
    assert patch(client, where, told, 0, CONTENT[:9], **{"Upload-Length": length}).status_code == 400
    assert (offset(client, where, told), stored(settings, city)) == ("0", [])


def test_more_than_promised_is_413_however_the_length_was_told(client, settings, city, told):
    where = deferred(client, city, told)
    assert patch(client, where, told, 0, CONTENT + b"x").status_code == 413
    assert (offset(client, where, told), stored(settings, city)) == ("0", [])


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"Upload-Defer-Length": "0"},
        {"Upload-Defer-Length": "2"},
        {"Upload-Defer-Length": ""},
        {"Upload-Defer-Length": "true"},
        {"Upload-Defer-Length": "1", "Upload-Length": str(SIZE)},
    ],
)
def test_a_length_is_told_or_deferred_and_never_both(client, city, told, asked):
    answer = announce(client, city, told, **{"Upload-Metadata": metadata(told["id"])}, **asked)
    assert answer.status_code == 400


# --- checksums -----------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
def test_a_piece_with_its_checksum_is_kept(client, city, told, where, algorithm):
    asked = {"Upload-Checksum": checksum(CONTENT[:777], algorithm)}
    assert patch(client, where, told, 0, CONTENT[:777], **asked).status_code == 204
    assert offset(client, where, told) == "777"


def test_nothing_is_kept_of_a_piece_that_changed_on_the_way(client, settings, city, told, where, works):
    answer = patch(client, where, told, 0, CONTENT, **{"Upload-Checksum": checksum(CONTENT[:-1])})
    assert (answer.status_code, answer.json["type"]) == (460, "urn:farola:problem:checksum-mismatch")
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert (offset(client, where, told), stored(settings, city)) == ("0", [])
    assert rows(works, city, PhotoChunk) == [0]


@pytest.mark.parametrize(
    "said",
    [
        "md5 " + "A" * 22 + "==",
        "SHA1 " + checksum(CONTENT).partition(" ")[2],
        "sha1",
        "sha1 ",
        "sha1 !!!!",
        "sha1 AAAA",
        checksum(CONTENT, "sha256").replace("sha256", "sha1"),
        checksum(CONTENT) + ", " + checksum(CONTENT),
        "",
    ],
)
def test_a_checksum_that_says_nothing_known_is_400(client, settings, city, told, where, said):
    assert patch(client, where, told, 0, CONTENT, **{"Upload-Checksum": said}).status_code == 400
    assert (offset(client, where, told), stored(settings, city)) == ("0", [])


# --- an end --------------------------------------------------------------------------------------


def test_an_upload_that_is_ended_leaves_nothing_and_can_begin_again(
    client, settings, works, city, told, where, keyring, blobs
):
    patch(client, where, told, 0, CONTENT[:100])
    assert client.delete(where, headers=headers(told)).status_code == 204
    assert stored(settings, city) == []
    assert rows(works, city, PhotoChunk) == [0]
    for asked in (client.head(where, headers=headers(told)), client.delete(where, headers=headers(told))):
        assert asked.status_code == 404
        assert "Upload-Offset" not in asked.headers
    assert patch(client, where, told, 100, b"x").status_code == 404
    again = create(client, city, told).headers["Location"]
    assert patch(client, again, told, 0, CONTENT).status_code == 204
    assert kept(works, keyring, blobs, city, told) == CONTENT


def test_a_photo_that_came_can_be_taken_back_while_another_is_awaited(client, works, city):
    told = reported(client, city, **{"1": CONTENT, "2": b"two"})
    where = create(client, city, told).headers["Location"]
    patch(client, where, told, 0, CONTENT)
    assert client.delete(where, headers=headers(told)).status_code == 204
    second = create(client, city, told, size=3, name="2").headers["Location"]
    patch(client, second, told, 0, b"two")
    assert state(works, city) is State.AWAITING_PHOTOS


def test_what_the_report_went_on_with_is_not_ended(client, settings, city, told, where):
    patch(client, where, told, 0, CONTENT)
    assert client.delete(where, headers=headers(told)).status_code == 409
    assert len(stored(settings, city)) == 1


# --- the rest of the protocol --------------------------------------------------------------------


def test_networks_that_let_only_post_through_are_served(client, city, told, where):
    def post(meant, data=b"", **more):
        asked = {"X-HTTP-Method-Override": meant, "Upload-Offset": "0", "Content-Type": CHUNK_TYPE, **more}
        return client.post(where, data=data, headers=headers(told, **asked))

    assert (post("PATCH", CONTENT[:10]).status_code, offset(client, where, told)) == (204, "10")
    assert post("HEAD").headers["Upload-Offset"] == "10"
    assert post("DELETE").status_code == 204
    refused = post("PUT")
    assert (refused.status_code, set(refused.headers["Allow"].split(", "))) == (
        405,
        {"HEAD", "PATCH", "DELETE"},
    )


def test_it_is_told_until_when_an_upload_is_kept(client, clock, city, told):
    answer = create(client, city, told)
    where, until = answer.headers["Location"], "Fri, 20 Nov 2026 12:00:00 GMT"
    assert answer.headers["Upload-Expires"] == until
    clock.move(hours=1)
    assert patch(client, where, told, 0, b"x").headers["Upload-Expires"] == until
    assert client.head(where, headers=headers(told)).headers["Upload-Expires"] == until
    clock.move(hours=47, seconds=1)
    for answer in (
        patch(client, where, told, 1, b"x"),
        client.head(where, headers=headers(told)),
    ):
        assert answer.status_code == 404


def test_only_what_is_kept_is_told_of_the_metadata(client, city, told):
    where = create(client, city, told, filename="holiday.jpg", filetype="image/jpeg").headers["Location"]
    asked = client.head(where, headers=headers(told))
    assert asked.headers["Upload-Metadata"] == metadata(told["id"])
