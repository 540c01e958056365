"""Challenges: what they ask, for whom they are good, and that every client of ALTCHA can answer them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import altcha
import pytest

from backend.api.services import EXTENSION
from backend.app import create_app
from backend.cli.phone import solved
from backend.domain.difficulty import HARDER, LIFE
from backend.errors import Unavailable
from backend.store.secrets import keyed_hash
from tests.api.proofs import challenge_for, opened, proof_without_asking
from tests.api.test_reports import body
from tests.support import post_report, proof


def ask(client, city, level=None):
    address = f"/v1/cities/{city}/challenge"
    return client.get(address if level is None else f"{address}?level={level}")


def test_a_challenge_says_what_to_do_and_until_when(client, clock, settings, city):
    answer = ask(client, city, 0)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    asked = answer.json["parameters"]
    assert (asked["algorithm"], asked["keyPrefix"], asked["keyLength"]) == ("PBKDF2/SHA-256", "0", 32)
    assert asked["cost"] == settings.proof_cost * HARDER[asked["data"]["level"]]
    assert asked["expiresAt"] == (clock.now() + LIFE).timestamp()
    assert (asked["data"]["action"], asked["data"]["city"]) == ("report", city)
    assert {name: len(asked[name]) for name in ("nonce", "salt")} == {"nonce": 32, "salt": 32}
    assert ask(client, city).json["parameters"]["nonce"] != asked["nonce"]


def test_a_harder_one_is_given_to_who_asks_and_an_easier_one_never(client, settings, city):
    hardest = ask(client, city, 2).json["parameters"]
    assert (hardest["data"]["level"], hardest["cost"]) == (2, settings.proof_cost * HARDER[2])
    for wrong in ("3", "-1", "1.5", "x", ""):
        refused = ask(client, city, wrong)
        assert (refused.status_code, refused.json["field"]) == (422, "level")


def test_where_no_city_is_there_is_no_challenge(client):
    assert ask(client, "nowhere").status_code == 404


def test_what_we_sign_the_library_verifies(client, clock, pepper, city):
    """Any client that speaks ALTCHA can read, answer and send back what is made here."""
    clock.at = clock.at.replace(year=2100)  # the library looks at the machine's own clock
    header = proof_without_asking(client, city)["Altcha"]
    secret = keyed_hash(pepper, "challenge", clock.now().date().isoformat())
    assert altcha.verify_solution(header, secret).verified
    assert not altcha.verify_solution(header, b"another secret").verified


@contextmanager
def another_process(settings, clock):
    """The same door in another process: the settings and the pepper are all they share."""
    made = create_app(settings, "residents", clock=clock)
    yield made.test_client()
    made.extensions[EXTENSION].close()


def test_processes_behind_a_balancer_take_each_others_challenges(client, settings, clock, city):
    with another_process(settings, clock) as other:
        paid = proof(other, city)
        assert post_report(client, city, body(), **paid).status_code == 201
        again = post_report(other, city, body(), **paid)
    assert (again.status_code, again.json["field"]) == (422, "Altcha")


def test_machines_whose_clocks_differ_by_seconds_take_each_others_challenges(client, settings, clock, city):
    for seconds in (-30, 30):
        with another_process(settings, replace(clock, at=clock.at + timedelta(seconds=seconds))) as other:
            assert post_report(client, city, body(), **proof(other, city)).status_code == 201
    with another_process(settings, replace(clock, at=clock.at + timedelta(hours=1))) as other:
        assert post_report(client, city, body(), **proof(other, city)).json["field"] == "Altcha"


def test_an_installation_with_another_pepper_takes_none_of_ours(client, settings, clock, city, tmp_path):
    with another_process(replace(settings, pepper_file=tmp_path / "pepper"), clock) as other:
        paid = proof(other, city)
    assert post_report(client, city, body(), **paid).json["field"] == "Altcha"


def test_a_challenge_of_before_midnight_is_good_after_it(client, clock, city):
    clock.at = clock.at.replace(hour=23, minute=58)
    paid = proof(client, city)
    clock.move(minutes=5)
    assert post_report(client, city, body(), **paid).status_code == 201


def test_what_asks_for_a_proof_is_told_where_to_get_one(client, city):
    bare = post_report(client, city, body(), Altcha="")
    assert (bare.status_code, bare.json["field"]) == (422, "Altcha")
    assert bare.json["type"] == "urn:farola:problem:proof-needed"
    assert ask(client, city).request.path == bare.json["challenge"]
    assert client.get(bare.json["challenge"]).status_code == 200


def test_a_challenge_names_nobody(client, city):
    """It travels back with the report: nothing in it may tell who asked for it."""
    told = client.get(
        f"/v1/cities/{city}/challenge",
        headers={"User-Agent": "canary-agent", "X-Forwarded-For": "203.0.113.77"},
        environ_overrides={"REMOTE_ADDR": "198.51.100.88"},
    ).json
    assert set(told) == {"parameters", "signature"}
    assert set(told["parameters"]["data"]) == {"action", "city", "level"}


def test_without_a_database_there_is_no_challenge_to_work_for(client, city, monkeypatch):
    def away(*_):
        raise Unavailable("Away.")

    monkeypatch.setattr("backend.api.challenge.standing", away)
    assert ask(client, city).status_code == 503


@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_solved_challenge_holds_the_challenge_unchanged(client, city, level):
    made = challenge_for(client, city, level)
    assert opened(solved(made))["challenge"] == made
