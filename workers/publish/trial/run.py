"""Trials: the same quarters of the same cities released in three ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from workers.publish.trial.cities import Ground
from workers.publish.trial.figures import Figures, figures, mean
from workers.publish.trial.ways import by_plan, by_uniform_tree, without_noise

SEEDS = 20
WAYS = ("uniform tree, epsilon 1.0", "the plan, 0.7", "no noise")
_SALT = 20261120


@dataclass(frozen=True)
class Trial:
    """A city at so many reports a quarter: figures of each way, in the order of `WAYS`, by seed."""

    name: str
    reports: int
    seen: tuple[tuple[Figures, ...], ...]

    def of(self, way: str) -> Figures:
        """Return the mean of one way over all seeds; of a way that was left out, an error."""
        return mean(row[WAYS.index(way)] for row in self.seen)


def trial(
    name: str,
    reports: int,
    city: Callable[[int], Ground],
    seeds: Sequence[int],
    tell: Callable[[str], None] = lambda _line: None,
) -> Trial:
    """Release a city in each way, once a seed; `city` returns the city of a seed."""
    seen = []
    for seed in seeds:
        tell(f"{name}, {reports:,} reports, seed {seed}")
        seen.append(tuple(_one(city(seed), reports, seed)))
    return Trial(name, reports, tuple(seen))


def _one(ground: Ground, reports: int, seed: int) -> Iterator[Figures]:
    rng = np.random.default_rng((_SALT, seed, reports))
    quarters = [ground.quarter(reports, rng) for _ in range(3)]
    last = quarters[-1]
    yield figures(ground, last, by_uniform_tree(ground, last, rng))
    yield figures(ground, last, by_plan(ground, quarters, rng))
    yield figures(ground, last, without_noise(ground, last))
