"""Pairs of neighbouring histories, handed in through the real door and counted by the real counting."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from backend.cli.privacy.ground import STARTED, TIMEZONE, outlines, period_for, residents
from backend.domain.audit import QUESTIONS
from backend.domain.cells import bounds
from backend.domain.layers import LAYERS, layers_of
from backend.domain.settling import countable_on
from backend.domain.taxonomy import Kind, primary_group
from backend.domain.workflow import State
from backend.steps.cities import add_city
from backend.steps.history import add_history
from backend.steps.intake import Attempt, Door, submit
from backend.store.models import Report
from backend.store.monthkeys import ensure_month_keys
from workers.publish import count as counting

if TYPE_CHECKING:
    from backend.store.keyring import KeyRing
    from backend.store.work import Works
    from workers.publish.draw import Row

FIRST_DAY = date(2026, 9, 21)
_TOKEN = b"audit-token-0001"
BURST = 3  # reports a cell and day in the city that is attacked
_AUDIT = dict.fromkeys(QUESTIONS, 3)  # the answers that move every sum furthest


@dataclass(frozen=True)
class Told:
    """One report of a history: where, by whom, and what was decided."""

    cell: int
    kind: Kind = Kind.INCIDENT
    category: str = "following"
    token: bytes | None = None
    day: int = 0
    approved: bool = True


@dataclass(frozen=True)
class Neighbours:
    """Two histories; `changes` is how many counted reports the promise lets them differ in."""

    name: str
    here: tuple[Told, ...]
    there: tuple[Told, ...]
    kind: Kind = Kind.INCIDENT
    changes: int = 1


@dataclass
class MovedClock:
    """A clock that stands at a noon until it is moved."""

    at: datetime = field(default_factory=lambda: datetime(2026, 9, 21, 12, tzinfo=UTC))

    def now(self) -> datetime:
        """Return the time."""
        return self.at


@dataclass(frozen=True)
class Stage:
    """A database of its own, by login, with keys and a clock that can be moved."""

    works: dict[str, Works]
    keyring: KeyRing
    pepper: bytes
    clock: Any

    def city(self, policy: dict[str, Any] | None = None) -> str:
        """Add the city that is attacked, under a fresh name, with the same past each time."""
        city_id = f"a{uuid4().hex[:12]}"
        areas = [{"code": code, "name": code, "geometry": outline} for code, outline in outlines().items()]
        told = {
            "id": city_id, "name": "Audit", "country": "ES", "timezone": TIMEZONE, "languages": ["en"],
            "started_on": STARTED, "areas": areas, "policy": {"burst_limit": BURST} | (policy or {}),
            "help_lines": [],
        }  # fmt: skip
        self.clock.at = datetime(2026, 9, 21, 12, tzinfo=UTC)
        with self.works["owner"].open(city_id) as work:
            add_city(work, told)
            ensure_month_keys(work, self.keyring)
            add_history(work, b"audit" * 8, [_past(int(cell)) for cell in residents(40, seed=11)])
        return city_id

    def hand_in(self, city_id: str, told: Told) -> UUID:
        """Hand a report in through the real door, and decide it."""
        self.clock.at = datetime(2026, 9, 21, 12, tzinfo=UTC) + timedelta(days=told.day)
        attempt = Attempt(str(uuid4()), os.urandom(16), _report(told), "phone")
        door = Door(self.works["residents"], self.pepper, city_id)
        report_id = UUID(submit(door, attempt)["id"])
        with self.works["owner"].open(city_id) as work:
            _decide(work.session.get_one(Report, (city_id, report_id)), told, self.clock.at.date())
        return report_id

    def counted(self, history: Sequence[Told], kind: Kind) -> dict[str, list[Row]]:
        """Live a history in a city of its own; return what is counted of it, by layer."""
        city_id = self.city()
        for told in history:
            self.hand_in(city_id, told)
        return {layer.name: self.rows(city_id, layer.name) for layer in layers_of(kind)}

    def rows(self, city_id: str, layer: str) -> list[Row]:
        """Count one layer of a city, by the code that releases count with."""
        found = LAYERS[layer]
        with self.works["worker"].open(city_id) as work:
            return counting.count(work, self.keyring, found, period_for(found))


def neighbours() -> tuple[Neighbours, ...]:
    """Return the pairs that are attacked.

    `counted`: one report is approved or not. `capped`: the same, of somebody who sent more than
    three. `burst`: the same, where more came than a cell and day holds. `sent`: one report was
    sent or not; it can displace one of its sender's and move one through a burst.
    """
    spots = _spots()
    capped = tuple(Told(cell, token=_TOKEN, day=at % 2) for at, cell in enumerate(spots))
    safe = tuple(replace(told, kind=Kind.SAFE_PLACE, category="well_lit") for told in capped)
    crowd = tuple(Told(spots[0]) for _ in range(BURST + 2))
    every = (_only(kind, spots[0]) for kind in (Kind.INCIDENT, Kind.SAFE_PLACE, Kind.AUDIT))
    return (
        *every,
        Neighbours("capped", capped, (_refused(capped[0]), *capped[1:])),
        Neighbours("capped", safe, (_refused(safe[0]), *safe[1:]), Kind.SAFE_PLACE),
        Neighbours("burst", crowd, (_refused(crowd[0]), *crowd[1:])),
        Neighbours("sent", capped, capped[1:], changes=4),
    )


def _spots() -> list[int]:
    """Return five cells; the first and the fourth, which the cap keeps out, lie far apart."""
    low, *between, high = sorted({int(cell) for cell in residents(9, seed=3)})
    return [low, *between[:2], high, between[2]]


def _only(kind: Kind, cell: int) -> Neighbours:
    category = {Kind.SAFE_PLACE: "well_lit"}.get(kind, "following")
    told = Told(cell, kind, category)
    return Neighbours("counted", (told,), (_refused(told),), kind)


def _refused(told: Told) -> Told:
    return replace(told, approved=False)


def _decide(report: Report, told: Told, today: date) -> None:
    report.state, report.due_at = (State.APPROVED if told.approved else State.REJECTED), None
    if told.approved:
        report.countable_on = countable_on(today, report.received_on)
        report.primary_group = primary_group(report.categories)


def _middle(cell: int) -> tuple[float, float]:
    west, south, east, north = bounds(cell)
    return (west + east) / 2, (south + north) / 2


def _report(told: Told) -> dict[str, Any]:
    audit = told.kind is Kind.AUDIT
    return {
        "kind": told.kind.value, "categories": [] if audit else [told.category],
        "location": {"type": "Point", "coordinates": list(_middle(told.cell))}, "accuracy_m": 20.0,
        "occurred_on": FIRST_DAY, "daypart": "night", "text": None, "language": None, "setting": None,
        "audit": _AUDIT if audit else None, "about_me": {"gender": "woman"}, "photos": [],
        "receipt": os.urandom(32), "reply_key": None, "consent_forward": False, "contributor": told.token,
    }  # fmt: skip


def _past(cell: int) -> dict[str, Any]:
    lon, lat = _middle(cell)
    return {
        "kind": "incident", "categories": ["following"], "lon": lon, "lat": lat, "daypart": "night",
        "occurred_on": FIRST_DAY, "received_on": FIRST_DAY, "gender": None,
    }  # fmt: skip
