"""A synthetic past for the demo: seeded, repeatable, made of hot spots and background; nothing of it happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from backend.cli.demo.places import BACKGROUND, SPOTS, Habit, Spot
from backend.domain.audit import QUESTIONS
from backend.domain.periods import PeriodKind, period_of
from backend.domain.settling import WAIT
from backend.domain.taxonomy import Daypart, Gender, Kind

COUNT = 6000
SEED = 20261122
T = TypeVar("T")
_METRES_A_DEGREE = 111_320.0
_KINDS = {Kind.INCIDENT: 0.62, Kind.CONDITION: 0.22, Kind.SAFE_PLACE: 0.08, Kind.AUDIT: 0.08}
_GENDERS: dict[Gender | None, float] = {Gender.WOMAN: 0.46, Gender.MAN: 0.17, Gender.OTHER: 0.03, None: 0.34}
_LATEST = 6  # days between what happened and the report of it


def span(today: date) -> tuple[date, date]:
    """Return the first day of the quarter before this one, and the last day that this one still counts.

    The demo tells what comes after today once its clock has passed it.
    """
    counted_in = period_of(PeriodKind.QUARTER, today + WAIT)
    before = period_of(PeriodKind.QUARTER, period_of(PeriodKind.QUARTER, today).first - timedelta(days=1))
    return before.first, counted_in.last - WAIT


@dataclass(frozen=True)
class Past:
    """Draws reports that were received from `first` to `last` in a city of the form of `city.json`."""

    city: dict[str, Any]
    first: date
    last: date
    seed: int = SEED

    def rows(self, count: int = COUNT) -> list[dict[str, Any]]:
        """Return decided reports, oldest first; the same arguments give the same rows."""
        rng = np.random.default_rng(self.seed)
        drawn = [self._row(rng) for _ in range(count)]
        return sorted(drawn, key=lambda row: (row["received_on"], row["lon"], row["lat"]))

    @cached_property
    def _boundary(self) -> BaseGeometry:
        found = shape(self.city["boundary"])
        shapely.prepare(found)
        return found

    @cached_property
    def _districts(self) -> list[BaseGeometry]:
        return [shape(area["geometry"]) for area in self.city["areas"]]

    def _row(self, rng: np.random.Generator) -> dict[str, Any]:
        spot = _chosen(rng, SPOTS, [one.weight for one in SPOTS])
        lon, lat = self._near(rng, spot) if spot.spread else self._anywhere(rng)
        kind = _chosen(rng, list(_KINDS), list(_KINDS.values()))
        received = self.first + timedelta(days=int(rng.integers((self.last - self.first).days + 1)))
        happened = received - timedelta(days=int(min(rng.geometric(0.5) - 1, _LATEST)))
        return {
            "kind": kind.value,
            "categories": _categories(rng, spot.habit, kind),
            "lon": lon,
            "lat": lat,
            "occurred_on": happened,
            "daypart": _chosen(rng, list(Daypart), spot.habit.dayparts).value,
            "gender": _chosen(rng, list(_GENDERS), list(_GENDERS.values())),
            "received_on": received,
        } | ({"audit": _audit(rng, spot.habit)} if kind is Kind.AUDIT else {})

    def _near(self, rng: np.random.Generator, spot: Spot) -> tuple[float, float]:
        """Return a point around a hot spot, inside the city; metres become degrees at its latitude."""
        lat_scale = spot.spread / _METRES_A_DEGREE
        lon_scale = lat_scale / np.cos(np.radians(spot.lat))
        while True:
            point = _rounded(rng.normal(spot.lon, lon_scale), rng.normal(spot.lat, lat_scale))
            if shapely.contains_xy(self._boundary, *point):
                return point

    def _anywhere(self, rng: np.random.Generator) -> tuple[float, float]:
        """Return a point in a district drawn by how many people may be about there."""
        district = _chosen(rng, self._districts, BACKGROUND)
        west, south, east, north = district.bounds
        while True:
            point = _rounded(rng.uniform(west, east), rng.uniform(south, north))
            if shapely.contains_xy(district, *point):
                return point


def _rounded(lon: float, lat: float) -> tuple[float, float]:
    return round(float(lon), 5), round(float(lat), 5)


def _categories(rng: np.random.Generator, habit: Habit, kind: Kind) -> list[str]:
    codes, weights = habit.codes(kind)
    if not codes:
        return []
    many = min(len(codes), int(rng.choice((1, 2, 3), p=(0.7, 0.25, 0.05))))
    return [str(code) for code in rng.choice(codes, size=many, replace=False, p=weights)]


def _audit(rng: np.random.Generator, habit: Habit) -> dict[str, int]:
    levels = np.clip(np.rint(rng.normal(habit.comfort, 0.8, len(QUESTIONS))), 0, 3)
    return {question: int(level) for question, level in zip(QUESTIONS, levels, strict=True)}


def _chosen(rng: np.random.Generator, values: Sequence[T], weights: Sequence[float]) -> T:
    shares = np.asarray(weights, dtype=float)
    return values[int(rng.choice(len(values), p=shares / shares.sum()))]
