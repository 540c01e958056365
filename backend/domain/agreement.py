"""How far people agree, and how sure a share is: Krippendorff's alpha and Wilson's interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import krippendorff
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

FEWEST_PEOPLE, FEWEST_CASES, FEWEST = 3, 10, 10
_DRAWS, _SEED, _Z = 1000, 7, 1.96


class Agreement(NamedTuple):
    """Alpha (1 is full agreement, 0 what chance gives), the ends of its 95 % interval, and of how much."""

    alpha: float
    low: float
    high: float
    people: int
    cases: int


class Share(NamedTuple):
    """A share and the ends of its 95 % interval."""

    share: float
    low: float
    high: float


def agreement(answers: Mapping[str, Mapping[str, Hashable]], fewest: int = FEWEST_PEOPLE) -> Agreement | None:
    """Return how far people agree on cases: case, then person, then what they said.

    Nominal alpha (K. Krippendorff, Content Analysis, 4th ed., ch. 12); the interval is a bootstrap over
    cases. Nothing is told of fewer than ten cases that two or more answered, of fewer people than asked
    for, or where everybody always said the same one thing.
    """
    paired = {case: said for case, said in answers.items() if len(said) > 1}
    people = sorted({person for said in paired.values() for person in said})
    if len(paired) < FEWEST_CASES or len(people) < fewest:
        return None
    table = _table(paired, people)
    alpha = _alpha(table)
    if alpha is None:
        return None
    draws = np.random.default_rng(_SEED).integers(0, len(paired), (_DRAWS, len(paired)))
    drawn = [one for one in (_alpha(table[:, draw]) for draw in draws) if one is not None]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Agreement(alpha, float(low), float(high), len(people), len(paired))


def _table(
    answers: Mapping[str, Mapping[str, Hashable]], people: list[str]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return one row a person and one column a case, what was said as a number, nan for nothing."""
    codes: dict[Hashable, int] = {}
    table = np.full((len(people), len(answers)), np.nan)
    rows = {person: row for row, person in enumerate(people)}
    for column, said in enumerate(answers.values()):
        for person, told in said.items():
            table[rows[person], column] = codes.setdefault(told, len(codes))
    return table


def _alpha(table: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> float | None:
    if len(np.unique(table[~np.isnan(table)])) < 2:  # noqa: PLR2004 - one value alone says nothing of agreement
        return None
    return float(krippendorff.alpha(reliability_data=table, level_of_measurement="nominal"))


def share(part: int, whole: int) -> Share | None:
    """Return a share with Wilson's score interval (E. B. Wilson, JASA 22, 1927); nothing below ten."""
    if whole < FEWEST:
        return None
    found, spread = part / whole, _Z**2 / whole
    middle = (found + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(found * (1 - found) / whole + spread / (4 * whole)) / (1 + spread)
    return Share(found, max(0.0, middle - half), min(1.0, middle + half))
