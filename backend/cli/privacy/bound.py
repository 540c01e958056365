"""The least epsilon that is compatible with what was seen: Clopper-Pearson bounds on chosen events.

A quarter of the runs choose, for each thing an attacker could look at, the event that tells two
worlds apart best; the others bound its probability in both. With the given doubt, no release
that keeps its promise shows a bound above it (after Jagielski, Ullman and Oprea 2020).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

_QUANTILES = np.linspace(0, 1, 41)
_RATIOS = (1.0, 2.0, 4.0, 10.0, 50.0)
_CHOOSE = 4  # one run in so many chooses

Seen = Sequence[float] | Sequence[Hashable]
View = Mapping[str, Seen]
Side = NDArray[np.float64] | list[Hashable]
Event = Callable[[Side], int]


@dataclass(frozen=True)
class Bound:
    """A lower bound on epsilon, the witness that gave it, and how sure it is."""

    epsilon: float
    witness: str
    confidence: float


def lower_bound(hits: int, others: int, runs: int, doubt: float) -> float:
    """Return a lower bound on ln(p / q) for an event seen `hits` and `others` times in as many runs each."""
    least = beta.ppf(doubt / 2, hits, runs - hits + 1) if hits else 0.0
    most = beta.ppf(1 - doubt / 2, others + 1, runs - others) if others < runs else 1.0
    return max(0.0, math.log(least / most)) if least > 0 else 0.0


def strongest(one: View, other: View, doubt: float) -> Bound:
    """Return the best bound over all witnesses, both ways; together they are wrong with at most `doubt`.

    `one` and `other` hold, by witness, what was seen in each run of either world: numbers, or
    things that are only alike or not.
    """
    each = doubt / (2 * len(one))
    found = [
        (_bound(first[name], second[name], each), name)
        for first, second in ((one, other), (other, one))
        for name in one
    ]
    epsilon, witness = max(found)
    return Bound(epsilon, witness, 1 - doubt)


def _bound(first: Seen, second: Seen, doubt: float) -> float:
    here, there = _side(first), _side(second)
    cut = len(here) // _CHOOSE
    events = _events(here[:cut], there[:cut])
    best = max(events, key=lambda event: lower_bound(event(here[:cut]), event(there[:cut]), cut, doubt))
    return lower_bound(best(here[cut:]), best(there[cut:]), len(here) - cut, doubt)


def _side(seen: Seen) -> Side:
    return np.array(seen, dtype=np.float64) if isinstance(seen[0], float) else list(seen)


def _events(first: Side, second: Side) -> Iterator[Event]:
    """Yield the events among which a quarter of the runs chooses."""
    if isinstance(first, np.ndarray):
        told = np.concatenate([first, np.asarray(second)])
        for edge in np.unique(np.quantile(told, _QUANTILES, method="nearest")):
            yield partial(_at_least, float(edge))
            yield partial(_at_most, float(edge))
        return
    here, there = Counter(first), Counter(second)
    for ratio in _RATIOS:
        yield partial(_among, frozenset(thing for thing in here if here[thing] > ratio * there[thing]))


def _at_least(edge: float, seen: Side) -> int:
    return int(np.sum(np.asarray(seen) >= edge))


def _at_most(edge: float, seen: Side) -> int:
    return int(np.sum(np.asarray(seen) <= edge))


def _among(chosen: frozenset[Hashable], seen: Side) -> int:
    return sum(thing in chosen for thing in seen)
