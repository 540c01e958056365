"""Take over reports that a city decided elsewhere before it ran Farola."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import insert, select, text

from backend.domain.audit import QUESTIONS
from backend.domain.cells import cell_at
from backend.domain.clock import local_date
from backend.domain.layers import CATEGORY, GENDER, layers_of
from backend.domain.periods import period_of
from backend.domain.settling import countable_on
from backend.domain.taxonomy import Kind, check_categories, primary_group
from backend.domain.workflow import State
from backend.errors import UnprocessableInput
from backend.store.locks import hold_releases
from backend.store.models import Ledger, Report, ReportKey, Sealed
from backend.store.queries import find_city, month_key
from backend.store.sealed import sealed_rows
from backend.store.secrets import keyed_hash

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from backend.store.queries import MonthKey
    from backend.store.work import Work

SOURCE = "history"
_AREAS = text("""
    select p.at as at, (select a.code from areas a where a.city_id = :city
                        order by a.boundary <-> ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326), a.code limit 1)
        as area
    from unnest(cast(:lons as double precision[]), cast(:lats as double precision[]))
        with ordinality as p (lon, lat, at)
    join cities c on c.city_id = :city
        and ST_Covers(c.boundary, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326))
""")


def add_history(work: Work, secret: bytes, rows: Sequence[dict[str, Any]]) -> int:
    """Add decided reports in bulk, approved, each counted on its own date.

    Args:
        work: the transaction.
        secret: what ids are hashed with, kept where private keys are. Hashed without it, an id
            would tell the exact place and the gender to whoever tries them all.
        rows: `kind categories lon lat occurred_on daypart received_on`, and `gender`, `audit` or None.

    Returns:
        How many were added; those outside the city, and those added before, are left out.

    Raises:
        UnprocessableInput: a row would be counted in a period that is released already, or
            before the city's first one, or was received in the future.
    """
    hold_releases(work)
    key = month_key(work.session, work.city_id, work.clock.now())
    areas = _areas_of(work, rows)
    known = set(work.session.scalars(select(Report.id).where(Report.source == SOURCE)))
    new = {at: _id_of(secret, work.city_id, at, rows[at]) for at in areas}
    fresh = {at: report_id for at, report_id in new.items() if report_id not in known}
    _refuse_unfit(work, {at: rows[at] for at in fresh})
    parts = [_rows_of(work.city_id, key, rows[at], areas[at], fresh[at]) for at in sorted(fresh)]
    for table, chosen in ((Report, 0), (ReportKey, 1), (Sealed, 2)):
        batch = [part[chosen] for part in parts if part[chosen]]
        if batch:
            work.session.execute(insert(table), batch)
    return len(parts)


def _areas_of(work: Work, rows: Sequence[dict[str, Any]]) -> dict[int, str]:
    """Return the area of each row that lies inside the city, by its position."""
    points = {"lons": [row["lon"] for row in rows], "lats": [row["lat"] for row in rows]}
    found = work.session.execute(_AREAS, {"city": work.city_id, **points})
    return {row.at - 1: row.area for row in found}


def _released(work: Work) -> set[tuple[str, str]]:
    query = select(Ledger.layer, Ledger.period).where(Ledger.city_id == work.city_id)
    return {(layer, period) for layer, period in work.session.execute(query)}


def _refuse_unfit(work: Work, rows: dict[int, dict[str, Any]]) -> None:
    """Refuse rows that could not be counted in a period of their own."""
    city, released = find_city(work.session, work.city_id), _released(work)
    today = local_date(work.clock, city.timezone)
    for at, row in rows.items():
        _refuse_wrong_categories(at, row)
        if row["received_on"] > today:
            raise UnprocessableInput("This day is in the future.", field=f"{at}.received_on")
        for layer in layers_of(Kind(row["kind"])):
            period = period_of(layer.period, _counted_on(row))
            if period.first < period_of(layer.period, city.started_on).first:
                raise UnprocessableInput("This is before the city's first period.", field=f"{at}.received_on")
            if (layer.name, period.name) in released:
                raise UnprocessableInput(f"{period.name} is released already; nothing can be added to it.")


def _refuse_wrong_categories(at: int, row: dict[str, Any]) -> None:
    try:
        check_categories(Kind(row["kind"]), row["categories"])
    except UnprocessableInput as wrong:
        raise UnprocessableInput(wrong.detail, field=f"{at}.{wrong.field}") from wrong
    if Kind(row["kind"]) in CATEGORY.kinds and not row["categories"]:
        raise UnprocessableInput("An incident or condition needs a category.", field=f"{at}.categories")


def _counted_on(row: dict[str, Any]) -> date:
    """Decided elsewhere, at an unknown time: taken as decided on the day of receipt."""
    return countable_on(row["received_on"], row["received_on"])


def _id_of(secret: bytes, city_id: str, at: int, row: dict[str, Any]) -> UUID:
    """Return the same id for the same row of the same import, so that importing again adds nothing."""
    told = json.dumps([at, row], sort_keys=True, default=str)
    return UUID(bytes=keyed_hash(secret, "history", city_id, told)[:16], version=4)


def _rows_of(
    city_id: str, key: MonthKey, row: dict[str, Any], area: str, report_id: UUID
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return the report's row, and its key and ciphertext where there is something to seal."""
    kind = Kind(row["kind"])
    about_me = {"about_me": {"gender": row["gender"]}} if row.get("gender") and kind in GENDER.kinds else {}
    keys, ciphertexts = sealed_rows(city_id, report_id, key, about_me)
    report = _report(city_id, report_id, kind, row) | {"area": area, "key_month": key.month}
    return report, keys[0] if keys else {}, ciphertexts[0] if ciphertexts else {}


def _report(city_id: str, report_id: UUID, kind: Kind, row: dict[str, Any]) -> dict[str, Any]:
    audit = row.get("audit")
    return {
        "city_id": city_id,
        "id": report_id,
        "kind": kind,
        "state": State.APPROVED,
        # Nobody holds the receipt of an imported report.
        "receipt_hash": secrets.token_bytes(32),
        "source": SOURCE,
        "categories": list(row["categories"]),
        "cell": cell_at(row["lon"], row["lat"]),
        "occurred_on": row["occurred_on"],
        "daypart": row["daypart"],
        "audit": [audit.get(question) for question in QUESTIONS] if audit else None,
        "received_on": row["received_on"],
        "counts": True,
        "primary_group": primary_group(row["categories"]),
        "countable_on": _counted_on(row),
        "closed_on": row["received_on"],
    }
