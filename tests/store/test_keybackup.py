"""Private keys come back with any two of three shares, and with nothing less."""

from __future__ import annotations

import base64
import json
from itertools import combinations
from uuid import UUID

import pytest
from click.testing import CliRunner
from nacl.secret import Aead
from shamir_mnemonic import generate_mnemonics
from sqlalchemy import select

from backend.cli import main
from backend.errors import SealError
from backend.store import trail
from backend.store.keybackup import Restored, back_up, open_backup, restore
from backend.store.keyring import KeyRing
from backend.store.models import ReportKey
from backend.store.monthkeys import rotate
from backend.store.sealed import Opener

KEYS = {"here/2026-11": bytes(range(32)), "there/2026-12": bytes(32)}


@pytest.fixture
def made():
    return back_up(KEYS)


@pytest.mark.parametrize("two", list(combinations(range(3), 2)))
def test_any_two_shares_open_it(made, two):
    backup, shares = made
    assert restore(backup, [shares[one].replace(" ", "\n") for one in two]) == KEYS


def test_the_backup_holds_no_key(made):
    backup, shares = made
    for key in KEYS.values():
        assert key not in backup
        assert key.hex() not in backup.decode() + "".join(shares)


@pytest.mark.parametrize("given", [[], [0], [0, 0], [0, "word " * 33], [0, 1, 2]])
def test_too_few_or_wrong_shares_give_one_clear_error(made, given):
    backup, shares = made
    with pytest.raises(SealError, match="2 different ones"):
        restore(backup, [shares[one] if isinstance(one, int) else one for one in given])


def test_shares_of_another_backup_open_nothing(made):
    _, shares = back_up(KEYS)
    with pytest.raises(SealError, match="another backup"):
        restore(made[0], shares[:2])


@pytest.mark.parametrize("change", [b"", b"[]", b"{}", b'{"form": "farola keys 2", "sealed": "*"}', b"\xff"])
def test_a_file_that_is_no_backup_is_told_so(made, change):
    with pytest.raises(SealError, match="no backup"):
        restore(change, made[1][:2])


def test_a_changed_backup_does_not_open(made):
    told = json.loads(made[0])
    told["sealed"] = told["sealed"][:-8] + "AAAAAAA="
    with pytest.raises(SealError, match="changed"):
        restore(json.dumps(told).encode(), made[1][:2])


HOLDERS = [f"--holder={name}" for name in ("ana", "bo", "cai")]


@pytest.fixture
def farola(monkeypatch, tmp_path, settings):
    """Runs the command over a folder of keys of this test's own."""
    monkeypatch.setenv("FAROLA_KEYS_DIR", str(tmp_path / "keys"))
    monkeypatch.setenv("DATABASE_URL", settings.owner_url)
    ring = KeyRing(tmp_path / "keys")
    ring.put_back(KEYS)

    def run(*told):
        return CliRunner().invoke(main, ["keys", *map(str, told)])

    return run


def test_lost_keys_come_back_by_the_command(farola, tmp_path):
    out = tmp_path / "out"
    assert farola("backup", out, *HOLDERS).exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "keys.backup", "share-1.txt", "share-2.txt", "share-3.txt",
    ]  # fmt: skip
    assert {path.stat().st_mode & 0o077 for path in out.iterdir()} == {0}
    KeyRing(tmp_path / "keys").destroy("here", "2026-11")
    shares = [f"--share={out / 'share-1.txt'}", f"--share={out / 'share-3.txt'}"]
    told = farola("restore", out / "keys.backup", *shares, "--json")
    assert json.loads(told.stdout) == {"added": ["here/2026-11"], "holders": ["ana", "cai"]}
    assert KeyRing(tmp_path / "keys").every() == KEYS


def test_a_backup_writes_over_nothing_and_one_share_is_refused_in_one_line(farola, tmp_path):
    farola("backup", tmp_path / "out", *HOLDERS)
    again = farola("backup", tmp_path / "out", *HOLDERS)
    assert (again.exit_code, again.stderr.count("\n")) == (1, 1)
    one = farola("restore", tmp_path / "out" / "keys.backup", f"--share={tmp_path / 'out' / 'share-1.txt'}")
    assert (one.exit_code, one.stderr.count("\n")) == (1, 1)


def test_a_key_that_is_here_is_never_replaced(farola, tmp_path):
    ring = KeyRing(tmp_path / "keys")
    with pytest.raises(SealError, match="here/2026-11"):
        ring.put_back({"here/2026-11": bytes(32), "new/2026-11": bytes(32)})
    assert ring.months("new") == []


def refused(told, words: str) -> None:
    """One clear line, and a code other than 0."""
    assert told.exit_code != 0
    assert (told.stdout, told.stderr.count("\n")) == ("", 1), told.stderr
    assert words in told.stderr
    assert "unexpected" not in told.stderr


@pytest.fixture
def stored(farola, tmp_path):
    assert farola("backup", tmp_path / "out", *HOLDERS).exit_code == 0
    return tmp_path / "out"


def test_what_opens_nothing_is_told_in_one_line(farola, stored, tmp_path):
    out = tmp_path / "other"
    assert farola("backup", out, *HOLDERS).exit_code == 0
    backup, first = stored / "keys.backup", f"--share={stored / 'share-1.txt'}"
    noise = tmp_path / "noise"
    noise.write_bytes(b"\xff\x00\xfe" * 50)
    refused(farola("restore", backup, first, first), "2 different ones")
    refused(farola("restore", backup, first, f"--share={out / 'share-2.txt'}"), "2 different ones")
    others = [f"--share={out / f'share-{number}.txt'}" for number in (1, 2)]
    refused(farola("restore", backup, *others), "another backup")
    refused(farola("restore", backup, first, f"--share={noise}"), "2 different ones")
    refused(farola("restore", backup, first, f"--share={tmp_path}"), "directory")
    refused(farola("restore", tmp_path / "gone", first), "does not exist")
    refused(farola("restore", noise, first, f"--share={stored / 'share-2.txt'}"), "no backup")


