"""`farola account`: who is added, who is trained to read what children tell."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from backend.cli import main
from backend.store.models import Account
from tests.support import environment


@pytest.fixture
def farola(settings, monkeypatch):
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)

    def run(*arguments):
        done = CliRunner().invoke(main, ["account", *arguments])
        return done.exit_code, done.stdout, done.stderr

    return run


def trained(works, city, name):
    with works["owner"].open(city) as work:
        return work.session.scalar(
            select(Account.trained).where(Account.city_id == city, Account.name == name)
        )


def test_nobody_is_trained_until_somebody_says_so(farola, works, city):
    add = ("add", "--city", city, "--role", "moderator", "--json")
    assert json.loads(farola(*add, "mara")[1])["role"] == "moderator"
    assert farola(*add, "--trained", "nil")[0] == 0
    assert (trained(works, city, "mara"), trained(works, city, "nil")) == (False, True)


def test_training_is_noted_and_taken_back(farola, works, city):
    farola("add", "--city", city, "--role", "lead", "mara")
    code, out, _ = farola("train", "--city", city, "mara", "--json")
    assert (code, json.loads(out)) == (0, {"city": city, "name": "mara", "trained": True})
    assert trained(works, city, "mara")
    assert farola("train", "--city", city, "--no-longer", "mara")[0] == 0
    assert not trained(works, city, "mara")


@pytest.mark.parametrize(
    "wrong",
    [
        ("train", "nobody"),
        ("add", "--role", "importer", "--trained", "stories"),
    ],
)
def test_what_cannot_be_trained_is_told_in_one_line(farola, city, wrong):
    code, out, err = farola(wrong[0], "--city", city, *wrong[1:])
    assert (code, out) == (1, "")
    assert err.startswith("farola: ")
    assert err.count("\n") == 1
