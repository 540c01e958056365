"""`farola proof`: whether a proof of filing that somebody shows is genuine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from backend.cli.output import answer, json_option
from backend.config import load_settings
from backend.errors import InvalidInput
from backend.store.filing import check, earlier, public_key, rotate
from backend.store.secrets import secret_of

_LONGEST = 64 * 1024


@click.group("proof")
def command() -> None:
    """Proofs that a report was filed."""


@command.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key", help="The public key, as /.well-known/farola-proof-key tells it; else this installation's."
)
@json_option
def verify(file: Path, key: str | None, *, as_json: bool) -> None:
    """Check a proof's signature; exit with 1 when it is not genuine."""
    told = check(_read(file), *([key] if key else _own_keys()))
    words = (
        f"Genuine: report {told['report']} was filed in {told['city']} on {told['received_on']};"
        f" on {told['issued_on']} it was {told['state']}."
    )
    answer({"genuine": True, "statement": told}, words, as_json=as_json)


def _read(file: Path) -> Any:
    with file.open("rb") as opened:
        raw = opened.read(_LONGEST)
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as wrong:
        raise InvalidInput("This file is no proof of filing.") from wrong


@command.command("rotate")
@json_option
def rotate_key(*, as_json: bool) -> None:
    """Sign with a new key from now on, for when the old one may have been seen; restart the residents' door.

    Proofs that were signed before stay good: the public keys that were used before are told beside the new one.
    """
    made = rotate(load_settings().filing_key_file)
    answer(
        {"algorithm": "Ed25519", "key": made}, f"Proofs are signed with {made} from now on.", as_json=as_json
    )


def _own_keys() -> tuple[str, ...]:
    path = load_settings().filing_key_file
    if not path.exists():
        raise InvalidInput("No key to check with is here; give the public key with --key.")
    return public_key(secret_of(path)), *earlier(path)
