"""`farola report`: what leads look at once a month."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from backend.cli.context import owner_works
from backend.cli.output import answer, json_option
from backend.config import load_settings
from backend.errors import InvalidInput
from backend.store.fairness import FEWEST, fairness
from backend.store.queries import find_city

if TYPE_CHECKING:
    from datetime import date


@click.group("report")
def command() -> None:
    """Reports about the work itself, in numbers of groups."""


@command.command("fairness")
@click.option("--city", "city_id", required=True, help="The city's id.")
@click.option("--month", required=True, metavar="YYYY-MM", help="In which the reports were closed.")
@json_option
def fair(city_id: str, month: str, *, as_json: bool) -> None:
    """Tell approval rates by area, language and kind, with 95 % intervals; small groups are withheld.

    Run it on the first days of the next month: areas are told only while no place is forgotten.
    """
    first = _month(month)
    with owner_works(load_settings()) as works, works.open(city_id) as work:
        find_city(work.session, city_id)
        told = fairness(work, first)
    answer(told, "\n".join(_in_words(told)), as_json=as_json)


def _month(told: str) -> date:
    try:
        return datetime.strptime(told, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError as wrong:
        raise InvalidInput("--month is written YYYY-MM.") from wrong


def _in_words(told: dict[str, Any]) -> list[str]:
    whole = told["all"]
    lines = [f"{told['city']}, {told['month']}: {_one(whole) if whole else f'fewer than {FEWEST} reports'}"]
    for axis in ("kind", "language", "area"):
        if told[axis] is None:
            lines.append(f"{axis}: not told, for some places are forgotten by now or nothing was closed")
            continue
        lines += [f"{axis} {name}: {_one(one)}" for name, one in told[axis]["groups"].items()]
        if told[axis]["withheld"]:
            lines.append(f"{axis}: {told[axis]['withheld']} groups under {FEWEST} reports or without a name")
    if told["areas_since"]:
        lines.append(f"Areas are of what was closed from {told['areas_since']} on.")
    return lines


def _one(rate: dict[str, Any]) -> str:
    low, high = rate["interval"]
    return f"{rate['reports']} reports, {rate['approved']:.0%} approved ({low:.0%} to {high:.0%})"
