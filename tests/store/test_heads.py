"""Signed heads outside the database: whatever is flipped, swapped, put in or cut before the last one is named."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import settings as told
from hypothesis import strategies as st
from sqlalchemy import text

from backend.cli import main
from backend.errors import InvalidInput
from backend.store import heads, trail
from backend.store.models import Trail
from backend.store.secrets import secret_of
from backend.store.trail import START, Head, digest_of
from tests.support import environment
from workers.heads import Heads, sign_heads

SEED, OTHER = b"s" * 32, b"o" * 32
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


# --- the chain alone, whatever is done to it ---------------------------------------------------


@dataclass
class Row:
    """An entry as the walk reads it; the digest is computed by the same function as in the database."""

    city_id: str
    sequence: int
    at: datetime
    entry: dict
    previous: bytes
    digest: bytes = b""


def made(number: int, previous: bytes, entry=None) -> Row:
    entry = entry or {"what": "claimed", "report": str(UUID(int=number))}
    row = Row("lantern", number, NOW + timedelta(seconds=number), entry, previous)
    row.digest = digest_of(row)
    return row


def chain(length: int) -> list[Row]:
    rows: list[Row] = []
    for number in range(1, length + 1):
        rows.append(made(number, rows[-1].digest if rows else START))
    return rows


def first_bad(rows, noted=()):
    return trail._first_bad(iter(rows), {head.sequence: head for head in noted})


def head_of(row: Row) -> Head:
    return Head(row.sequence, row.digest)


@st.composite
def damages(draw):
    """A chain, the sequences of its signed heads, and one damage to it with the first row it makes bad."""
    length = draw(st.integers(2, 12))
    rows = chain(length)
    noted = [head_of(rows[at]) for at in sorted(draw(st.sets(st.integers(0, length - 1))) | {length - 1})]
    at = draw(st.integers(0, length - 1))
    how = draw(st.sampled_from(["flip", "entry", "swap", "insert", "delete", "cut", "repeat"]))
    if how == "flip":
        name = draw(st.sampled_from(["previous", "digest"]))
        byte, bit = draw(st.integers(0, 31)), draw(st.integers(0, 7))
        value = bytearray(getattr(rows[at], name))
        value[byte] ^= 1 << bit
        rows[at] = replace(rows[at], **{name: bytes(value)})
    elif how == "entry":
        rows[at] = replace(rows[at], entry=rows[at].entry | {"what": "undone"})
    elif how == "swap":
        at = draw(st.integers(0, length - 2))
        rows[at], rows[at + 1] = (
            replace(rows[at + 1], sequence=at + 1), replace(rows[at], sequence=at + 2)
        )  # fmt: skip
    elif how == "insert":
        rows.insert(at, made(at + 1, rows[at].previous, {"what": "forged"}))
        rows[at + 1 :] = [replace(row, sequence=row.sequence + 1) for row in rows[at + 1 :]]
        # A row that fits to the one before it gives itself away by the row after it, or by a head.
        before = max((head.sequence for head in noted if head.sequence <= at), default=0)
        return rows, noted, {before + 1, at + 2}
    elif how == "delete":
        del rows[at]
        return rows, noted, {at + 1}
    elif how == "cut":
        del rows[at:]
        return rows, noted, {at + 1}
    else:
        rows.insert(at + 1, rows[at])
        return rows, noted, {at + 2}
    return rows, noted, {at + 1}


@told(max_examples=400, deadline=None)
@given(damages())
def test_any_single_damage_before_the_last_head_is_named_at_its_row(damage):
    rows, noted, expected = damage
    assert first_bad(rows, noted) in expected


@told(max_examples=200, deadline=None)
@given(st.integers(1, 12), st.sets(st.integers(1, 12)))
def test_an_untouched_chain_is_whole_whatever_heads_were_signed(length, signed):
    rows = chain(length)
    noted = [head_of(rows[number - 1]) for number in signed if number <= length]
    assert first_bad(rows, noted) is None


@told(max_examples=300, deadline=None)
@given(st.integers(2, 12), st.data())
def test_a_chain_written_anew_from_some_row_on_is_caught_by_the_next_head(length, data):
    """Whoever may write to the table can compute digests as well; the signed heads they cannot."""
    rows = chain(length)
    signed = sorted(data.draw(st.sets(st.integers(1, length))) | {length})
    noted = [head_of(rows[number - 1]) for number in signed]
    start = data.draw(st.integers(1, length))
    forged = rows[: start - 1]
    for number in range(start, length + 1):
        entry = {"what": "forged"} if number == start else rows[number - 1].entry
        forged.append(made(number, forged[-1].digest if forged else START, entry))
    before = max((number for number in signed if number < start), default=0)
    found = first_bad(forged, noted)
    assert found == before + 1
    assert any(low < start <= high for low, high in pairwise([0, *signed]) if low == before)


# --- signatures and files ----------------------------------------------------------------------


def test_a_head_is_written_once_and_read_back(tmp_path):
    head = Head(7, b"d" * 32)
    assert heads.keep(tmp_path, SEED, "lantern", head, NOW)
    assert not heads.keep(tmp_path, SEED, "lantern", Head(7, b"e" * 32), NOW)
    found = heads.kept(tmp_path, heads.public_key(SEED), "lantern")
    assert (found.heads, found.forged) == ((head,), ())
    assert not heads.keep(tmp_path, SEED, "lantern", Head(0, START), NOW), "there is nothing to sign"


@pytest.mark.parametrize("how", ["key", "digest", "sequence", "city", "name", "bytes", "empty"])
def test_a_head_that_was_changed_or_moved_is_forged(tmp_path, how):
    heads.keep(tmp_path, OTHER if how == "key" else SEED, "lantern", Head(7, b"d" * 32), NOW)
    [path] = (tmp_path / "lantern").glob("*.json")
    written = json.loads(path.read_text())
    changed = {"digest": "00" * 32, "sequence": 8, "city": "other"}
    if how in changed:
        written["statement"][how] = changed[how]
        path.write_text(json.dumps(written))
    if how == "name":
        path.rename(path.with_name("000000000008.json"))
    if how in {"bytes", "empty"}:
        path.write_bytes(b"" if how == "empty" else b"\xff\xfe")
    found = heads.kept(tmp_path, heads.public_key(SEED), "lantern")
    assert (found.heads, len(found.forged)) == ((), 1)


def test_a_head_of_one_city_is_none_of_another(tmp_path):
    heads.keep(tmp_path, SEED, "lantern", Head(7, b"d" * 32), NOW)
    shutil.copytree(tmp_path / "lantern", tmp_path / "other")
    assert heads.kept(tmp_path, heads.public_key(SEED), "other").forged == ("000000000007.json",)


@pytest.mark.parametrize("key", ["", "AAAA", "not base64!"])
def test_a_key_that_is_none_is_refused(tmp_path, key):
    with pytest.raises(InvalidInput):
        heads.kept(tmp_path, key, "lantern")


# --- the database, the clock and the command ---------------------------------------------------


@pytest.fixture
def chained(works, city, clock):
    """Six entries; returns what adds more."""

    def add(number=1):
        for _ in range(number):
            with works["staff"].open(city) as work:
                trail.append(work, {"what": "claimed", "account": uuid4()})
            clock.move(seconds=1)

    add(6)
    return add


@pytest.fixture
def folder(runtime, tmp_path):
    runtime.settings = replace(runtime.settings, trail_heads=tmp_path / "heads")
    return tmp_path / "heads"


def names(folder, city):
    return sorted(path.stem for path in (folder / city).glob("*"))


def test_heads_are_signed_at_once_and_then_every_hour_when_there_is_something_new(
    runtime, chained, folder, city, clock
):
    clerk = Heads(runtime)
    clerk.round()
    assert names(folder, city) == ["000000000006"]
    chained()
    clock.move(minutes=58)
    clerk.round()
    assert names(folder, city) == ["000000000006"]
    clock.move(minutes=2)
    clerk.round()
    assert names(folder, city) == ["000000000006", "000000000007"]
    clock.move(hours=2)
    clerk.round()
    assert len(names(folder, city)) == 2


def rewrite(works, city, start):
    """What somebody with the owner's login can do: change an entry and compute all digests after it."""
    with works["owner"].open(city) as work:
        of_city = work.session.query(Trail).filter(Trail.city_id == city, Trail.sequence >= start)
        rows = of_city.order_by(Trail.sequence).all()
        rows[0].entry = rows[0].entry | {"what": "released"}
        previous = rows[0].previous
        for row in rows:
            row.previous = previous
            previous = row.digest = digest_of(row)


