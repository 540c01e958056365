"""The trail: chained, never forked, and any change to it is found."""

from __future__ import annotations

import json
from threading import Thread
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from backend.cli import main
from backend.store import trail
from backend.store.models import Trail
from tests.support import environment

ENTRIES = 6


@pytest.fixture
def chain(works, city, clock):
    """A chain of six entries; returns what runs SQL on it as the owner, and what verifies it."""
    for number in range(ENTRIES):
        with works["staff"].open(city) as work:
            trail.append(work, {"what": "claimed", "account": uuid4(), "number": number})
        clock.move(seconds=1)

    def damage(statement: str, **told: object) -> None:
        with works["owner"].open(city) as work:
            work.session.execute(text(statement), {"city": city, **told})

    return damage


@pytest.fixture
def verified(works, city):
    def go(*noted):
        with works["staff"].open(city) as work:
            return trail.verify(work.session, city, *noted)

    return go


def test_an_untouched_chain_is_whole(chain, verified, works, city):
    assert verified() is None
    with works["staff"].open(city) as work:
        rows = work.session.scalars(select(Trail).order_by(Trail.sequence)).all()
    assert [row.sequence for row in rows] == list(range(1, ENTRIES + 1))
    assert rows[0].previous == trail.START
    assert [row.previous for row in rows[1:]] == [row.digest for row in rows[:-1]]


def test_an_empty_chain_is_whole(city, verified):
    assert verified() is None


OF_CITY = "city_id = :city and sequence"


@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        (f'update trail set entry = entry || \'{{"what": "undone"}}\' where {OF_CITY} = 3', 3),
        (f"update trail set entry = entry - 'account' where {OF_CITY} = 1", 1),
        (f"update trail set at = at + interval '1 microsecond' where {OF_CITY} = 4", 4),
        (f"update trail set digest = sha256('x') where {OF_CITY} = 6", 6),
        (f"update trail set previous = sha256('x') where {OF_CITY} = 2", 2),
        (f"delete from trail where {OF_CITY} = 1", 1),
        (f"delete from trail where {OF_CITY} = 4", 4),
        (f"update trail set sequence = 99 where {OF_CITY} = 5", 5),
    ],
)
def test_a_change_is_found_at_its_place(chain, verified, statement, first_bad):
    chain(statement)
    assert verified() == first_bad


def test_a_swap_is_found(chain, verified):
    for was, to in ((2, 102), (3, 2), (102, 3)):
        chain(f"update trail set sequence = :to where {OF_CITY} = :was", was=was, to=to)
    assert verified() == 2


def test_a_forger_who_recomputes_one_digest_breaks_the_next(chain, verified, works, city):
    with works["owner"].open(city) as work:
        row = work.session.get_one(Trail, (city, 3))
        row.entry = {"what": "claimed", "account": str(uuid4())}
        row.digest = trail.digest_of(row)
    assert verified() == 4


def test_a_cut_off_end_shows_against_a_noted_head(chain, verified, works, city):
    with works["staff"].open(city) as work:
        noted = trail.head(work.session, city)
    assert verified(noted) is None
    chain(f"delete from trail where {OF_CITY} > 4")
    assert verified() is None
    assert verified(noted) == 5


def test_an_entry_of_another_city_does_not_fit(chain, verified, works, city, make_city):
    other = make_city()
    with works["owner"].open(city) as work:
        row = work.session.get_one(Trail, (city, 1))
    told = {"at": row.at, "entry": row.entry, "previous": row.previous, "digest": row.digest}
    with works["owner"].open(other) as work:
        work.session.add(Trail(city_id=other, sequence=1, **told))
    with works["staff"].open(other) as work:
        assert trail.verify(work.session, other) == 1


def test_many_writers_make_one_chain(works, city, verified):
    def write():
        for _ in range(5):
            with works["staff"].open(city) as work:
                trail.append(work, {"what": "claimed"})

    threads = [Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verified() is None
    with works["staff"].open(city) as work:
        assert trail.head(work.session, city).sequence == 20


@pytest.mark.parametrize("words", ["She said her name", "née", "", "a" * 65, 1.5, {"a": "b"}])
def test_nothing_that_could_be_words_enters(works, city, words):
    with works["staff"].open(city) as work, pytest.raises(ValueError, match="ids and codes"):
        trail.append(work, {"what": words})


@pytest.mark.parametrize(
    "statement", ["update trail set entry = '{}'", "delete from trail", "truncate trail"]
)
def test_staff_can_neither_change_nor_remove_entries(chain, works, city, statement):
    with pytest.raises(Exception, match="permission denied"), works["staff"].open(city) as work:
        work.session.execute(text(statement))


def test_the_command_says_where_a_chain_breaks(chain, settings, city):
    runner, env = CliRunner(), environment(settings)
    whole = runner.invoke(main, ["trail", "verify", "--city", city, "--json"], env=env)
    told = json.loads(whole.stdout)
    assert (whole.exit_code, told["whole"]) == (0, True)
    assert told["cities"][city]["entries"] == ENTRIES
    head = told["cities"][city]["head"]
    chain(f"delete from trail where {OF_CITY} = 6")
    again = runner.invoke(main, ["trail", "verify", "--city", city, "--head", head, "--json"], env=env)
    assert again.exit_code == 3
    assert json.loads(again.stdout)["cities"][city]["first_bad"] == 6
    assert runner.invoke(main, ["trail", "verify", "--head", head], env=env).exit_code == 1
    assert runner.invoke(main, ["trail", "verify", "--city", city, "--head", "x:y"], env=env).exit_code == 1
