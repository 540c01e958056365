"""`farola trail`: whether the log of what staff did is whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backend.cli.context import owner_works
from backend.cli.output import answer, json_option
from backend.config import load_settings
from backend.errors import InvalidInput
from backend.store import heads, trail
from backend.store.queries import city_ids
from backend.store.secrets import secret_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.config import Settings
    from backend.store.work import Works

_BROKEN = 3


@click.group("trail")
def command() -> None:
    """The log of claims, decisions, views and log-ins, chained by hashes, its heads signed every hour."""


@command.command("verify")
@click.option("--city", help="One city's id; by default every city.")
@click.option("--head", "noted", metavar="SEQUENCE:DIGEST", help="A head noted earlier; needs --city.")
@click.option(
    "--heads", "folder", type=click.Path(path_type=Path), help="Signed heads; by default this installation's."
)
@click.option(
    "--key", metavar="BASE64URL", help="The key they are signed with; by default this installation's."
)
@json_option
def verify(
    city: str | None, noted: str | None, folder: Path | None, key: str | None, *, as_json: bool
) -> None:
    """Walk the chains and compare the signed heads; exit with 3 when something was changed, cut or moved."""
    if noted and not city:
        raise InvalidInput("A noted head belongs to one city: add --city.")
    settings = load_settings()
    extra = (_head(noted),) if noted else ()
    with owner_works(settings) as works:
        cities = [city] if city else list(city_ids(works.database))
        told = {one: _verified(works, one, extra, _signed(settings, folder, key, one)) for one in cities}
    broken = {one for one, found in told.items() if found["first_bad"] is not None or found["forged_heads"]}
    words = [_in_words(one, found) for one, found in told.items()]
    answer({"whole": not broken, "cities": told}, "\n".join(words), as_json=as_json)
    if broken:
        raise click.exceptions.Exit(_BROKEN)


@command.command("key")
@json_option
def show_key(*, as_json: bool) -> None:
    """Print the public key that heads are checked with; note it where the heads are copied to."""
    found = heads.public_key(secret_of(load_settings().trail_key_file))
    answer({"algorithm": "Ed25519", "key": found}, found, as_json=as_json)


def _in_words(city: str, found: Mapping[str, Any]) -> str:
    forged = [f"{city}: the signed head {name} is forged or damaged" for name in found["forged_heads"]]
    if found["first_bad"] is not None:
        return "\n".join([f"{city}: broken at entry {found['first_bad']}", *forged])
    signed = f"{found['signed_heads']} signed heads, the last at {found['last_signed']}"
    whole = f"{city}: whole, {found['entries']} entries, head {found['head']}, {signed}"
    return "\n".join([whole, *forged])


def _head(noted: str) -> trail.Head:
    sequence, _, digest = noted.partition(":")
    try:
        return trail.Head(int(sequence), bytes.fromhex(digest))
    except ValueError as wrong:
        raise InvalidInput("A head is written SEQUENCE:DIGEST, as this command prints it.") from wrong


def _signed(settings: Settings, folder: Path | None, key: str | None, city: str) -> heads.Noted:
    """Return the signed heads of a city; without any file no key is made only to look."""
    lies = folder or settings.trail_heads_dir
    if not (lies / city).is_dir():
        return heads.Noted((), ())
    return heads.kept(lies, key or heads.public_key(secret_of(settings.trail_key_file)), city)


def _verified(
    works: Works, city: str, extra: tuple[trail.Head, ...], signed: heads.Noted
) -> dict[str, int | str | list[str] | None]:
    with works.open(city) as work:
        last = trail.head(work.session, city)
        return {
            "entries": last.sequence,
            "head": f"{last.sequence}:{last.digest.hex()}",
            "first_bad": trail.verify(work.session, city, *signed.heads, *extra, cuts=signed.cuts),
            "begins_after": signed.cuts[-1].sequence if signed.cuts else 0,
            "signed_heads": len(signed.heads),
            "last_signed": signed.heads[-1].sequence if signed.heads else 0,
            "forged_heads": list(signed.forged),
        }
