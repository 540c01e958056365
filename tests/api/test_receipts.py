"""The holder of a receipt: the state, reading back, the proof of filing, and withdrawing at once."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text, update

from backend.cli import main
from backend.domain.receipts import base64url
from backend.domain.workflow import State
from backend.store.filing import earlier, sign
from backend.store.models import Message, Report, ReportKey, Sealed
from tests.api.test_reports import body
from tests.phone import Phone


@pytest.fixture
def phone(client, city):
    return Phone(client, city)


@pytest.fixture
def told(phone):
    return phone.reports(body(text="Two men at the tunnel."))


def test_the_receipt_opens_the_state(phone, told):
    answer = phone.ask("GET")
    assert answer.status_code == 200
    assert answer.json == {
        "id": told["id"], "kind": "incident", "state": "received", "received_on": "2026-11-18",
        "photos": [], "counted_in": [], "messages": {"count": 0, "from_city": 0},
    }  # fmt: skip


def test_the_state_names_the_releases_that_hold_the_report(phone, told, works, city):
    with works["worker"].open(city) as work:
        work.session.execute(update(Report).values(counted_in=["2026-W48", "2026-Q4"]))
    assert phone.ask("GET").json["counted_in"] == ["2026-W48", "2026-Q4"]


def test_the_phone_reads_its_report_back(phone, told):
    answer = phone.ask("GET", "/report")
    assert answer.status_code == 200
    opened = json.loads(phone.opens(answer.json["sealed"]))
    assert opened["text"] == "Two men at the tunnel."
    assert opened["location"]["coordinates"] == [2.1734, 41.3851]
    assert set(answer.json) == {"sealed"}
    assert "tunnel" not in answer.text


def test_what_was_never_sealed_or_is_erased_is_answered_like_an_unknown_receipt(
    client, city, phone, told, works
):
    silent, unknown = Phone(client, city), Phone(client, city)
    silent.reports(body(), silent=True)
    with works["worker"].open(city) as work:
        for row in work.session.scalars(select(Sealed).where(Sealed.field == "own_copy")):
            work.session.delete(row)
    answers = [one.ask("GET", "/report") for one in (silent, unknown, phone)]
    assert {(one.status_code, one.data) for one in answers} == {(404, answers[0].data)}
    assert [one.ask("GET").status_code for one in (silent, unknown, phone)] == [200, 404, 200]


# --- the proof of filing -----------------------------------------------------------------------


def verified(tmp_path, proof, key=None):
    file = tmp_path / "proof.json"
    file.write_text(proof if isinstance(proof, str) else json.dumps(proof))
    return CliRunner().invoke(main, ["proof", "verify", str(file), *(["--key", key] if key else [])])


@pytest.fixture
def key(client):
    answer = client.get("/.well-known/farola-proof-key")
    assert (answer.status_code, answer.json["algorithm"]) == (200, "Ed25519")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return answer.json["key"]


def test_a_proof_says_little_and_is_genuine(phone, told, city, key, tmp_path):
    proof = phone.ask("GET", "/proof").json
    assert proof["statement"] == {
        "city": city, "report": told["id"], "received_on": "2026-11-18", "state": "received",
        "issued_on": "2026-11-18",
    }  # fmt: skip
    assert proof["key"] == key
    done = verified(tmp_path, proof, key)
    assert done.exit_code == 0
    assert done.output == (
        f"Genuine: report {told['id']} was filed in {city} on 2026-11-18; on 2026-11-18 it was received.\n"
    )


@pytest.mark.parametrize("member", ["city", "report", "received_on", "state", "issued_on"])
def test_a_proof_with_any_word_changed_is_not_genuine(phone, told, key, tmp_path, member):
    proof = phone.ask("GET", "/proof").json
    proof["statement"][member] += "0"
    done = verified(tmp_path, proof, key)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("farola: The signature does not fit")
    assert done.stderr.count("\n") == 1


def test_a_proof_by_another_key_is_not_genuine_though_it_brings_that_key_along(phone, told, key, tmp_path):
    from backend.store.filing import sign

    statement = phone.ask("GET", "/proof").json["statement"]
    forged = sign(b"f" * 32, statement)
    assert verified(tmp_path, forged, forged["key"]).exit_code == 0
    assert verified(tmp_path, forged, key).exit_code == 1


@pytest.mark.parametrize(
    "file",
    [
        "",
        "x",
        "[]",
        "{}",
        "[" * 5000,
        '{"statement": {}, "signature": "A"}',
        '{"statement": [], "signature": 1}',
    ],
)
def test_what_is_no_proof_is_said_in_one_line(tmp_path, key, file):
    done = verified(tmp_path, file, key)
    assert done.exit_code == 1
    assert done.stderr.startswith("farola: This")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("wrong", ["", "A", "%%%", "A" * 43])
def test_a_wrong_key_is_not_genuine(phone, told, tmp_path, wrong):
    done = verified(tmp_path, phone.ask("GET", "/proof").json, wrong or "-")
    assert done.exit_code == 1
    assert "Traceback" not in done.stderr


def test_a_proof_can_be_checked_where_it_was_signed_without_naming_the_key(
    phone, told, settings, tmp_path, monkeypatch
):
    proof = phone.ask("GET", "/proof").json
    monkeypatch.setenv("FAROLA_FILING_KEY_FILE", str(settings.filing_key_file))
    assert verified(tmp_path, proof).exit_code == 0
    monkeypatch.setenv("FAROLA_FILING_KEY_FILE", str(tmp_path / "none"))
    done = verified(tmp_path, proof)
    assert (done.exit_code, not (tmp_path / "none").exists()) == (1, True)
    assert "--key" in done.stderr


def test_a_proof_stays_good_when_the_key_is_rotated(phone, told, client, settings, tmp_path, monkeypatch):
    before = phone.ask("GET", "/proof").json
    own = tmp_path / "filing"
    own.write_bytes(settings.filing_key_file.read_bytes())
    monkeypatch.setenv("FAROLA_FILING_KEY_FILE", str(own))
    seed = own.read_bytes()
    done = [CliRunner().invoke(main, ["proof", "rotate", "--json"]) for _ in range(2)]
    made = [json.loads(one.stdout)["key"] for one in done]
    assert len({before["key"], *made}) == 3
    assert earlier(own) == (before["key"], made[0])
    assert seed not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
    after = sign(own.read_bytes(), before["statement"])
    assert after["key"] == made[1]
    for proof in (before, after):
        assert verified(tmp_path, proof).exit_code == 0
    assert verified(tmp_path, before, made[1]).exit_code == 1
    assert verified(tmp_path, before | {"key": made[1]}).exit_code == 1
    own.with_name("filing.earlier").unlink()
    assert verified(tmp_path, before).exit_code == 1


def test_keys_that_were_used_before_are_told_beside_the_new_one(client, settings):
    told = client.get("/.well-known/farola-proof-key").json
    assert told["earlier"] == []
    listed = settings.filing_key_file.with_name("filing.earlier")
    listed.write_text(f"{'A' * 43}\n{told['key']}\n")
    try:
        answer = client.get("/.well-known/farola-proof-key").json
    finally:
        listed.unlink()
    assert answer == told | {"earlier": ["A" * 43]}


# --- withdrawing -------------------------------------------------------------------------------


def test_withdrawing_shreds_at_once_and_leaves_a_bare_tombstone(phone, works, city, told):
    phone.says("It happened again.")
    held = phone.receipt
    assert phone.ask("DELETE").status_code == 204
    with works["worker"].open(city) as work:
        report = work.session.scalars(select(Report)).one()
        assert report.state is State.WITHDRAWN
        assert (report.cell, report.area, report.occurred_on, report.daypart) == (None,) * 4
        assert (report.categories, report.counted_in) == ([], [])
        for table in (ReportKey, Sealed, Message):
            assert work.session.scalar(select(func.count()).select_from(table)) == 0
    for part in ("", "/report", "/messages", "/proof"):
        assert phone.ask("GET", part).status_code == 404
    assert (phone.says("Hello?").status_code, phone.ask("DELETE").status_code) == (404, 404)
    assert held == phone.receipt


def test_whoever_withdraws_the_messages_and_the_receipts_hash_go(phone, works, city, told):
    """The rows are the database's to forget: no step can leave them out."""
    phone.says("It happened again.")
    with works["worker"].open(city) as work:
        before = work.session.scalar(select(Report.receipt_hash))
        work.session.execute(update(Report).values(state=State.WITHDRAWN))
    with works["worker"].open(city) as work:
        assert work.session.scalar(select(func.count()).select_from(Message)) == 0
        after = work.session.scalar(select(Report.receipt_hash))
    assert before != after
    assert len(after) == len(before)


@pytest.mark.parametrize("header", [None, "", "Receipt", "Receipt x", "Bearer abc", "Receipt " + "A" * 300])
@pytest.mark.parametrize("part", ["", "/report", "/messages", "/proof"])
def test_without_a_receipt_it_is_401(client, city, header, part):
    headers = {} if header is None else {"Authorization": header}
    answer = client.get(f"/v1/cities/{city}/receipt{part}", headers=headers)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_the_stored_answer_and_rows_hold_no_receipt(phone, works, city, told):
    phone.says("Where is it kept?")
    with works["owner"].open(city) as work:
        rows = [
            str(row[0])
            for table in ("reports", "submissions", "sealed", "messages")
            for row in work.session.execute(
                text(f"select t::text from {table} t where city_id = :c"), {"c": city}
            )
        ]
    assert len(rows) > 4
    shown = (base64url(phone.receipt), phone.receipt.hex(), phone.secret.hex(), bytes(phone.private).hex())
    assert not any(one in row for one in shown for row in rows)


def test_a_withdrawn_report_keeps_its_random_id_only(phone, works, city, told):
    phone.ask("DELETE")
    with works["worker"].open(city) as work:
        assert UUID(str(work.session.scalar(select(Report.id)))).version == 4
