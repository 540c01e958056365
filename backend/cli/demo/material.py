"""What the demo ships: a city drawn by hand and reports written by the project, nobody's real words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from backend.domain.reasons import Verdict

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Ruling:
    """What a demo moderator decides about a report, and why: a reason on the list of the verdict."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True)
class Story:
    """One written report, the scenes to draw for it and the decision that fits it."""

    body: dict[str, Any]
    scenes: tuple[dict[str, Any], ...]
    decision: Ruling


@cache
def _city_text() -> str:
    return (_HERE / "city.json").read_text(encoding="utf-8")


def city(started_on: date | None = None) -> dict[str, Any]:
    """Return the demo's city; `started_on` replaces the first day whose periods are released."""
    told: dict[str, Any] = json.loads(_city_text())
    return told | ({"started_on": started_on.isoformat()} if started_on else {})


def stories(today: date) -> list[Story]:
    """Return the written reports as a phone would send them today, without secrets and photos."""
    return [_story(line, today) for line in _lines()]


def _lines() -> Iterator[dict[str, Any]]:
    with (_HERE / "reports.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _story(line: dict[str, Any], today: date) -> Story:
    demo = line.pop("demo")
    happened = today - timedelta(days=demo["days_ago"])
    return Story(
        line | {"occurred_on": happened.isoformat()},
        tuple(demo.get("photos", ())),
        Ruling(Verdict(demo["verdict"]), demo["reason"]),
    )
