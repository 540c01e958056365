"""The header `Altcha`: spent once, good for one city and ten minutes, and nothing crafted gets through."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import altcha
import pytest
from hypothesis import HealthCheck, given, settings, strategies

from backend.api.proof import MAX_HEADER
from backend.cli.phone import solved
from backend.steps.accounts import add_importer, close_account
from tests.api.proofs import challenge_for, opened, packed, proof_without_asking
from tests.api.test_reports import body, count
from tests.support import post_report, proof

SIGNED = ("algorithm", "cost", "data", "expiresAt", "keyLength", "keyPrefix", "nonce", "salt")


def refused(answer):
    """Whether a report was refused for its proof, and nothing else."""
    assert answer.status_code == 422, answer.text
    assert answer.mimetype == "application/problem+json"
    return (answer.json["type"], answer.json["field"]) == ("urn:farola:problem:proof-needed", "Altcha")


@pytest.fixture
def told(client, city):
    """What the header of a solved challenge says, to be spoiled."""
    return opened(proof(client, city)["Altcha"])


def test_a_proof_pays_for_one_report(client, works, city):
    paid = proof(client, city)
    assert post_report(client, city, body(), **paid).status_code == 201
    assert refused(post_report(client, city, body(), **paid))
    assert count(works, city) == 1


def test_of_20_reports_at_once_with_one_proof_one_is_taken(client, works, city):
    paid = proof(client, city)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post_report(client, city, body(), **paid), range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 19
    assert all(refused(answer) for answer in answers if answer.status_code != 201)
    assert count(works, city) == 1


def test_a_report_that_is_refused_spends_nothing(client, works, city):
    paid = proof(client, city)
    outside = {"type": "Point", "coordinates": [0.0, 0.0]}
    assert post_report(client, city, body(location=outside), **paid).json["field"] == "location.coordinates"
    assert post_report(client, city, body(), **paid).status_code == 201
    assert count(works, city) == 1


def test_a_retry_whose_answer_was_lost_needs_no_new_proof(client, city):
    paid, key, report = proof(client, city), {"Idempotency-Key": '"0123456789abcdef"'}, body()
    first = post_report(client, city, report, **paid, **key)
    assert post_report(client, city, report, **paid, **key).data == first.data
    assert post_report(client, city, report, **key).data == first.data


def test_a_proof_ends_after_ten_minutes(client, clock, city):
    paid = proof(client, city)
    clock.move(minutes=10)
    assert refused(post_report(client, city, body(), **paid))
    clock.move(seconds=-1)
    assert post_report(client, city, body(), **paid).status_code == 201


def test_a_proof_is_good_in_one_city(client, make_city, city):
    assert refused(post_report(client, make_city(), body(), **proof(client, city)))


def test_a_proof_is_good_for_one_thing(client, city, monkeypatch):
    monkeypatch.setattr("backend.api.proof.ACTION", "message")
    paid = proof_without_asking(client, city, 2)
    monkeypatch.undo()
    assert refused(post_report(client, city, body(), **paid))


def test_a_challenge_without_an_end_is_worth_nothing(client, city, monkeypatch):
    """Even if it was ever signed: the library signs such challenges, and takes them for good."""

    def endless(*told, expires_at, **more):
        del expires_at
        return made(*told, **more)

    made = altcha.create_challenge
    monkeypatch.setattr(altcha, "create_challenge", endless)
    challenge = challenge_for(client, city, 2)
    monkeypatch.undo()
    assert "expiresAt" not in challenge["parameters"]
    assert refused(post_report(client, city, body(), Altcha=solved(challenge)))


@pytest.mark.parametrize("name", SIGNED)
def test_what_was_signed_cannot_be_changed(client, city, told, name):
    parameters = told["challenge"]["parameters"]
    assert set(parameters) == set(SIGNED)
    changed = {
        "algorithm": "SHA-256",
        "cost": 1,
        "data": parameters["data"] | {"level": 0},
        "expiresAt": parameters["expiresAt"] - 1,
        "keyLength": 16,
        "keyPrefix": "",
        "nonce": "00" * 16,
        "salt": parameters["salt"].upper() + "00",
    }
    told["challenge"]["parameters"] = parameters | {name: changed[name]}
    assert refused(post_report(client, city, body(), Altcha=packed(told)))
    del told["challenge"]["parameters"][name]
    assert refused(post_report(client, city, body(), Altcha=packed(told)))


def test_nothing_can_be_moved_from_one_field_into_the_next(client, city, told):
    """As in CVE-2025-68113: what is signed is a text that says where each part begins and ends."""
    parameters = told["challenge"]["parameters"]
    for at in (1, 2, 16):
        nonce, salt = parameters["nonce"] + parameters["salt"][:at], parameters["salt"][at:]
        told["challenge"]["parameters"] = parameters | {"nonce": nonce, "salt": salt}
        assert refused(post_report(client, city, body(), Altcha=packed(told)))
    told["challenge"]["parameters"] = parameters | {"data": parameters["data"] | {"more": 1}}
    assert refused(post_report(client, city, body(), Altcha=packed(told)))


def test_the_same_proof_written_in_another_way_is_the_same_proof(client, works, city, told):
    assert post_report(client, city, body(), Altcha=packed(told)).status_code == 201
    spaced = json.dumps(told, indent=1).encode()
    told["challenge"]["signature"] = told["challenge"]["signature"].upper()
    told["solution"]["derivedKey"] = told["solution"]["derivedKey"].upper()
    told["solution"]["time"] = 1.5
    for again in (packed(spaced), packed(told)):
        assert refused(post_report(client, city, body(), Altcha=again))
    assert count(works, city) == 1


SPOILED = {
    "counter": [-1, 2**32, 2**40, 10**30, "1", 1.0, True, None, [], {}, "x"],
    "derivedKey": ["", "00", "zz", 5, None, [], "00" * 31, "é"],
    "signature": ["", "00", 5, None, [], {}, True, "zz" * 32, "00" * 32],
    "expiresAt": ["never", "4000000000", -1, 0, 2**40, 10**30, 1.5, None, [], True],
    "parameters": [None, [], "x", 5, {}, {"data": 5}],
    "challenge": [None, [], "x", 5, {}],
    "solution": [None, [], "x", 5, {}],
}


@pytest.mark.parametrize("name", SPOILED)
def test_no_value_of_a_wrong_kind_gets_through_or_breaks_anything(client, city, told, name):
    holders = {
        "counter": told["solution"],
        "derivedKey": told["solution"],
        "signature": told["challenge"],
        "parameters": told["challenge"],
        "expiresAt": told["challenge"]["parameters"],
    }
    holder = holders.get(name, told)
    for wrong in SPOILED[name]:
        holder[name] = wrong
        assert refused(post_report(client, city, body(), Altcha=packed(told))), wrong
    del holder[name]
    assert refused(post_report(client, city, body(), Altcha=packed(told)))


@pytest.mark.parametrize(
    "header",
    [
        "x",
        "====",
        "é",
        "a b",
        "A" * (MAX_HEADER + 4),
        packed(b""),
        packed(b"\xff\xfe"),
        packed(b"null"),
        packed(b"5"),
        packed(b"[]"),
        packed(b'"x"'),
        packed(b"{}"),
        packed(b"[" * 3000),
        packed(b'{"challenge":' * 200 + b"1" + b"}" * 200),
        packed(b'{"challenge": NaN}'),
        packed(b'{"challenge": 1e999, "solution": ' + b"9" * 2000 + b"}"),
        packed(b'{"challenge": {}, "challenge": {}}'),
        packed(b'{"challenge": "\\u0000", "solution": "\\ud800"}'),
    ],
)
def test_what_is_no_answer_is_refused(client, works, city, header):
    sent = header.encode().decode("latin-1")
    assert refused(post_report(client, city, body(), Altcha=sent))
    assert count(works, city) == 0


def test_whatever_is_made_up_is_refused(client, works, city, told):
    json_like = strategies.recursive(
        strategies.none()
        | strategies.booleans()
        | strategies.integers()
        | strategies.floats()
        | strategies.text(),
        lambda inner: (
            strategies.lists(inner, max_size=3)
            | strategies.dictionaries(strategies.text(), inner, max_size=3)
        ),
        max_leaves=6,
    )
    places = [
        (),
        ("challenge",),
        ("challenge", "parameters"),
        ("challenge", "parameters", "data"),
        ("solution",),
    ]

    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategies.sampled_from(places), json_like, strategies.data())
    def holds(place, value, data):
        spoiled = json.loads(json.dumps(told))
        holder = spoiled
        for step in place:
            holder = holder[step]
        name = data.draw(strategies.sampled_from(sorted(holder)))
        if holder[name] == value or name == "time":
            return
        holder[name] = value
        assert refused(post_report(client, city, body(), Altcha=packed(spoiled)))

    holds()
    assert count(works, city) == 0


def test_the_wrong_answer_to_a_right_challenge_is_refused(client, city, told):
    right = told["solution"]["counter"]
    for counter in {0, right + 1, 2**32 - 1} - {right}:  # the first try may have been the right one
        told["solution"]["counter"] = counter
        assert refused(post_report(client, city, body(), Altcha=packed(told)))


def test_an_importer_needs_no_proof_and_a_revoked_one_is_nobody(client, works, pepper, city):
    with works["owner"].open(city) as work:
        key = add_importer(work, pepper, "stories")
    known = {"Authorization": f"Importer {key}"}
    assert post_report(client, city, body(), **known).status_code == 201
    assert post_report(client, city, body(kind="suspect"), **known).status_code == 422
    with works["owner"].open(city) as work:
        close_account(work, "stories")
    assert post_report(client, city, body(), **known).status_code == 401
    assert post_report(client, city, body(), **known, **proof(client, city)).status_code == 401
    assert count(works, city) == 1


def test_a_receipt_does_not_stand_in_for_a_proof(client, city):
    report = body()
    assert post_report(client, city, report).status_code == 201
    held = {"Authorization": f"Receipt {report['receipt']}", "Altcha": ""}
    assert refused(post_report(client, city, body(), **held))


def test_a_refused_proof_is_not_repeated(client, city):
    secret = "bXktbmFtZS1pcy1ub3QteW91cnM"
    assert secret not in post_report(client, city, body(), Altcha=secret).text
