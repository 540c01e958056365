"""The moderators' door for masks: what it takes, what it answers, and that the picture is not shown meanwhile."""

from __future__ import annotations

import pytest

from backend.store.models import Photo, PhotoChunk, PhotoState
from tests.api import test_review
from tests.api.test_review import problem

desk, door, photographed = test_review.desk, test_review.door, test_review.photographed
BOX = {"x0": 4, "y0": 6, "x1": 30, "y1": 20}


@pytest.fixture
def lease(works, city, door, photographed):
    """A photo of 40 x 30 pixels, of which the original is kept, in a report that mara holds."""
    with works["worker"].open(city) as work:
        photo = work.session.get_one(Photo, (city, photographed, "1"))
        photo.width, photo.height = 40, 30
        own = {"city_id": city, "report_id": photographed, "name": "1", "sequence": 0}
        work.session.add(PhotoChunk(**own, month="2026-11", wrapped=b"key", blob="original"))
    return door.claim(photographed)["lease"]["token"]


def post(door, report_id, path, told):
    return door.ask("POST", f"reports/{report_id}/photos/1/{path}", json=told)


def test_an_added_mask_is_answered_and_the_picture_not_shown(door, photographed, lease):
    answer = post(door, photographed, "masks", {"lease": lease, "reason": "plate"} | BOX)
    assert answer.status_code == 202
    assert (answer.json["state"], answer.json["url"]) == ("received", None)
    assert answer.json["masks"] == [
        {"kind": "face", "x0": 1, "y0": 2, "x1": 3, "y1": 4},
        {"kind": "added", "reason": "plate"} | BOX,
    ]
    problem(door.ask("GET", f"reports/{photographed}/photos/1"), 404, "not-found")


def test_a_lifted_mask_stays_on_the_list(door, photographed, lease):
    answer = post(door, photographed, "masks/0/lift", {"lease": lease, "reason": "nobody"})
    assert answer.status_code == 202
    assert answer.json["masks"] == [{"kind": "face", "x0": 1, "y0": 2, "x1": 3, "y1": 4, "lifted": "nobody"}]


def test_what_is_erased_cannot_be_shown_again(works, city, door, photographed, lease):
    with works["worker"].open(city) as work:
        work.session.execute(PhotoChunk.__table__.delete().where(PhotoChunk.city_id == city))
    problem(post(door, photographed, "masks/0/lift", {"lease": lease, "reason": "nobody"}), 409, "conflict")
    assert post(door, photographed, "masks", {"lease": lease, "reason": "face"} | BOX).status_code == 202


@pytest.mark.parametrize(
    ("path", "told", "status"),
    [
        ("masks", BOX | {"reason": "face", "x1": 41}, 422),
        ("masks", BOX | {"reason": "face", "x1": 4}, 422),
        ("masks", BOX | {"reason": "face", "y0": -1}, 422),
        ("masks", BOX | {"reason": "face", "y0": "1"}, 422),
        ("masks", BOX | {"reason": "face", "y0": 1.5}, 422),
        ("masks", BOX | {"reason": "because"}, 422),
        ("masks", BOX, 422),
        ("masks", BOX | {"reason": "face", "kind": "plate"}, 422),
        ("masks/0/lift", {"reason": "face"}, 422),
        ("masks/0/lift", {}, 422),
        ("masks/1/lift", {"reason": "nobody"}, 404),
        ("masks/99999999999999999999/lift", {"reason": "nobody"}, 404),
        ("masks/-1/lift", {"reason": "nobody"}, 404),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    works, city, door, photographed, lease, path, told, status
):
    assert post(door, photographed, path, told | {"lease": lease}).status_code == status
    with works["worker"].open(city) as work:
        photo = work.session.get_one(Photo, (city, photographed, "1"))
    assert (photo.state, len(photo.masks)) == (PhotoState.REDACTED, 1)


def test_a_stale_lease_changes_no_mask(door, photographed, lease):
    told = {"lease": "A" * 43, "reason": "face"} | BOX
    problem(post(door, photographed, "masks", told), 409, "conflict")
