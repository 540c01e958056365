"""The least epsilon that is compatible with what was seen: Clopper-Pearson bounds on chosen events.

Half of the runs choose, for each thing an attacker could look at, the event that tells two worlds
apart best; the other half bounds its probability in both. With the given doubt, no release
that keeps its promise shows a bound above it (after Jagielski, Ullman and Oprea 2020).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.stats import beta

_QUANTILES = np.linspace(0, 1, 41)
_RATIOS = (1.0, 2.0, 4.0, 10.0, 50.0)

Seen = Sequence[float] | Sequence[Hashable]
View = Mapping[str, Seen]
Event = Callable[[Seen], int]


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
    half = len(first) // 2
    events = _events(first[:half], second[:half])
    best = max(events, key=lambda event: lower_bound(event(first[:half]), event(second[:half]), half, doubt))
    return lower_bound(best(first[half:]), best(second[half:]), len(first) - half, doubt)


def _events(first: Seen, second: Seen) -> Iterator[Event]:
    """Yield the events among which the first half of the runs chooses."""
    if isinstance(first[0], int | float):
        for edge in np.quantile([*first, *second], _QUANTILES):
            yield partial(_at_least, float(edge))
            yield partial(_at_most, float(edge))
        return
    here, there = Counter(first), Counter(second)
    for ratio in _RATIOS:
        yield partial(_among, frozenset(thing for thing in here if here[thing] > ratio * there[thing]))


def _at_least(edge: float, seen: Seen) -> int:
    return int(np.sum(np.array(seen, dtype=np.float64) >= edge))


def _at_most(edge: float, seen: Seen) -> int:
    return int(np.sum(np.array(seen, dtype=np.float64) <= edge))


def _among(chosen: frozenset[Hashable], seen: Seen) -> int:
    return sum(thing in chosen for thing in seen)