@pytest.mark.parametrize("holders", [HOLDERS[:2], [*HOLDERS[:2], HOLDERS[0]], [*HOLDERS[:2], "--holder=a b"]])
def test_three_different_people_have_to_be_named(farola, tmp_path, holders):
    words = "pseudonym" if "--holder=a b" in holders else "different people"
    refused(farola("backup", tmp_path / "out", *holders), words)
    assert not (tmp_path / "out").exists()


def test_lost_and_damaged_keys_are_told_in_one_line(farola, tmp_path):
    keys = tmp_path / "keys"
    (keys / "here" / "2026-11.key").write_bytes(b"short")
    for order in (["list"], ["backup", tmp_path / "out", *HOLDERS]):
        refused(farola(*order), "damaged")
    (keys / "here" / "2026-11.key").unlink()
    (keys / "here" / "2026-11.key").mkdir()
    refused(farola("list"), "unreadable")
    keys.rename(tmp_path / "elsewhere")
    for order in (["list"], ["backup", tmp_path / "out", *HOLDERS]):
        refused(farola(*order), "folder of private keys")


@pytest.fixture
def of_city(monkeypatch, farola, settings, city):
    """The same command over the keys of a city that takes reports."""
    monkeypatch.setenv("FAROLA_KEYS_DIR", str(settings.keys_dir))
    monkeypatch.setattr("backend.cli.keys.city_ids", lambda _database: [city])
    return farola


def test_a_key_of_another_city_is_refused(monkeypatch, of_city, settings, city, make_city, tmp_path):
    assert of_city("check").exit_code == 0
    other, out = make_city(), tmp_path / "out"
    own = settings.keys_dir / city / "2026-11.key"
    mine, theirs = own.read_bytes(), (settings.keys_dir / other / "2026-11.key").read_bytes()
    own.unlink()
    refused(of_city("check"), f"Private keys of {city} are missing: 2026-11")
    own.write_bytes(theirs)
    refused(of_city("check"), f"not the key that reports are sealed to: {city}/2026-11")
    refused(of_city("backup", out, *HOLDERS), f"{city}/2026-11")
    wrong, shares = back_up({f"{city}/2026-11": theirs})
    (tmp_path / "wrong").write_bytes(wrong)
    for number, share in enumerate(shares):
        (tmp_path / str(number)).write_text(share)
    own.unlink()
    two = [f"--share={tmp_path / str(number)}" for number in (0, 2)]
    refused(of_city("restore", tmp_path / "wrong", *two), f"{city}/2026-11")
    assert not own.exists()
    own.write_bytes(mine)
    assert of_city("check").exit_code == 0


def test_the_trail_names_those_who_brought_the_shares(of_city, settings, works, city, tmp_path):
    own = KeyRing(tmp_path / "own")
    own.put_back({name: key for name, key in KeyRing(settings.keys_dir).every().items() if city in name})
    names = sorted(own.every())
    backup, shares = back_up(own.every(), ("ana", "bo", "cai"))
    (tmp_path / "backup").write_bytes(backup)
    for number, share in enumerate(shares):
        (tmp_path / str(number)).write_text(share)
    told = of_city("restore", tmp_path / "backup", f"--share={tmp_path / '2'}", f"--share={tmp_path / '1'}")
    assert told.exit_code == 0, told.stderr
    with works["owner"].open(city) as work:
        entry = trail.newest(work.session, city, None, 1)[0].entry
    months = [name.partition("/")[2] for name in names]
    assert entry == {"what": "keys_restored", "holders": ["bo", "cai"], "months": months}


def test_a_key_rotated_within_its_month_seals_what_comes_after(of_city, works, city, hand_in, keyring):
    before = UUID(hand_in()["id"])
    with works["owner"].open(city) as work:
        assert rotate(work, keyring) == "2026-11.02"
        assert rotate(work, keyring) == "2026-11.03"
    works["residents"].database.kept.clear()  # a minute is over
    after = UUID(hand_in()["id"])
    with works["owner"].open(city) as work:
        for report, month in ((before, "2026-11"), (after, "2026-11.03")):
            rows = work.session.scalars(select(ReportKey).where(ReportKey.report_id == report)).all()
            assert {row.month for row in rows} == {month}
            assert Opener(work.session, keyring, city, report).read("words")
    assert keyring.months(city) == ["2026-11", "2026-11.02", "2026-11.03", "2026-12"]
    assert of_city("check").exit_code == 0
    refused(of_city("rotate", "--city", "nowhere"), "no such city")


def test_a_backup_of_the_release_before_opens():
    secret = bytes(range(32))
    told = {name: base64.b64encode(key).decode() for name, key in KEYS.items()}
    sealed = Aead(secret).encrypt(json.dumps(told).encode(), b"farola keys 1")
    backup = json.dumps({"form": "farola keys 1", "sealed": base64.b64encode(bytes(sealed)).decode()})
    [shares] = generate_mnemonics(1, [(2, 3)], secret)
    assert open_backup(backup.encode(), shares[1:]) == Restored(KEYS, ["2", "3"])
