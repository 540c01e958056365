"""What somebody who knows two neighbouring worlds reads out of a release, to guess which one it was."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from workers.publish import draw as drawing
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
        self._there = there
        self._moved = here != there
        rows = self._moved.any(axis=1)
        rows[0] |= not rows.any()
        # The plan of those places alone in which the worlds differ.
        self._part = replace(plan, places=tuple(itertools.compress(plan.places, rows)))
        self._sides = {True: here[rows], False: there[rows]}
        self._moved_part = self._moved[rows]
        cost = [[float(unit.epsilon) / unit.sensitivity for unit in row] for row in self._part.units]
        self._cost: NDArray[np.float64] = np.array(cost)

    def view(self, release: bytes) -> dict[str, float | Hashable]:
        """Return what one whole release tells, by witness."""
        told = json.loads(release)
        measured = {(one["place"], one["split"]): one["values"] for one in told["measured"]}
        same = all(name in measured for name in self._names)
        values = np.array([measured[name] for name in self._names]) if same else self._there * 0
        return {
            "measured": tuple(np.clip(values - self._there, -_CLIP, _CLIP)[self._moved][:3].tolist()),
            "places": _digest(sorted(measured)),
            "regions": _digest([(one["id"], one["shown"]) for one in told["regions"]]),
            "shown": float(sum(one["shown"] for one in told["regions"])),
            "size": float(len(release)),
        }

    def many(self, numbers: int, *, here: bool) -> dict[str, list[float] | list[int]]:
        """Return what so many measured numbers of one world tell, drawn by the code that measures a release."""
        counts = self._sides[here]
        draws = max(1, numbers // counts.size)
        noisy = drawing.measure_often(self._part, counts, draws)
        one, other = (abs(noisy - self._sides[side][..., None]) for side in (True, False))
        likelihood = (self._cost[..., None] * (other - one)).sum(axis=(0, 1))
        first = np.clip(noisy - self._sides[False][..., None], -_CLIP, _CLIP)[self._moved_part][:2]
        codes = (first + _CLIP).T @ (2 * _CLIP + 1) ** np.arange(len(first))
        return {"likelihood": likelihood.round(9).tolist(), "numbers": codes.tolist()}


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]
