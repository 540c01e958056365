"""Uploads by those who mean no good, and over connections that lie: refused, never a 500, nothing left behind."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from backend.api import arriving
from backend.api.services import EXTENSION
from backend.errors import Unavailable
from backend.store import pieces
from backend.store.blobs import Blobs
from backend.store.models import Photo, PhotoChunk, PhotoPart
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


def received(works, city):
    with works["worker"].open(city) as work:
        return work.session.scalar(select(Photo.received))


def wire(text):
    """A header as a client sends it that does not care about ASCII."""
    return text.encode().decode("latin-1")


NUMBERS = [
    "",
    " ",
    "-1",
    "+1",
    "1.0",
    "1e3",
    "0x10",
    "1_000",
    "\u0663",
    "\uff11\uff12",
    "9" * 16,
    "9" * 5000,
    "1, 1",
    "0 0",
    "NaN",
]


# --- headers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", NUMBERS)
def test_only_ascii_digits_are_a_number(client, works, settings, city, told, where, number):
    asked = {"Upload-Offset": wire(number)}
    assert patch(client, where, told, 0, CONTENT, **asked).status_code == 400
    later = {"Upload-Length": wire(number)}
    assert patch(client, where, told, 0, CONTENT, **later).status_code in {400, 413}
    for concat in ({}, {"Upload-Concat": "partial"}):
        again = {"Upload-Length": wire(number), "Upload-Metadata": metadata(told["id"]), **concat}
        assert announce(client, city, told, **again).status_code == 400
    assert (received(works, city), stored(settings, city), rows(works, city, PhotoPart)) == (0, [], [0])


@pytest.mark.parametrize(
    "said",
    [
        "",
        ",",
        "report",
        "report ,name ",
        "report !!!!,name MQ==",
        "report MQ==,name MQ==",
        "{good},report MQ==",
        "{good},name MQ==",
        "{good}".replace("{good}", "name MQ==,name MQ==,report {id}"),
        "name MQ== report {id}",
        "name wqM=,report {id}",
        "name {name},report {id}",
    ],
)
def test_metadata_that_name_no_photo_are_400(client, works, city, told, said):
    good = metadata(told["id"])
    name = metadata(told["id"], "\U0001d7d9").partition("name ")[2]
    report = good.partition(",")[0].removeprefix("report ")
    asked = {"Upload-Length": str(SIZE), "Upload-Metadata": said.format(good=good, id=report, name=name)}
    answer = announce(client, city, told, **asked)
    assert answer.status_code == 400
    with works["worker"].open(city) as work:
        assert work.session.scalar(select(Photo.upload_id)) is None


def test_what_is_wrong_is_the_same_for_the_unknown_the_foreign_and_the_expired(
    client, clock, make_city, city, told, where
):
    stranger = told | {"receipt": "A" * 43}
    elsewhere = make_city()
    upload = urlsplit(where).path.rpartition("/")[2]
    abroad = f"/v1/cities/{elsewhere}/uploads/{upload}"
    never = f"/v1/cities/{city}/uploads/{uuid4()}"
    nowhere = f"/v1/cities/nowhere/uploads/{upload}"

    def asked(address, holder):
        answers = (
            client.head(address, headers=headers(holder)),
            patch(client, address, holder, 0, b"x"),
            client.delete(address, headers=headers(holder)),
        )
        return [(answer.status_code, answer.data, sorted(answer.headers)) for answer in answers]

    expected = asked(never, told)
    assert {status for status, _, _ in expected} == {404}
    for address, holder in ((where, stranger), (abroad, told), (nowhere, told)):
        assert asked(address, holder) == expected
    clock.move(hours=49)
    assert asked(where, told)[:2] == expected[:2]


def test_a_name_in_the_metadata_reaches_no_row_and_no_blob(client, settings, databases, city, told):
    canary = "canary-7f3a-in-calle-mayor"
    asked = {"filename": f"{canary}.jpg", "relativePath": canary, canary: "x", "name2": canary}
    where = create(client, city, told, **asked).headers["Location"]
    assert canary not in where
    assert patch(client, where, told, 0, CONTENT, **{"X-File-Name": canary}).status_code == 204
    tables = "select table_name from information_schema.tables where table_schema = 'farola'"
    with databases["owner"].session(city) as session:
        for table in session.scalars(text(tables)).all():
            found = session.scalars(text(f"select t::text from farola.{table} t")).all()
            assert not any(canary in row for row in found), table
    for path in (settings.state_dir / "blobs").rglob("*"):
        assert canary not in str(path)
        assert path.is_dir() or canary.encode() not in path.read_bytes()


# --- bodies --------------------------------------------------------------------------------------


def test_memory_stays_small_because_a_body_is_sealed_as_it_arrives(client, monkeypatch, works, city, told):
    monkeypatch.setattr(arriving, "PIECE", 1000)
    where = create(client, city, told).headers["Location"]
    assert patch(client, where, told, 0, CONTENT).status_code == 204
    assert rows(works, city, PhotoChunk) == [-(-SIZE // 1000)]


def test_pieces_of_a_slow_body_are_noted_as_they_come(client, monkeypatch, works, keyring, blobs, city, told):
    monkeypatch.setattr(arriving, "PIECE", 1000)
    monkeypatch.setattr(arriving, "SLOW", -1)
    where = create(client, city, told).headers["Location"]
    seen = []
    put = Blobs.put

    def watched(self, path, content):
        seen.append(received(works, city))
        put(self, path, content)

    monkeypatch.setattr(Blobs, "put", watched)
    assert patch(client, where, told, 0, CONTENT).status_code == 204
    assert seen == list(range(0, SIZE, 1000))
    assert kept(works, keyring, blobs, city, told) == CONTENT


def test_more_than_announced_leaves_nothing_of_what_came_with_it(
    client, monkeypatch, works, settings, city, told
):
    monkeypatch.setattr(arriving, "PIECE", 1000)
    where = create(client, city, told).headers["Location"]
    assert patch(client, where, told, 0, CONTENT + b"x").status_code == 413
    assert (received(works, city), stored(settings, city)) == (0, [])


def test_a_store_that_fails_is_503_and_leaves_nothing(
    client, monkeypatch, works, settings, city, told, where
):
    monkeypatch.setattr(arriving, "PIECE", 1000)
    calls = []
    put = Blobs.put

    def failing(self, path, content):
        calls.append(path)
        if len(calls) == 4:
            raise Unavailable("The store of photos takes nothing right now.")
        put(self, path, content)

    monkeypatch.setattr(Blobs, "put", failing)
    assert patch(client, where, told, 0, CONTENT).status_code == 503
    assert (received(works, city), stored(settings, city)) == (0, [])
    assert patch(client, where, told, 0, CONTENT).status_code == 204


def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path):
    (tmp_path / "originals").write_bytes(b"in the way")
    with pytest.raises(Unavailable):
        Blobs(f"file://{tmp_path}").put("originals/a/b", b"x")


def test_bytes_stay_when_nobody_knows_whether_they_were_noted(
    client, monkeypatch, app, works, keyring, blobs, city, told, where
):
    """The database goes away while it commits: what it kept must not lose its bytes."""

    @contextmanager
    def lost(city_id):
        with open_work(city_id) as work:
            yield work
        if rows(works, city, PhotoChunk) != [0]:
            raise OperationalError("commit", {}, Exception("gone"))

    served_by = app.extensions[EXTENSION].works("residents")
    open_work = served_by.open
    monkeypatch.setattr(served_by, "open", lost)
    assert patch(client, where, told, 0, CONTENT).status_code == 503
    assert kept(works, keyring, blobs, city, told) == CONTENT


def test_an_upload_in_too_many_pieces_is_refused(client, monkeypatch, works, settings, city, told, where):
    monkeypatch.setattr("backend.steps.uploads.MOST_PIECES", 3)
    for at in range(3):
        assert patch(client, where, told, at, CONTENT[at : at + 1]).status_code == 204
    assert patch(client, where, told, 3, CONTENT[3:4]).status_code == 409
    assert (received(works, city), len(stored(settings, city))) == (3, 3)


def test_of_two_who_write_at_once_one_is_refused_and_nothing_is_mixed(
    client, works, keyring, blobs, settings, city, monkeypatch
):
    monkeypatch.setattr(arriving, "PIECE", 1000)
    for _ in range(4):
        told = reported(client, city, **{"1": CONTENT})
        where = create(client, city, told).headers["Location"]
        with ThreadPoolExecutor(4) as pool:
            sent = [pool.submit(patch, client, where, told, 0, bytes([n]) * SIZE) for n in range(4)]
        codes = sorted(one.result().status_code for one in sent)
        assert codes == [204, 409, 409, 409]
        assert len(set(kept(works, keyring, blobs, city, told))) == 1
    assert len(stored(settings, city)) == 4 * -(-SIZE // 1000)


# --- connections ---------------------------------------------------------------------------------


def speak(served, where, told, body, *, method="PATCH", more=(), half=True):
    """Send one request byte by byte as told, and return the status line and headers of the answer."""
    asked = {
        **headers(told),
        "Upload-Offset": "0",
        "Content-Type": CHUNK_TYPE,
        "Host": "x",
        "Connection": "close",
    }
    lines = [f"{name}: {value}" for name, value in [*asked.items(), *more]]
    head = "\r\n".join([f"{method} {urlsplit(where).path} HTTP/1.1", *lines, "", ""])
    with socket.create_connection(("127.0.0.1", urlsplit(served).port), timeout=60) as line:
        line.sendall(head.encode() + body)
        if half:
            line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b"")).decode("latin-1")


def test_what_came_before_the_connection_broke_is_kept(served, works, keyring, blobs, city, told, where):
    answer = speak(served, where, told, CONTENT[:7000], more=[("Content-Length", str(SIZE))])
    assert answer.startswith("HTTP/1.1 400 ")
    assert received(works, city) == 7000
    assert kept(works, keyring, blobs, city, told) == CONTENT[:7000]


def test_with_a_checksum_it_is_all_or_nothing(served, works, settings, city, told, where):
    more = [("Content-Length", str(SIZE)), ("Upload-Checksum", checksum(CONTENT[:7000]))]
    assert speak(served, where, told, CONTENT[:7000], more=more).startswith("HTTP/1.1 400 ")
    assert (received(works, city), stored(settings, city)) == (0, [])


def test_bytes_behind_the_announced_length_are_not_of_the_upload(served, works, city, told, where):
    speak(served, where, told, CONTENT[:500], more=[("Content-Length", "300")])
    assert received(works, city) == 300


@pytest.mark.parametrize("length", ["-5", "1e3", "", "9" * 30, "abc"])
def test_a_length_of_the_body_that_is_none_is_refused(served, works, settings, city, told, where, length):
    answer = speak(served, where, told, CONTENT, more=[("Content-Length", length)])
    assert answer.split(" ")[1] in {"204", "400", "413"}
    assert received(works, city) in {0, SIZE}
    assert len(stored(settings, city)) in {0, 1}


def test_a_length_said_to_be_huge_is_refused_before_a_byte_is_read(served, works, city, told, where):
    for length in (SIZE + 1, 10**12):
        answer = speak(served, where, told, b"", more=[("Content-Length", str(length))], half=False)
        assert answer.startswith("HTTP/1.1 413 ")
    assert received(works, city) == 0


def test_nobody_unknown_makes_the_server_read(served, city, told, where):
    stranger = told | {"receipt": "A" * 43}
    answer = speak(served, where, stranger, b"", more=[("Content-Length", str(SIZE))], half=False)
    assert answer.startswith("HTTP/1.1 404 ")


def test_a_body_in_chunks_is_taken_as_it_comes(served, works, keyring, blobs, city, told, where):
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in (CONTENT[:4000], CONTENT[4000:]))
    answer = speak(served, where, told, chunks + b"0\r\n\r\n", more=[("Transfer-Encoding", "chunked")])
    assert answer.startswith("HTTP/1.1 204 ")
    assert kept(works, keyring, blobs, city, told) == CONTENT


def test_a_piece_holds_a_mebibyte_and_its_padding():
    assert pieces.PIECE >= 1024 * 1024
    assert (pieces.PIECE + 1) % (64 * 1024) == 0
