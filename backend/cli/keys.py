"""`farola keys`: the month keys that reports are sealed to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend.cli.context import owner_works
from backend.cli.output import answer, json_option
from backend.config import load_settings
from backend.domain.retention import kept
from backend.errors import Conflict, InvalidInput, NotFound
from backend.store import trail
from backend.store.corrections import renew_key
from backend.store.keybackup import back_up, open_backup
from backend.store.keyring import KeyRing
from backend.store.monthkeys import check_here, check_keys, ensure_month_keys, rotate
from backend.store.queries import city_ids, find_city, month_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backend.config import Settings
    from backend.store.work import Work

_LONGEST = 1 << 24


@click.group("keys")
def command() -> None:
    """The key pairs of the months."""


@command.command("ensure")
@json_option
def ensure(*, as_json: bool) -> None:
    """Make this month's and next month's pair of every city where missing."""
    settings = load_settings()
    keyring = KeyRing(settings.keys_dir)
    added = {}
    with owner_works(settings) as works:
        for city_id in city_ids(works.database):
            with works.open(city_id) as work:
                added[city_id] = ensure_month_keys(work, keyring)
    count = sum(map(len, added.values()))
    answer({"added": added}, f"{count} key pairs were made.", as_json=as_json)


@command.command("rotate")
@click.option("--city", "city_id", help="Only this city; else all.")
@json_option
def rotate_now(city_id: str | None, *, as_json: bool) -> None:
    """Make one more pair for this month, for when a private key may have been seen.

    Reports are sealed to it within a minute. What was sealed before is opened with the key before it.
    """
    settings = load_settings()
    keyring = KeyRing(settings.keys_dir)
    made = {}
    with owner_works(settings) as works:
        for one in [city_id] if city_id else city_ids(works.database):
            with works.open(one) as work:
                find_city(work.session, one)
                made[one] = rotate(work, keyring)
                trail.append(work, {"what": "key_rotated", "month": made[one]})
    answer({"made": made}, f"{len(made)} cities seal to a new key.", as_json=as_json)


@command.command("training")
@click.option("--city", "city_id", required=True, help="The city's id.")
@json_option
def training(city_id: str, *, as_json: bool) -> None:
    """Make this month's training pair of a city, where models are trained, and destroy what opens nothing.

    From the first pair on, what moderators approve is kept to learn from, sealed to it. Only who trains
    holds the private half: no door and no worker needs it.
    """
    settings = load_settings()
    with owner_works(settings) as works, works.open(city_id) as work:
        find_city(work.session, city_id)
        month, destroyed = renew_key(work, KeyRing(settings.training_keys_dir))
        trail.append(work, {"what": "training_key", "month": month, "destroyed": destroyed})
    words = f"What is approved is sealed to the training key of {month}; {len(destroyed)} were destroyed."
    answer({"month": month, "destroyed": destroyed}, words, as_json=as_json)


@command.command("list")
@json_option
def show(*, as_json: bool) -> None:
    """Name the months whose private keys are here."""
    names = list(KeyRing(load_settings().keys_dir).every())
    answer({"keys": names}, "\n".join(names) or "No private key is here.", as_json=as_json)


@command.command("check")
@json_option
def check(*, as_json: bool) -> None:
    """See that every private key that may still be needed is here, and is the right one."""
    settings = load_settings()
    keyring = KeyRing(settings.keys_dir)
    with owner_works(settings) as works:
        cities = list(city_ids(works.database))
        oldest = month_of(works.clock.now() - kept("private_keys", "month_end"))
        for city_id in cities:
            with works.open(city_id) as work:
                check_here(work, keyring, oldest)
    answer({"checked": cities}, f"The private keys of {len(cities)} cities are here.", as_json=as_json)


@command.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--holder", "holders", multiple=True, required=True, help="Who gets a share, as a pseudonym; name three."
)
@json_option
def backup(folder: Path, holders: tuple[str, ...], *, as_json: bool) -> None:
    """Write all private keys, sealed, into FOLDER, and three shares of which any two open them.

    Give each share to its holder and keep none beside the backup. Destroy a backup when
    the keys in it are destroyed: what it holds can still open what was kept too long.
    """
    settings = load_settings()
    keys = KeyRing(settings.keys_dir).every()
    if not keys:
        raise NotFound("No private key is here to back up.")
    sealed, shares = back_up(keys, holders)
    files = {"keys.backup": sealed} | {
        f"share-{number}.txt": f"{share}\n".encode() for number, share in enumerate(shares, start=1)
    }
    _note(settings, "keys_backed_up", keys, holders)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content in files.items():
        _write(folder / name, content)
    told = {"keys": list(keys), "files": [str(folder / name) for name in files], "holders": list(holders)}
    each = ", ".join(f"share-{number}.txt to {who}" for number, who in enumerate(holders, start=1))
    answer(told, f"{len(keys)} keys are in {folder}; give {each}.", as_json=as_json)


@command.command("restore")
@click.argument("backup", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--share",
    "shares",
    multiple=True,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with a share; the shares of two people.",
)
@json_option
def put_back(backup: Path, shares: tuple[Path, ...], *, as_json: bool) -> None:
    """Put back the private keys of BACKUP that are missing here; the trail says whose shares opened it."""
    settings = load_settings()
    told = open_backup(_read(backup), [_read(share).decode("utf-8", "replace") for share in shares])
    _note(settings, "keys_restored", told.keys, told.holders)
    added = KeyRing(settings.keys_dir).put_back(told.keys)
    words = f"{len(added)} of {len(told.keys)} keys were missing and are back."
    answer({"added": added, "holders": told.holders}, words, as_json=as_json)


def _note(settings: Settings, what: str, keys: Mapping[str, bytes], holders: Sequence[str]) -> None:
    """Note in each city's trail whose keys are about to be copied, and for whom: without that none is.

    Raises:
        SealError: a key is not the one that the city's reports are sealed to.
        InvalidInput: a holder is not named by a code.
    """
    cities = sorted({name.partition("/")[0] for name in keys})
    with owner_works(settings) as works:
        for city_id in cities:
            with works.open(city_id) as work:
                check_keys(work, keys)
        for city_id in cities:
            months = [name.partition("/")[2] for name in keys if name.startswith(f"{city_id}/")]
            with works.open(city_id) as work:
                _append(work, {"what": what, "holders": list(holders), "months": months})


def _append(work: Work, entry: Mapping[str, object]) -> None:
    try:
        trail.append(work, entry)
    except ValueError as words:
        raise InvalidInput("A holder is a pseudonym: letters, digits, dots and dashes.") from words


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST)
    except OSError as failed:
        raise NotFound(f"{path} cannot be read.") from failed


def _write(path: Path, content: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as there:
        raise Conflict(f"{path} is there already; take another folder.") from there
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
