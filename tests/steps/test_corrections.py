"""What moderators decide is kept to learn from: redacted, under its own key, gone when it is taken back."""

from __future__ import annotations

import os

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from backend.cli.keys import command as keys
from backend.domain.retention import kept
from backend.errors import SealError
from backend.steps import receipt
from backend.store.corrections import corrections, renew_key
from backend.store.keyring import KeyRing
from backend.store.models import Training, TrainingKey
from workers.forgetting.run import forget


@pytest.fixture
def training(tmp_path) -> KeyRing:
    return KeyRing(tmp_path / "training")


@pytest.fixture
def keyed(works, city, training) -> str:
    """A city with a training key."""
    with works["owner"].open(city) as work:
        return renew_key(work, training)[0]


def rows(works, city) -> list[Training]:
    with works["owner"].open(city) as work:
        return list(work.session.scalars(select(Training).where(Training.city_id == city)))


def opened(works, city, training):
    with works["owner"].open(city) as work:
        return list(corrections(work, training))


def test_an_approval_is_kept_redacted_with_its_labels(desk, mara, works, city, training, keyed):
    report_id = desk.report()
    desk.approve(mara, report_id, categories=["following", "badly_lit"])
    [found] = opened(works, city, training)
    assert (found.report_id, found.labels) == (report_id, {"following", "badly_lit"})
    assert found.text.startswith("[person] followed me")
    assert "A man" not in found.text


def test_nothing_in_it_tells_who_decided(desk, mara, works, city, training, keyed):
    desk.approve(mara, desk.report())
    [row], [found] = rows(works, city), opened(works, city, training)
    told = repr(vars(row)) + repr(found)
    assert str(mara.account_id) not in told
    assert mara.pseudonym not in told
    assert {column.name for column in Training.__table__.columns} == {
        "city_id", "report_id", "month", "wrapped", "ciphertext",
    }  # fmt: skip


def test_without_a_training_key_nothing_is_kept(desk, mara, works, city):
    desk.approve(mara, desk.report())
    assert rows(works, city) == []


def test_what_is_about_a_child_is_not_kept(desk, mara, works, city, keyed):
    desk.approve(mara, desk.report(minor=True))
    assert rows(works, city) == []
    desk.approve(mara, desk.report())
    assert len(rows(works, city)) == 1


def test_what_is_refused_is_not_kept(desk, mara, works, city, keyed):
    report_id = desk.report()
    desk.decide(mara, desk.claim(mara, report_id), "reject", "spam")
    assert rows(works, city) == []


def test_the_citys_own_keys_do_not_open_it_and_staff_cannot_read_it(desk, mara, works, city, keyring, keyed):
    desk.approve(mara, desk.report())
    with pytest.raises(SealError):
        opened(works, city, keyring)
    for login in ("staff", "worker", "residents"):
        with works[login].open(city) as work, pytest.raises(ProgrammingError, match="permission denied"):
            work.session.execute(text("select ciphertext from farola.training"))


def test_taken_back_by_staff_it_is_gone(desk, mara, works, city, keyed):
    report_id = desk.report()
    desk.approve(mara, report_id)
    assert [row.report_id for row in rows(works, city)] == [report_id]
    desk.undo(mara, report_id)
    assert rows(works, city) == []
    desk.approve(mara, report_id)
    assert len(rows(works, city)) == 1


def test_withdrawn_by_the_resident_it_is_gone_and_no_other(desk, mara, works, city, pepper, keyed):
    secret = os.urandom(32)
    mine, other = desk.report({"receipt": secret}), desk.report()
    for report_id in (mine, other):
        desk.approve(mara, report_id)
    assert len(rows(works, city)) == 2
    with works["residents"].open(city) as work:
        receipt.withdraw(work, pepper, secret)
    assert [row.report_id for row in rows(works, city)] == [other]


def test_it_is_erased_by_the_schedule(desk, mara, works, city, clock, runtime, monkeypatch, keyed):
    monkeypatch.setattr("workers.forgetting.run.city_ids", lambda _database: [city])
    desk.approve(mara, desk.report())
    clock.move(days=kept("training", "closing").days - 1)
    assert not [one for one in forget(runtime) if one.item == "training" and one.count]
    clock.move(days=1)
    assert [one.count for one in forget(runtime) if one.item == "training"] == [1]
    assert rows(works, city) == []


def test_it_can_be_withdrawn_as_long_as_it_is_kept():
    for after in ("closing", "receipt"):
        assert kept("training", after) <= kept("receipt", after)


def test_a_private_key_that_opens_nothing_any_more_is_destroyed(
    desk, mara, works, city, clock, training, keyed
):
    desk.approve(mara, desk.report())
    clock.move(days=32)
    own = select(TrainingKey.month).where(TrainingKey.city_id == city)
    with works["owner"].open(city) as work:
        month, late = renew_key(work, training)
        assert (training.months(city), late) == ([keyed, month], [])
        work.session.delete(work.session.scalars(select(Training).where(Training.city_id == city)).one())
        assert renew_key(work, training) == (month, [keyed])
        assert list(work.session.scalars(own)) == [month]
    assert training.months(city) == [month]


def test_the_command_makes_a_pair_beside_the_citys_own(works, city, settings, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", settings.owner_url)
    monkeypatch.setenv("FAROLA_TRAINING_KEYS_DIR", str(tmp_path / "keys"))
    done = CliRunner().invoke(keys, ["training", "--city", city, "--json"])
    assert done.exit_code == 0, done.output
    assert len(KeyRing(tmp_path / "keys").months(city)) == 1
