"""Soft limits: the more come, the more work is asked for; nobody is refused for it, and nothing is lost."""

from __future__ import annotations

import os
import tracemalloc
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from backend.api.crowd import HOUR, MINUTE, Crowd, Window
from backend.api.proof import client_address
from backend.api.services import EXTENSION
from backend.cli.phone import solved
from backend.config import load_settings
from backend.domain.difficulty import TOP
from backend.errors import ConfigError
from backend.steps.accounts import add_importer
from backend.store.models import Report
from tests.api.proofs import challenge_for, opened
from tests.api.test_reports import base64url, body
from tests.api.test_review import Door
from tests.staff import add_staff
from tests.support import in_review, post_report

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def door(app, client):
    """The door with counts of its own; `door(busy=...)` says when it is busy."""
    before = app.extensions[EXTENSION]

    def begin(busy=10_000, **settings):
        built = app.extensions[EXTENSION]
        app.extensions[EXTENSION] = replace(
            built, crowd=Crowd(busy), settings=replace(built.settings, **settings)
        )
        return client

    yield begin
    app.extensions[EXTENSION] = before


@dataclass
class Neighbour:
    """An honest phone: it answers the challenge it is given, and the next one when it has to."""

    client: object
    city: str
    address: str = "192.0.2.1"
    token: bytes = field(default_factory=lambda: os.urandom(16))
    levels: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    @property
    def here(self):
        return {"environ_overrides": {"REMOTE_ADDR": self.address}}

    def challenge(self, where=None):
        answer = self.client.get(where or f"/v1/cities/{self.city}/challenge", **self.here)
        assert answer.status_code == 200
        return answer.json

    def level(self):
        return self.challenge()["parameters"]["data"]["level"]

    def post(self, header, path="reports", told=None):
        report = body(contributor=base64url(self.token))
        headers = {"Idempotency-Key": base64url(os.urandom(18)), "Altcha": header}
        at = f"/v1/cities/{self.city}/{path}"
        return self.client.post(at, json=told or report, headers=headers, **self.here)

    def tell(self, path="reports", told=None):
        """Report something, and return the answer that was not about a proof."""
        answer, refused, where = None, -1, None
        while answer is None or answer.json.get("field") == "Altcha":
            where, refused = answer and answer.json["challenge"], refused + 1
            assert refused < 2, "an honest phone was refused twice in a row"
            header = solved(self.challenge(where))
            answer = self.post(header, path, told)
        self.levels.append(opened(header)["challenge"]["parameters"]["data"]["level"])
        self.refused.append(refused)
        return answer


def test_a_window_slides():
    window = Window(HOUR, lambda: bytearray(4), most=255)
    window.add(0, 1, 10)
    assert [window.used(at, 1) for at in (0, HOUR - 1, HOUR, HOUR * 1.5, HOUR * 2, HOUR * 9)] == [
        10, 10, 10, 5, 0, 0,
    ]  # fmt: skip
    assert window.used(HOUR * 9, 2) == 0


def test_a_window_that_is_full_stays_full():
    window = Window(MINUTE, lambda: bytearray(1), most=255)
    for _ in range(3):
        window.add(0, 0, 200)
    assert window.used(0, 0) == 255


def test_counts_and_their_key_end_with_the_day():
    crowd = Crowd(busy=1)
    late = NOON.replace(hour=23, minute=59, second=59)
    before = crowd.came(late, b"address", busy=False), crowd._key
    for _ in range(200):
        crowd.came(late, b"address", busy=False)
    crowd.took(late, b"address", [b"token"] * 100, 100)
    assert (before[0], crowd.came(late, b"address", busy=False), crowd.needed(late, [b"token"])) == (0, 2, 2)
    next_day = late + timedelta(seconds=1)
    assert crowd.came(next_day, b"address", busy=False) == 0
    assert crowd.needed(next_day, [b"token"]) == 0
    assert crowd._key != before[1]


def test_counts_take_no_more_memory_however_many_come():
    crowd = Crowd(busy=10_000)
    crowd.came(NOON, b"first", busy=False)
    crowd.took(NOON, b"first", [b"token"])
    tracemalloc.start()
    try:
        for number in range(5_000):
            crowd.came(NOON, number.to_bytes(16), busy=False)
            crowd.took(NOON, number.to_bytes(16), [number.to_bytes(16)])
        assert tracemalloc.get_traced_memory()[0] < 50_000
    finally:
        tracemalloc.stop()


def everything_in(thing):
    """All that an object holds, as bytes."""
    if isinstance(thing, bytes | bytearray):
        return bytes(thing)
    if isinstance(thing, Crowd | Window):
        return b"|".join(everything_in(held) for held in vars(thing).values())
    return repr(thing).encode()


