"""`farola import`: real stories through the residents' door, and decided reports of the past straight in."""

from __future__ import annotations

import itertools
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from backend.cli.bulk import Posting, Tally, wait
from backend.cli.context import history_secret, owner_works
from backend.cli.output import answer, json_option, progress
from backend.cli.phone import Phone
from backend.cli.sources import read_photos, read_points, read_rows, read_stories
from backend.config import load_settings
from backend.domain.clock import local_date
from backend.domain.taxonomy import CATEGORIES, Daypart, Gender, Kind
from backend.errors import InvalidInput
from backend.steps.accounts import add_importer, close_account
from backend.steps.history import add_history
from backend.store.clocks import clock_for
from backend.store.secrets import secret_of

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
HISTORY_COLUMNS = ("kind", "lon", "lat", "occurred_on", "daypart", "received_on")


@click.group("import")
def command() -> None:
    """Bring in reports from files."""


@command.command("stories")
@click.argument("file", type=_FILE)
@click.option("--city", required=True, help="The city's id.")
@click.option("--points", type=_FILE, required=True, help="Parquet or CSV with lon and lat: where.")
@click.option("--photos", type=_FOLDER, help="Pictures that go with some of the stories.")
@click.option("--photo-every", type=click.IntRange(1), default=10, show_default=True)
@click.option("--limit", type=click.IntRange(1), help="How many stories at most.")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The residents' door.")
@click.option("--key-file", type=_FILE, help="An importer's key; by default one is made for this import.")
@click.option("--wait/--no-wait", "waits", help="Stay until all are in review.")
@click.option("--patience", type=float, default=3600.0, show_default=True, help="Seconds to wait at most.")
@json_option
def stories(file: Path, city: str, url: str, as_json: bool, **told: Any) -> None:
    """Post the stories of a CSV FILE (column Description) at real places."""
    began = time.monotonic()
    with _key(city, told["key_file"]) as key, Phone(url, city, key) as phone:
        posting = Posting(
            phone,
            read_points(told["points"]),
            local_date(clock_for(load_settings().clock_file), "UTC"),
            read_photos(told["photos"]) if told["photos"] else (),
            told["photo_every"],
        )
        tally = posting.post(itertools.islice(read_stories(file), told["limit"]), progress)
        if told["waits"]:
            wait(phone, tally, told["patience"], progress)
    result = summary(tally, time.monotonic() - began)
    answer(result, f"{result['posted']} posted, {len(tally.refused)} refused.", as_json=as_json)


@command.command("history")
@click.argument("file", type=_FILE)
@click.option("--city", required=True, help="The city's id.")
@json_option
def history(file: Path, city: str, *, as_json: bool) -> None:
    """Bring in decided reports of the past from a CSV FILE; each is counted on its own date.

    Columns: kind, lon, lat, occurred_on, daypart, received_on; optional: categories
    (separated by spaces), gender, audit (nine levels as JSON).
    """
    rows = [_history_row(number, row) for number, row in enumerate(read_rows(file, HISTORY_COLUMNS), start=1)]
    settings = load_settings()
    with owner_works(settings) as works, works.open(city) as work:
        added = add_history(work, history_secret(settings), rows)
    answer({"added": added}, f"{added} reports of the past were added.", as_json=as_json)


def summary(tally: Tally, seconds: float) -> dict[str, Any]:
    """Return what `--json` prints about an import."""
    return {
        "posted": len(tally.posted),
        "refused": tally.refused,
        "skipped_points": dict(tally.skipped),
        "photos": tally.photos,
        "states": dict(tally.states),
        "seconds": round(seconds, 1),
    }


@contextmanager
def _key(city: str, file: Path | None) -> Iterator[str]:
    """Lend the key in a file, or a new one that nobody else ever sees and that ends with the import."""
    if file is not None:
        yield file.read_text(encoding="ascii").strip()
        return
    settings, name = load_settings(), f"farola import {secrets.token_hex(8)}"
    with owner_works(settings) as works, works.open(city) as work:
        key = add_importer(work, secret_of(settings.pepper_file), name)
    try:
        yield key
    finally:
        with owner_works(settings) as works, works.open(city) as work:
            close_account(work, name)


def _history_row(number: int, row: dict[str, str]) -> dict[str, Any]:
    with _naming(number):
        audit = row.get("audit") or None
        return {
            "kind": Kind(row["kind"]).value,
            "categories": [CATEGORIES[code].code for code in (row.get("categories") or "").split()],
            "lon": float(row["lon"]),
            "lat": float(row["lat"]),
            "occurred_on": date.fromisoformat(row["occurred_on"]),
            "daypart": Daypart(row["daypart"]).value,
            "gender": Gender(row["gender"]).value if row.get("gender") else None,
            "received_on": date.fromisoformat(row["received_on"]),
        } | ({"audit": json.loads(audit)} if audit else {})


@contextmanager
def _naming(number: int) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidInput(f"Row {number} of the history cannot be read.", field=f"rows.{number}") from error
