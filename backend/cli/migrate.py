"""`farola migrate`: bring the database up to date and make its logins."""

from __future__ import annotations

import click

from backend.cli.output import answer, json_option
from backend.config import load_settings
from backend.store.migrations import migrate


@click.command("migrate")
@json_option
def command(*, as_json: bool) -> None:
    """Bring the database up to date; safe to run at any time, also while the previous release runs."""
    revision = migrate(load_settings())
    answer({"revision": revision}, f"The database stands at revision {revision}.", as_json=as_json)