def test_neither_addresses_nor_tokens_are_kept():
    crowd, canaries = Crowd(busy=10), [b"canary-address", b"canary-token-16b"]
    crowd.came(NOON, canaries[0], busy=False)
    crowd.took(NOON, canaries[0], [canaries[1]], 5)
    held = everything_in(crowd)
    assert len(held) > 6 << 20
    assert [canary for canary in canaries if canary in held] == []


def test_an_address_is_asked_for_more_work_and_others_are_not(door, clock, city):
    client = door()
    here, there = Neighbour(client, city), Neighbour(client, city, "192.0.2.200")
    levels = [here.level() for _ in range(200)]
    # Each counts twice or not at all, so that nobody can tell from it how many others there were.
    assert levels[:10] == [0] * 10
    assert levels == sorted(levels)
    assert set(levels) == {0, 1, 2}
    assert there.level() == 0
    clock.move(hours=2)
    assert here.level() == 0


def test_a_household_is_one_address_and_another_is_another(door, city):
    client = door()
    for host in range(200):
        Neighbour(client, city, f"2001:db8:1:2::{host:x}").challenge()
    assert Neighbour(client, city, "2001:db8:1:2:ffff::1").level() == 2
    assert Neighbour(client, city, "2001:db8:1:3::1").level() == 0


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, None, "10.0.0.1"),
        (0, "203.0.113.5", "10.0.0.1"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "1.2.3.4, 203.0.113.5", "203.0.113.5"),
        (2, "1.2.3.4, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        (2, "203.0.113.5", "10.0.0.1"),
        (1, None, "10.0.0.1"),
        (1, "::ffff:203.0.113.5", "203.0.113.5"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(door, proxies, forwarded, found):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    app = door(proxies=proxies).application
    with app.test_request_context(headers=headers, environ_overrides={"REMOTE_ADDR": "10.0.0.1"}):
        assert client_address() == bytes(int(part) for part in found.split("."))
    with app.test_request_context(headers={"X-Forwarded-For": "not an address"}):
        assert isinstance(client_address(), bytes)


def test_a_contributor_is_asked_for_more_work_after_five_an_hour(door, clock, city):
    one = Neighbour(door(), city)
    answers = [one.tell().status_code for _ in range(8)]
    assert answers == [201] * 8
    assert (one.levels, one.refused) == ([0] * 5 + [TOP] * 3, [0] * 5 + [1] * 3)
    clock.move(hours=2)
    assert one.tell().status_code == 201
    assert (one.levels[-1], one.refused[-1]) == (0, 0)


def test_a_contributor_is_asked_for_more_work_after_twenty_a_day(door, clock, city):
    one = Neighbour(door(), city)
    clock.at = clock.at.replace(hour=1)
    for hour in range(21):
        assert one.tell().status_code == 201
        if hour % 4 == 3:
            clock.move(hours=2)
    assert one.refused == [0] * 20 + [1]


def test_a_busy_door_asks_everybody_for_more_work_until_it_is_calm(door, clock, city):
    client = door(busy=10)
    early = solved(Neighbour(client, city).challenge())
    for number in range(41):
        assert Neighbour(client, city, f"192.0.2.{number}").tell().status_code == 201
    late = Neighbour(client, city, "198.51.100.1")
    assert late.level() == 2
    # What was asked for while it was calm does not serve a flood; the next answer always does.
    refused = late.post(early)
    assert (refused.status_code, refused.json["field"]) == (422, "Altcha")
    assert refused.json["challenge"] == f"/v1/cities/{city}/challenge?level={TOP}"
    assert late.post(solved(late.challenge(refused.json["challenge"]))).status_code == 201
    clock.move(minutes=2)
    assert late.level() == 0
    assert late.post(early).status_code == 201


def test_what_comes_again_under_one_proof_makes_it_hard_for_nobody(door, city):
    """It costs whoever sends it nothing: neither a report nor a queue that is there already."""
    client = door(busy=3)
    one = Neighbour(client, city)
    told = body(contributor=base64url(one.token))
    again, wrong = {"key": base64url(os.urandom(18)), "report": told}, {"key": "k" * 16, "report": {}}
    alone, together = ({"Altcha": solved(challenge_for(client, city, TOP))} for _ in range(2))
    here = {"Idempotency-Key": again["key"], **alone}
    for _ in range(30):
        assert post_report(client, city, told, **here).status_code == 201
        answer = client.post(
            f"/v1/cities/{city}/reports/batch", json={"reports": [again, wrong]}, headers=together
        )
        assert [one["status"] for one in answer.json["answers"]] == [201, 422]
    assert one.tell().status_code == 201
    assert (one.levels, one.refused) == ([0], [0])


def test_a_door_without_a_free_connection_asks_for_more_work_and_still_answers(door, city):
    client = door()
    one = Neighbour(client, city)
    assert one.level() == 0
    engine = client.application.extensions[EXTENSION].works("residents").database.engine
    with ExitStack() as taken:
        for _ in range(engine.pool.size()):
            taken.enter_context(engine.connect())
        assert one.level() == 1
    assert one.level() == 0


def test_a_long_queue_needs_more_work_than_a_short_one(door, city):
    def batch(size):
        reports = [body(contributor=base64url(os.urandom(16))) for _ in range(size)]
        keys = (base64url(os.urandom(18)) for _ in reports)
        return {"reports": [{"key": key, "report": told} for key, told in zip(keys, reports, strict=True)]}

    one = Neighbour(door(), city)
    for size in (1, 10, 11):
        answer = one.tell("reports/batch", batch(size))
        assert [told["status"] for told in answer.json["answers"]] == [201] * size
    assert one.refused == [0, 0, 1]


def test_an_importer_is_neither_slowed_nor_counted(door, works, pepper, city):
    client = door(busy=3)
    with works["owner"].open(city) as work:
        key = add_importer(work, pepper, "stories")
    for _ in range(20):
        answer = post_report(client, city, body(contributor="A" * 22), Authorization=f"Importer {key}")
        assert answer.status_code == 201
    one = Neighbour(client, city)
    assert (one.tell().status_code, one.levels) == (201, [0])


def test_guessing_receipts_slows_nobody(door, city):
    client = door(busy=3)
    one = Neighbour(client, city)
    for _ in range(100):
        wrong = {"Authorization": f"Receipt {base64url(os.urandom(32))}"}
        answer = client.get(f"/v1/cities/{city}/receipt", headers=wrong, **one.here)
        assert answer.status_code == 404
    assert (one.tell().status_code, one.levels) == (201, [0])


def test_a_flood_is_taken_in_reviewed_and_hardly_counted(door, works, city):
    """500 reports of three tokens from 20 addresses on one cell in one day."""
    client, tokens = door(), [os.urandom(16) for _ in range(3)]
    for number in range(20):
        one = Neighbour(client, city, f"198.51.100.{number}")
        reports = [body(contributor=base64url(tokens[at % 3]), text="") for at in range(25)]
        waiting = [{"key": base64url(os.urandom(18)), "report": told} for told in reports]
        answer = one.tell("reports/batch", {"reports": waiting})
        assert [told["status"] for told in answer.json["answers"]] == [201] * 25
    with works["worker"].open(city) as work:
        found = work.session.scalars(select(Report)).all()
        assert (len(found), len({report.cell for report in found})) == (500, 1)
        assert 0 < sum(report.counts for report in found) <= 3 * len(tokens)
        assert sum(report.burst for report in found) == 500 - 20
        for report in found:
            in_review(work, report.id, text=None)
    add_staff(works, city, "mara")
    assert Door(client, city).ask("GET", "queue").json["waiting"] == 500


def test_reports_without_a_token_count_up_to_a_bursts_limit(door, works, make_city):
    city = make_city(policy={"burst_limit": 3})
    client = door()
    for _ in range(8):
        assert post_report(client, city, body(contributor=...)).status_code == 201
    with works["owner"].open(city) as work:
        of_city = select(func.count()).where(Report.city_id == city)
        assert work.session.scalar(of_city.where(Report.counts)) == 3
        assert work.session.scalar(of_city.where(Report.burst)) == 5


@pytest.mark.parametrize(
    "name", ["FAROLA_PROOF_COST", "FAROLA_PROOF_ZEROS", "FAROLA_PROOF_BUSY", "FAROLA_PROXIES"]
)
@pytest.mark.parametrize("told", ["x", "-1", "1.5", "1000001", "\uff11"])
def test_a_setting_that_makes_no_sense_is_said(name, told):
    with pytest.raises(ConfigError, match=name):
        load_settings({name: told})


def test_settings_have_defaults_and_a_proof_is_never_free():
    told = load_settings({})
    assert (told.proof_cost, told.proof_zeros, told.proxies) == (300, 3, 0)
    assert load_settings({"FAROLA_PROOF_COST": "7"}).proof_cost == 7
    for name in ("FAROLA_PROOF_COST", "FAROLA_PROOF_ZEROS"):
        with pytest.raises(ConfigError, match=name):
            load_settings({name: "0"})


def test_who_shares_an_address_cannot_tell_whether_somebody_reported():
    """How many challenges it takes until they get harder says little about one that somebody else got."""

    def patience(others):
        crowd = Crowd(busy=10_000)
        for _ in range(others):
            crowd.came(NOON, b"home", busy=False)
        return next(asked for asked in range(1, 1000) if crowd.came(NOON, b"home", busy=False))

    alone, shared = ([patience(others) for _ in range(60)] for others in (0, 1))
    assert len(set(alone)) > 5
    assert set(alone) & set(shared)
