"""What uploads leave behind is cleared up, and nothing that anybody waits for."""

from __future__ import annotations

import os
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from backend.domain.workflow import State
from backend.store.blobs import original_path, public_path
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
from workers.leftovers import Leftovers, clear_blobs, clear_rows


@pytest.fixture
def told(client, city):
    return reported(client, city, **{"1": CONTENT})


def state(works, city):
    with works["worker"].open(city) as work:
        return work.session.scalar(select(Report.state))


def made(settings, path, instant):
    """Say of a blob that it was written at an instant."""
    file = settings.state_dir / "blobs" / path
    os.utime(file, (instant.timestamp(),) * 2)


def test_an_upload_that_expired_is_forgotten_and_can_begin_again(
    client, clock, runtime, works, keyring, blobs, settings, city, told
):
    where = create(client, city, told).headers["Location"]
    patch(client, where, told, 0, CONTENT[:100])
    clock.move(hours=47)
    clear_rows(runtime, city)
    assert client.head(where, headers=headers(told)).headers["Upload-Offset"] == "100"
    clock.move(hours=2)
    clear_rows(runtime, city)
    assert (rows(works, city, PhotoChunk), stored(settings, city)) == ([0], [])
    assert state(works, city) is State.AWAITING_PHOTOS
    again = create(client, city, told).headers["Location"]
    assert patch(client, again, told, 0, CONTENT).status_code == 204
    clock.move(hours=49)
    clear_rows(runtime, city)
    assert kept(works, keyring, blobs, city, told) == CONTENT


def test_parts_that_expired_go_with_their_pieces(client, clock, runtime, works, settings, city, told):
    part_of(client, city, told, CONTENT[:100])
    clock.move(hours=24)
    young = part_of(client, city, told, CONTENT[100:200])
    clock.move(hours=25)
    clear_rows(runtime, city)
    assert rows(works, city, PhotoPart, PhotoChunk) == [1, 1]
    assert client.head(young, headers=headers(told)).headers["Upload-Offset"] == "100"
    assert len(stored(settings, city)) == 1


def test_parts_nobody_waits_for_any_more_go_at_once(
    client, runtime, works, keyring, blobs, settings, city, told
):
    needed = part_of(client, city, told, CONTENT)
    with works["owner"].open(city) as work:
        # A second photo is expected, so that there is room for a part too many.
        work.session.add(
            Photo(city_id=city, report_id=UUID(told["id"]), name="2", state="expected", size=50, received=0)
        )
    part_of(client, city, told, CONTENT[:50])
    assert join(client, city, told, needed).status_code == 201
    second = create(client, city, told, size=50, name="2").headers["Location"]
    patch(client, second, told, 0, CONTENT[:50])
    assert (state(works, city), rows(works, city, PhotoPart)) == (State.RECEIVED, [1])
    clear_rows(runtime, city)
    assert rows(works, city, PhotoPart, PhotoChunk) == [0, 2]
    assert len(stored(settings, city)) == 2
    assert kept(works, keyring, blobs, city, told) == CONTENT


def test_a_report_that_is_busy_is_left_for_the_next_round(client, clock, runtime, works, city, told):
    part_of(client, city, told, CONTENT)
    clock.move(hours=49)
    with works["worker"].open(city) as busy:
        busy.session.scalar(select(Report.id).with_for_update())
        clear_rows(runtime, city)
        assert rows(works, city, PhotoPart) == [1]
    clear_rows(runtime, city)
    assert rows(works, city, PhotoPart) == [0]


def test_blobs_without_a_row_go_after_a_day_and_others_stay(
    client, clock, runtime, works, keyring, blobs, settings, city, told
):
    where = create(client, city, told).headers["Location"]
    patch(client, where, told, 0, CONTENT)
    report = UUID(told["id"])
    old, young = (original_path(city, report, "1", 0, uuid4()) for _ in range(2))
    strange = public_path(city, report, "1", uuid4())
    for path in (old, young, strange):
        blobs.put(path, b"ciphertext")
    for file in stored(settings, city):
        made(settings, file, clock.now() - timedelta(days=2))
    made(settings, strange, clock.now() - timedelta(days=2))
    made(settings, young, clock.now() - timedelta(hours=23))
    clear_blobs(runtime, city)
    folder = settings.state_dir / "blobs"
    assert not (folder / old).exists()
    assert not (folder / strange).exists()
    assert (folder / young).exists()
    assert kept(works, keyring, blobs, city, told) == CONTENT


def test_no_folder_tells_of_a_report_that_was_withdrawn(client, settings, city, told):
    where = create(client, city, told).headers["Location"]
    patch(client, where, told, 0, CONTENT)
    assert client.delete(f"/v1/cities/{city}/receipt", headers=headers(told)).status_code == 204
    assert not (settings.state_dir / "blobs" / "originals" / city / told["id"]).exists()


def test_blobs_are_looked_through_once_a_day(monkeypatch, runtime, clock, city):
    looked = []
    monkeypatch.setattr("workers.leftovers.city_ids", lambda _database: [city])
    monkeypatch.setattr("workers.leftovers.clear_blobs", lambda _runtime, city_id: looked.append(city_id))
    leftovers = Leftovers(runtime)
    for hours in (0, 1, 22, 2, 1):
        clock.move(hours=hours)
        leftovers.clear()
    assert looked == [city, city]


def test_a_part_without_its_length_keeps_nobody_waiting(client, clock, runtime, works, city, told):
    asked = {"Upload-Concat": "partial", "Upload-Defer-Length": "1"}
    where = announce(client, city, told, **asked).headers["Location"]
    patch(client, where, told, 0, CONTENT[: SIZE // 2])
    clock.move(hours=49)
    clear_rows(runtime, city)
    assert rows(works, city, PhotoPart, PhotoChunk) == [0, 0]