def verified(settings, folder, city):
    args = ["trail", "verify", "--city", city, "--heads", str(folder), "--json"]
    key = heads.public_key(secret_of(settings.trail_key_file))
    done = CliRunner().invoke(main, [*args, "--key", key], env=environment(settings))
    return done.exit_code, json.loads(done.stdout)["cities"][city]


def test_the_command_names_the_first_bad_row_against_the_signed_heads(
    runtime, chained, folder, city, works, settings
):
    sign_heads(runtime)
    chained(4)
    sign_heads(runtime)
    code, found = verified(settings, folder, city)
    assert (code, found["signed_heads"], found["last_signed"], found["first_bad"]) == (0, 2, 10, None)
    rewrite(works, city, 8)
    assert verified(settings, folder, city)[1]["first_bad"] == 7
    with works["owner"].open(city) as work:
        work.session.execute(text("delete from trail where city_id = :city and sequence > 9"), {"city": city})
    code, found = verified(settings, folder, city)
    assert (code, found["first_bad"]) == (3, 10)


def test_the_command_says_which_head_was_forged(runtime, chained, folder, city, settings):
    sign_heads(runtime)
    [path] = (folder / city).glob("*.json")
    path.write_text(path.read_text().replace('"city"', '"town"'))
    code, found = verified(settings, folder, city)
    assert (code, found["forged_heads"], found["first_bad"]) == (3, [path.name], None)


@pytest.mark.parametrize("login", ["residents", "staff", "worker"])
@pytest.mark.parametrize(
    "statement", ["update trail set entry = '{}'", "delete from trail", "truncate trail", "drop table trail"]
)
def test_no_door_and_no_worker_can_change_or_remove_an_entry(chained, works, city, login, statement):
    with pytest.raises(Exception, match=r"permission denied|must be owner"), works[login].open(city) as work:
        work.session.execute(text(statement))
