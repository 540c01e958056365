"""`farola city`: add a city, or bring one up to date, from the project's form or from a boundary file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from backend.cli.cities import Naming, check_day, read_boundary, read_city
from backend.cli.context import owner_works
from backend.cli.output import answer, json_option
from backend.config import load_settings
from backend.domain.clock import local_date
from backend.domain.periods import PeriodKind, period_of
from backend.errors import InvalidInput
from backend.steps.cities import add_city
from backend.store.clocks import clock_for
from backend.store.keyring import KeyRing
from backend.store.monthkeys import ensure_month_keys

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("city")
def command() -> None:
    """Cities, their boundaries and areas."""


@command.command("add")
@click.argument("file", type=_FILE, required=False)
@click.option("--boundary", type=_FILE, help="GeoJSON whose features are the areas, instead of FILE.")
@click.option("--id", "city_id", help="With --boundary: letters, digits and hyphens.")
@click.option("--name", help="With --boundary.")
@click.option("--timezone", default="UTC", show_default=True, help="With --boundary.")
@click.option("--languages", default="en", show_default=True, help="With --boundary, with commas between.")
@click.option("--country", default="", help="With --boundary: two capitals.")
@click.option("--area-name", help="The property that names an area; by default name.")
@click.option("--area-code", help="The property that holds an area's code; by default made from its name.")
@click.option("--started-on", help="First day whose periods are released; by default this quarter's first.")
@json_option
def add(file: Path | None, boundary: Path | None, as_json: bool, **told: Any) -> None:
    """Add a city from FILE (the project's form), or from --boundary with --id and --name."""
    if (file is None) == (boundary is None):
        raise InvalidInput("Give either a FILE or --boundary.")
    settings = load_settings()
    city = read_city(file) if file else _from_boundary(boundary, told)
    city["started_on"] = told["started_on"] or city["started_on"]
    city["started_on"] = (
        city["started_on"] or _this_quarter(settings.clock_file, city["timezone"]).isoformat()
    )
    check_day(city["started_on"])
    with owner_works(settings) as works, works.open(city["id"]) as work:
        add_city(work, city)
        ensure_month_keys(work, KeyRing(settings.keys_dir))
    result = {"city": city["id"], "areas": len(city["areas"]), "started_on": city["started_on"]}
    answer(result, f"{city['name']} has {len(city['areas'])} areas.", as_json=as_json)


def _from_boundary(path: Path | None, told: dict[str, Any]) -> dict[str, Any]:
    if path is None or not told["city_id"] or not told["name"]:
        raise InvalidInput("--boundary needs --id and --name.")
    naming = Naming(
        told["city_id"],
        told["name"],
        told["timezone"],
        tuple(told["languages"].split(",")),
        told["country"],
        told["area_name"],
        told["area_code"],
    )
    return read_boundary(path, naming)


def _this_quarter(clock_file: Path | None, zone: str) -> date:
    """Return the first day of the running quarter: what came before is not released."""
    return period_of(PeriodKind.QUARTER, local_date(clock_for(clock_file), zone)).first
