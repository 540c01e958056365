"""Importing posts every story once, tries another place outside the city, and tells rows, never words."""

from __future__ import annotations

import json
from datetime import date

import httpx
import pytest

from backend.cli import bulk
from backend.cli.phone import Phone
from backend.cli.sources import Place
from backend.domain import receipts
from backend.errors import Unavailable

TODAY = date(2026, 11, 22)
SECRET_WORDS = "what nobody may read in a log"


class City:
    """Takes reports east of Greenwich and words under 50 letters; photos in one piece."""

    def __init__(self):
        self.reports = {}
        self.states = {}
        self.sizes = {}

    def __call__(self, request):
        if request.method == "GET":
            return httpx.Response(200, json={"state": self._state(request.headers["Authorization"])})
        if request.url.path.endswith("/reports"):
            return self._report(json.loads(request.content))
        if request.method == "POST":
            return httpx.Response(201, headers={"Location": "/files/1"})
        return httpx.Response(204, headers={"Upload-Offset": str(len(request.content))})

    def _state(self, bearer):
        left = self.states.setdefault(bearer, ["received", "anonymised", "in_review"])
        return left.pop(0) if len(left) > 1 else left[0]

    def _report(self, body):
        if body["location"]["coordinates"][0] < 0:
            return httpx.Response(422, json={"field": "location.coordinates", "detail": "outside"})
        if len(body["text"]) > 50:
            kind = "urn:farola:problem:unprocessable-input"
            return httpx.Response(422, json={"type": kind, "field": "text", "detail": body["text"]})
        self.reports[body["receipt"]] = body
        return httpx.Response(201, json={"id": str(len(self.reports))})


@pytest.fixture
def city():
    return City()


@pytest.fixture
def phone(city):
    with Phone(
        "http://farola.test", "c", "key", transport=httpx.MockTransport(city), sleep=lambda _: None
    ) as made:
        yield made


def post(phone, stories, places, **parts):
    return bulk.Posting(phone, iter(places), TODAY, **parts).post(stories, lambda _: None)


def test_every_story_takes_the_next_place_of_the_city(phone, city):
    places = [Place(1, 1), None, Place(-1, 1), Place(2, 2, "night"), Place(3, 3)]
    tally = post(phone, [(1, "one"), (2, "two")], places)
    assert [body["location"]["coordinates"] for body in city.reports.values()] == [[1, 1], [2, 2]]
    assert [body["text"] for body in city.reports.values()] == ["one", "two"]
    assert tally.skipped == {"no point": 1, "outside the city": 1}
    assert tally.refused == []
    assert {receipts.shown_to_server(secret) for secret in tally.posted} == set(city.reports)


def test_every_story_is_another_residents_within_the_last_days(phone, city):
    post(phone, [(number, "x") for number in range(1, 40)], [Place(1, 1)] * 40)
    bodies = list(city.reports.values())
    assert len({body["contributor"] for body in bodies}) == 39
    assert {body["daypart"] for body in bodies} == {"morning", "afternoon", "evening", "night"}
    assert all(0 <= (TODAY - date.fromisoformat(body["occurred_on"])).days < 14 for body in bodies)


def test_a_refusal_names_row_and_field_and_no_words(phone):
    tally = post(phone, [(1, SECRET_WORDS * 3), (2, "fine")], [Place(1, 1), Place(2, 2)])
    assert tally.refused == [{"row": 1, "reason": "422 unprocessable-input text"}]
    assert len(tally.posted) == 1
    assert SECRET_WORDS not in repr(tally)


def test_without_places_left_the_rest_is_refused(phone):
    tally = post(phone, [(1, "a"), (2, "b")], [Place(1, 1)])
    assert tally.refused == [{"row": 2, "reason": "no place left in the city"}]


def test_photos_go_with_every_nth_story_in_turn(phone, city, tmp_path):
    for name in "ab":
        (tmp_path / name).write_bytes(name.encode())
    photos = sorted(tmp_path.iterdir())
    tally = post(phone, [(n, "x") for n in range(1, 10)], [Place(1, 1)] * 9, photos=photos, photo_every=3)
    assert tally.photos == 3
    promised = [number for number, body in enumerate(city.reports.values(), 1) if "photos" in body]
    assert promised == [3, 6, 9]
    hashes = [body["photos"][0]["sha256"] for body in city.reports.values() if "photos" in body]
    assert hashes[0] == hashes[2] != hashes[1]


def test_waiting_ends_when_all_are_in_review(phone):
    tally = post(phone, [(n, "x") for n in range(1, 100)], [Place(1, 1)] * 99)
    said = []
    bulk.wait(phone, tally, 60, said.append, pause=0)
    assert tally.states == {"in_review": 99}
    assert said


def test_waiting_in_vain_ends_with_a_number(phone, city):
    tally = post(phone, [(1, "x")], [Place(1, 1)])
    city.states = {f"Receipt {name}": ["received"] for name in city.reports}
    with pytest.raises(Unavailable, match="1 of 1"):
        bulk.wait(phone, tally, 0, lambda _: None, pause=0)
