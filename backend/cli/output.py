"""How commands answer: words for people, or one JSON document with `--json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

# Put on every command that answers something; the function gets it as `as_json`.
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def answer(result: Mapping[str, Any], words: str, *, as_json: bool) -> None:
    """Print `result` as one JSON line, or `words`; nothing else belongs on stdout with --json."""
    click.echo(json.dumps(result, sort_keys=True, ensure_ascii=False) if as_json else words)


def progress(line: str) -> None:
    """Tell on stderr what is going on, so that stdout stays the answer."""
    click.echo(line, err=True)
