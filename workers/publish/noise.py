"""Exact discrete Laplace noise from the operating system's randomness, on every measured place.

The sampler is OpenDP's (after Canonne, Kamath and Steinke 2020): integers in, integers out, no
floating-point number ever carries a count, so the low bits tell nothing (Mironov 2012).
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

import numpy as np
import opendp.prelude as dp
from numpy.typing import NDArray

from workers.publish.plan import Plan
from workers.publish.tree import Counts

dp.enable_features("contrib")


def measure(plan: Plan, counts: Counts) -> Counts:
    """Return the counts with noise: one row a place, one column a cross value.

    Every cell of the table gets noise, zeros included. Nothing is drawn twice for one release:
    the caller keeps the answer in the transaction that writes the ledger. A third axis holds
    tables of as many releases, which the audit of the noise draws in one go.
    """
    noisy = np.empty_like(counts)
    for (epsilon, moved), where in _alike(plan).items():
        noisy[where] = add_noise(counts[where], epsilon, moved)
    return noisy


def add_noise(numbers: Counts, epsilon: Fraction, sensitivity: int) -> Counts:
    """Return numbers with noise such that a change of one by `sensitivity` costs at most epsilon."""
    drawn = _mechanism(epsilon, sensitivity)(numbers.ravel().tolist())
    return np.array(drawn, dtype=np.int64).reshape(numbers.shape)


def _alike(plan: Plan) -> dict[tuple[Fraction, int], NDArray[np.bool_]]:
    """Group the cells of the table by the noise they get."""
    noises = [[(unit.epsilon, unit.sensitivity) for unit in row] for row in plan.units]
    return {
        noise: np.array([[other == noise for other in row] for row in noises])
        for noise in {noise for row in noises for noise in row}
    }


@lru_cache
def _mechanism(epsilon: Fraction, sensitivity: int) -> dp.Measurement:
    """Return OpenDP's measurement, its scale widened until its own proof is within epsilon."""
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
    scale = float(sensitivity / epsilon)
    while _cost(made := dp.m.make_laplace(*space, scale=scale), sensitivity) > epsilon:
        scale = math.nextafter(scale, math.inf)
    return made


def _cost(mechanism: dp.Measurement, sensitivity: int) -> Fraction:
    """Return the epsilon that OpenDP proves, as the exact value of its float."""
    return Fraction(mechanism.map(sensitivity))  # type: ignore[no-untyped-call]
