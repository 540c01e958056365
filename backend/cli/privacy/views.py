"""What somebody who knows two neighbouring worlds reads out of a release, to guess which one it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.publish.draw import Row
from workers.publish.plan import Plan, roll_up
from workers.publish.tree import Counts

_CLIP = 12  # noise beyond this tells no more


def table(plan: Plan, rows: Sequence[Row]) -> Counts:
    """Return the true table of a world; only the audit ever sees it."""
    return roll_up(plan, [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])


class Watcher:
    """Reads releases of one plan, knowing the true tables of both worlds.

    For a release that adds the noise it claims, `likelihood` is the best test there is; the
    others are there for those that do not.
    """

    def __init__(self, plan: Plan, here: Counts, there: Counts) -> None:
        self._names = [(place.name, place.split) for place in plan.places]
        self._here, self._there = here, there
        self._moved = here != there
        cost = [[float(unit.epsilon) / unit.sensitivity for unit in row] for row in plan.units]
        self._cost: NDArray[np.float64] = np.array(cost)

    def view(self, release: bytes) -> dict[str, float | Hashable]:
        """Return what one release tells, by witness."""
        told = json.loads(release)
        measured = {(one["place"], one["split"]): one["values"] for one in told["measured"]}
        same = all(name in measured for name in self._names)
        values = np.array([measured[name] for name in self._names]) if same else self._here * 0
        return {
            "likelihood": self._likelihood(values) if same else 0.0,
            "measured": tuple(np.clip(values - self._there, -_CLIP, _CLIP)[self._moved][:3].tolist()),
            "places": _digest(sorted(measured)),
            "regions": _digest([(one["id"], one["shown"]) for one in told["regions"]]),
            "shown": float(sum(one["shown"] for one in told["regions"])),
            "size": float(len(release)),
        }

    def _likelihood(self, values: NDArray[Any]) -> float:
        return float((self._cost * (abs(values - self._there) - abs(values - self._here))).sum())


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]
