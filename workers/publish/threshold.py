"""How many standard errors a region must reach, found by releasing nothing but noise.

The noise here is public and repeatable: it comes from a generator seeded with the plan's hash,
so that anyone can compute the same k. It never touches a count.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from backend.domain.grid import Floats
from backend.domain.layers import Shape
from workers.publish.estimate import estimate
from workers.publish.limits import SHARES, SIZES, Limits, size_class
from workers.publish.plan import Plan
from workers.publish.show import FEWEST, sift
from workers.publish.tree import lift

RUNS = 10_000
FALSE_REGIONS = 0.05  # expected in a release of nothing
_MARGIN = 3  # standard errors of the simulation by which k stays on the safe side
ALLOWED = FALSE_REGIONS - _MARGIN * math.sqrt(FALSE_REGIONS / RUNS)
_KEPT = 3  # times as many numbers as may be false are remembered of each class of sums
_BATCH = 500
_STEP = 100  # k is published in hundredths


@dataclass(frozen=True, eq=False)
class NoiseRuns:
    """Noise-only releases of a plan, of which only what could be shown is remembered.

    `peaks[c]` holds the largest numbers of the sums of class c, in standard errors, ascending;
    `estimates` (one row a leaf, one column a run and cross value) and `reached` (one row a class)
    those columns in which some class came at least as high as the least number remembered of it.
    """

    plan: Plan
    estimates: Floats
    reached: Floats
    peaks: tuple[Floats, ...]
    runs: int

    def false_regions(self, limits: Limits) -> float:
        """Return the mean number of regions that noise alone shows, for limits above the least peaks."""
        shows = (self.reached >= np.array(limits.ks)[:, None]).any(axis=0)
        results = sift(self.plan.tree, self.estimates[:, shows], self.plan.variances, limits)
        return sum(int(result.passes.sum()) for result in results) / self.runs


def k_of(plan: Plan) -> Limits:
    """Return the least k of each class of sums at which noise alone shows at most 0.05 regions a release.

    All regions of the plan are counted, rests and cross values included.
    """
    noise = noise_runs(plan, int(plan.hash[:16], 16))
    allowed = _allowed_of(noise)
    limits = Limits(tuple(_falling([_k(*pair) for pair in zip(noise.peaks, allowed, strict=True)])))
    while noise.false_regions(limits) > ALLOWED:
        limits = Limits(tuple(round(k + 1 / _STEP, 2) for k in limits.ks))
    return _spent(noise, limits)


def _spent(noise: NoiseRuns, limits: Limits) -> Limits:
    """Lower k of single places as far as all false regions together allow.

    Counts and thresholds are whole numbers, so that a share is rarely used up.
    """
    floor = max(float(noise.peaks[0][0]) if len(noise.peaks[0]) else 0.0, *limits.ks[1:])
    low, high = math.ceil(floor * _STEP), round(limits.single * _STEP)
    while low < high:
        middle = (low + high) // 2
        if noise.false_regions(Limits((middle / _STEP, *limits.ks[1:]))) <= ALLOWED:
            high = middle
        else:
            low = middle + 1
    return Limits((high / _STEP, *limits.ks[1:]))


def noise_runs(plan: Plan, seed: int, runs: int = RUNS) -> NoiseRuns:
    """Return noise-only releases of a plan."""
    rng = np.random.default_rng(seed)
    most = [math.ceil(_KEPT * FALSE_REGIONS * share * runs) for share in SHARES]
    peaks: list[Floats] = [np.empty(0) for _ in SIZES]
    kept, reached = [], []
    for _ in range(0, runs, _BATCH):
        batch = _batch(plan, rng)
        found, heights = _heights(plan, batch)
        peaks = [np.sort(np.append(old, new))[-n:] for old, new, n in zip(peaks, found, most, strict=True)]
        # What is still kept of a class when all is over is never less than what is kept now.
        high = (heights >= _least(peaks, most)[:, None]).any(axis=0)
        kept.append(batch[:, high])
        reached.append(heights[:, high])
    return NoiseRuns(plan, np.concatenate(kept, axis=1), np.concatenate(reached, axis=1), tuple(peaks), runs)


def _least(peaks: Sequence[Floats], most: Sequence[int]) -> Floats:
    """Return the least number remembered of each class; of a class that is not full, any counts."""
    return np.array([peak[0] if len(peak) == n else 1e-9 for peak, n in zip(peaks, most, strict=True)])


def _allowed_of(noise: NoiseRuns) -> list[int]:
    """Share the false regions out to the classes of sums that the plan has."""
    there = [share if len(peak) else 0.0 for share, peak in zip(SHARES, noise.peaks, strict=True)]
    whole = sum(there) or 1.0
    return [int(ALLOWED * share / whole * noise.runs) for share in there]


def _k(peaks: Floats, allowed: int) -> float:
    """Return the least k, in hundredths, that no more than so many numbers reach."""
    if len(peaks) <= allowed:
        return 0.0
    return (math.floor(float(peaks[-allowed - 1]) * _STEP) + 1) / _STEP


def _falling(ks: Sequence[float]) -> Iterator[float]:
    """Raise each k to the largest of those of larger sums: few runs may have met a size at all."""
    return (max(ks[at:]) for at in range(len(ks)))


def _columns(plan: Plan) -> int:
    """Return how many columns of a release are tested: of an audit only the count."""
    return 1 if plan.layer.cross is Shape.AUDIT else len(plan.values)


def _batch(plan: Plan, rng: np.random.Generator) -> Floats:
    """Return leaf estimates of releases in which nobody reported anything."""
    width = _BATCH * _columns(plan)
    noise = np.empty((len(plan.places), width))
    epsilons = [row[0].epsilon for row in plan.units]
    for epsilon in set(epsilons):
        rows = np.array([other == epsilon for other in epsilons])
        success, shape = 1 - math.exp(-float(epsilon)), (int(rows.sum()), width)
        noise[rows] = rng.geometric(success, shape) - rng.geometric(success, shape)
    return estimate(plan.tree, noise, plan.variances)


def _heights(plan: Plan, estimates: Floats) -> tuple[list[Floats], Floats]:
    """Return what whole nodes reach, in standard errors: all numbers by class, and the most by column."""
    found: list[list[Floats]] = [[] for _ in SIZES]
    highest = np.zeros((len(SIZES), estimates.shape[1]))
    below, parents = np.empty((0, estimates.shape[1])), np.empty(0, dtype=np.intp)
    # Nothing is shown, so standard errors and sizes are the same in every column.
    for one in sift(plan.tree, np.zeros((len(estimates), 1)), plan.variances, math.inf):
        rest = lift(below, parents, len(one.level.names))
        rest[one.level.ends] = estimates[one.level.end_leaves]
        reached = np.where(rest >= FEWEST, rest / one.se, 0.0)
        classes = size_class(one.sizes)[:, 0]
        for number in set(classes.tolist()):
            rows = reached[classes == number]
            found[number].append(rows[rows > 0])
            highest[number] = np.maximum(highest[number], rows.max(axis=0))
        below, parents = rest, one.level.parents
    return [np.concatenate([np.empty(0), *parts]) for parts in found], highest
