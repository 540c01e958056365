"""`farola fairness`: which share of a month's reports was approved, by area, language and kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from backend.cli.context import owner_works
from backend.cli.output import answer, json_option
from backend.config import load_settings
from backend.steps import fairness

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command("fairness")
@click.option("--city", required=True, help="The city's id.")
@click.option("--month", required=True, help="The month, like 2026-10.")
@json_option
def command(city: str, month: str, *, as_json: bool) -> None:
    """Tell which share of the reports that were decided in a month was approved, with its 95 % interval."""
    with owner_works(load_settings()) as works, works.open(city) as work:
        found = fairness.month_of(work, month)
    told = {by: [_told(row) for row in rows] for by, rows in found.items()}
    answer({"city": city, "month": month, **told}, "\n".join(_lines(found)), as_json=as_json)


def _told(row: fairness.Row) -> dict[str, Any]:
    return {
        "value": row.value, "closed": row.closed, "approved": row.approved and row.approved._asdict(),
    }  # fmt: skip


def _lines(found: dict[str, list[fairness.Row]]) -> Iterator[str]:
    if not any(found.values()):
        yield "Nothing was decided in this month, or it is not counted yet."
    for by, rows in found.items():
        for row in rows:
            yield f"{by:<9}{row.value or 'unknown':<24}{row.closed or 'few':>7}  {_share(row)}"


def _share(row: fairness.Row) -> str:
    one = row.approved
    return "too few to tell" if one is None else f"{one.share:.0%} approved ({one.low:.0%} to {one.high:.0%})"
