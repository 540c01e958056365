"""What is told of a request, and what may be asked about requests."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from backend.api.open311.filing import read_instant
from backend.api.open311.services import name_of
from backend.domain.open311 import SERVICES, service_of, status_of
from backend.domain.workflow import told_state
from backend.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from backend.api.open311.base import Jurisdiction, Voice
    from backend.steps.open311 import Progress

SPAN = timedelta(days=90)
MOST_IDS = 50
_COUNT = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_STATUSES = frozenset({"open", "closed"})
# Never told: words and place are sealed, and nobody promises a day.
_SILENT = ("description", "agency_responsible", "service_notice")
_NOWHERE = ("expected_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url")


def told_of(request_id: str, found: Progress, place: Jurisdiction, spoken: Voice) -> dict[str, Any]:
    """Return where a request stands, in the standard's members and order."""
    service, status = service_of(found.kind, found.categories), status_of(found.state)
    closed_on = found.closed_on if status == "closed" else None
    return {
        "service_request_id": request_id,
        "status": status,
        "status_notes": spoken.say(f"name.state.{told_state(found.state)}"),
        "service_name": name_of(service, spoken),
        "service_code": service.code,
        **dict.fromkeys(_SILENT),
        "requested_datetime": _midnight(found.received_on, place.timezone),
        "updated_datetime": _midnight(closed_on or found.received_on, place.timezone),
        **dict.fromkeys(_NOWHERE),
    }


def _midnight(day: date, timezone: str) -> str:
    """Return the first instant of a day: of the time of day nothing is known."""
    return datetime.combine(day, time.min, ZoneInfo(timezone)).isoformat(timespec="seconds")


def held_ids(told: Mapping[str, str]) -> list[str]:
    """Return the ids that a client names, each once.

    Raises:
        InvalidInput: they are too many.
    """
    named = dict.fromkeys(told.get("service_request_id", "").split(","))
    if len(named) > MOST_IDS:
        raise InvalidInput(f"Ask for at most {MOST_IDS} at once.", field="service_request_id")
    return [name for name in named if name]


def check_filters(told: Mapping[str, str]) -> None:
    """Refuse a filter that says nothing; it must not look as if it had worked.

    Raises:
        InvalidInput: a code, a status, a date or a number is not one, or the dates are too far apart.
    """
    for name, known in (("service_code", SERVICES.keys()), ("status", _STATUSES)):
        if name in told and not set(told[name].split(",")) <= known:
            raise InvalidInput("This is not known here.", field=name)
    for name in ("page", "page_size"):
        if name in told and not _COUNT.fullmatch(told[name]):
            raise InvalidInput("This must be a whole number from 1.", field=name)
    _check_span(told)


def _check_span(told: Mapping[str, str]) -> None:
    found = {name: read_instant(told[name]) for name in ("start_date", "end_date") if name in told}
    for name, instant in found.items():
        if instant is None:
            raise InvalidInput("This must be a date and time with an offset.", field=name)
    start, end = found.get("start_date"), found.get("end_date")
    if start and end and not timedelta(0) <= end - start <= SPAN:
        raise InvalidInput(f"This must be at most {SPAN.days} days after start_date.", field="end_date")
