"""The container files say what the code understands, and give each process no more than it may have."""

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import click
import pytest
import yaml

from backend.cli import COMMANDS, main
from backend.config import load_settings

ROOT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = {name: told for name, told in COMPOSE["services"].items() if told["image"] == "farola"}
LONG_RUNNING = {"residents", "staff", "anonymise", "classify", "clock"}


class Listener(dict):
    """An environment that notes what is read from it."""

    def __init__(self):
        super().__init__()
        self.read = set()

    def get(self, key, default=None):
        self.read.add(key)
        return super().get(key, default)


@pytest.fixture(scope="module")
def variables() -> set[str]:
    environment = Listener()
    load_settings(environment)
    return environment.read


def understood(words: list[str]) -> click.Context:
    """Parse a command line as the command itself would, without running it."""
    assert words[0] == "farola"
    top = click.Context(main)
    name, command, rest = main.resolve_command(top, words[1:])
    return command.make_context(name, rest, parent=top)


def volumes(service: str) -> set[str]:
    return {volume.split(":")[0] for volume in OURS[service].get("volumes", [])}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_loads_under_its_name(name):
    assert isinstance(main.get_command(click.Context(main), name), click.Command)


@pytest.mark.parametrize("name", sorted(set(OURS) - {"operator"}))
def test_every_command_line_is_one_farola_understands(name):
    with understood(OURS[name]["command"]):
        pass


def test_a_command_line_with_an_unknown_option_would_be_noticed():
    with pytest.raises(click.UsageError):
        understood(["farola", "clock", "--backwards"])


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_variable_is_one_the_settings_read(name, variables):
    assert set(OURS[name]["environment"]) <= variables
    assert "FAROLA_KEYS_DIR" in variables


def test_all_processes_are_there_and_each_worker_has_one_queue():
    assert {*LONG_RUNNING, "migrate"} <= set(OURS)
    assert {"db", "redis"} <= set(COMPOSE["services"])
    queues = [told["command"][-1] for told in OURS.values() if "work" in told["command"]]
    assert sorted(queues) == ["anonymise", "classify"]


def test_residents_have_neither_keys_nor_another_login():
    told = OURS["residents"]
    assert "keys" not in volumes("residents")
    assert "FAROLA_KEYS_DIR" not in told["environment"]
    assert {name for name in told["environment"] if name.endswith("DATABASE_URL")} == {
        "RESIDENTS_DATABASE_URL"
    }
    assert not re.search(r"(OWNER|STAFF|WORKER)_PASSWORD", yaml.safe_dump(told))


@pytest.mark.parametrize("name", ["staff", "anonymise", "classify", "clock"])
def test_who_opens_reports_has_the_keys_and_only_its_own_login(name):
    assert "keys" in volumes(name)
    login = "STAFF" if name == "staff" else "WORKER"
    told = {name for name in OURS[name]["environment"] if name.endswith("DATABASE_URL")}
    assert told == {f"{login}_DATABASE_URL"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_no_process_of_ours_may_do_more_than_it_must(name):
    told = OURS[name]
    assert told["read_only"] is True
    assert told["cap_drop"] == ["ALL"]
    assert told["security_opt"] == ["no-new-privileges:true"]
    assert not told.get("privileged")


def test_nothing_listens_beyond_the_machine_and_the_stores_not_even_there():
    ports = [port for told in COMPOSE["services"].values() for port in told.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    for store in ("db", "redis"):
        assert COMPOSE["services"][store]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_names_used_are_names_declared():
    used = {
        volume.split(":")[0] for told in COMPOSE["services"].values() for volume in told.get("volumes", [])
    }
    assert used == set(COMPOSE["volumes"])
    needed = {name for told in COMPOSE["services"].values() for name in told.get("depends_on", {})}
    assert needed <= set(COMPOSE["services"])


def instructions() -> Iterator[list[str]]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    yield from (line.split() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def test_the_image_copies_what_exists_and_what_the_context_holds():
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [
        source
        for word, *rest in instructions()
        if word == "COPY" and not rest[0].startswith("--from")
        for source in rest[:-1]
    ]
    assert copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert any(fnmatch(source.split("/")[0], pattern) for pattern in kept), source


def test_the_image_runs_as_nobody_special():
    users = [rest[0] for word, *rest in instructions() if word == "USER"]
    assert users[-1] not in {"root", "0"}
