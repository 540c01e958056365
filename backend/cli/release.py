"""`farola release`: draw and publish what is due, explain what was published, and check all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from backend.cli.context import owner_works
from backend.cli.output import answer, json_option, progress
from backend.config import load_settings
from backend.errors import InvalidInput
from backend.steps.withdrawals import listed
from backend.store.queries import city_ids
from workers.publish.explain import explain, in_words
from workers.publish.ledger import documents
from workers.publish.release import release_due
from workers.publish.shelf import Shelf
from workers.publish.verify import faults
from workers.runtime import start

if TYPE_CHECKING:
    from backend.steps.withdrawals import Told

_BROKEN = 3


@click.command("release")
@click.option("--due", is_flag=True, help="Draw and publish everything whose period has ended.")
@click.option("--explain", "explains", is_flag=True, help="Tell of each release what was measured and spent.")
@click.option(
    "--verify", is_flag=True, help="Check ledger and published files; exit with 3 when one is wrong."
)
@click.option(
    "--withdrawals",
    is_flag=True,
    help="List what staff asked to take back or correct, and how far it has come.",
)
@json_option
def command(*, as_json: bool, **asked: bool) -> None:
    """Draw and publish the releases that are due; safe to run, and to kill, at any time.

    Nobody chooses what comes out or when. Taking a release back, or correcting it, takes two of the staff, each
    logged in to the console or the API as who they are; no command does it in their place.
    """
    if sum(asked.values()) != 1:
        raise InvalidInput("Say one of --due, --explain, --verify and --withdrawals.")
    [chosen] = [name for name, said in asked.items() if said]
    runs = {"due": _release, "explains": _explain, "verify": _verify, "withdrawals": _withdrawals}
    runs[chosen](as_json=as_json)


def _release(*, as_json: bool) -> None:
    published = release_due(start(load_settings()), progress)
    told = [{"city": city, "layer": layer, "period": period} for city, layer, period in published]
    answer({"published": told}, f"{len(told)} releases were published.", as_json=as_json)


def _explain(*, as_json: bool) -> None:
    with owner_works(load_settings()) as works:
        told = []
        for city in city_ids(works.database):
            with works.open(city) as work:
                told += [explain(document) for document in documents(work)]
    answer({"releases": told}, "\n".join(map(in_words, told)) or "Nothing is released yet.", as_json=as_json)


def _withdrawals(*, as_json: bool) -> None:
    told: list[dict[str, Any]] = []
    with owner_works(load_settings()) as works:
        for city in city_ids(works.database):
            with works.open(city) as work:
                told += [_asked(city, one) for one in listed(work)]
    lines = [
        f"{one['city']} {one['layer']} {one['period']}: {one['state']} ({one['reason']})" for one in told
    ]
    answer({"withdrawals": told}, "\n".join(lines) or "Nobody asked to take a release back.", as_json=as_json)


def _asked(city: str, one: Told) -> dict[str, Any]:
    row = one.withdrawal
    return {
        "city": city, "layer": row.layer, "period": row.period, "reason": row.reason, "corrects": row.corrects,
        "state": row.state.value, "asked_by": one.asked_by, "answered_by": one.answered_by,
        "until": row.until.isoformat(),
    }  # fmt: skip


def _verify(*, as_json: bool) -> None:
    settings = load_settings()
    found: dict[str, list[str]] = {}
    with owner_works(settings) as works:
        for city in city_ids(works.database):
            with works.open(city) as work:
                found[city] = list(faults(work, Shelf(settings.releases_dir, city)))
    wrong = [f"{city}: {fault}" for city, faulty in found.items() for fault in faulty]
    words = "\n".join(wrong) or f"The releases of {len(found)} cities are as they were drawn."
    answer({"whole": not wrong, "cities": found}, words, as_json=as_json)
    if wrong:
        raise click.exceptions.Exit(_BROKEN)
