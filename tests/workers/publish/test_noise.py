"""The noise: exact, of the right size, from the operating system, and never by a seed."""

import random
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from backend.domain.budgets import variance
from workers.publish.noise import _cost, _mechanism, add_noise

DRAWS = 20_000
SPENT = [
    (Fraction(63, 100), 1),
    (Fraction(7, 100), 1),
    (Fraction(1, 5), 1),
    (Fraction(1, 5), 3),
    (Fraction(9, 5), 1),
]


@pytest.mark.parametrize(("epsilon", "moved"), SPENT)
def test_noise_follows_the_discrete_laplace_law(epsilon, moved):
    """Chi-square against the law's own probabilities; a sound sampler fails once in a billion."""
    ratio = np.exp(-float(epsilon) / moved)
    drawn = add_noise(np.full(DRAWS, 5), epsilon, moved) - 5
    edge = 0
    while DRAWS * (1 - ratio) / (1 + ratio) * ratio ** (edge + 1) > 20:
        edge += 1
    inner = np.arange(-edge, edge + 1)
    chance = (1 - ratio) / (1 + ratio) * ratio ** np.abs(inner)
    tail = (1 - chance.sum()) / 2
    expected = DRAWS * np.array([tail, *chance, tail])
    seen = [(drawn < -edge).sum(), *((drawn == value).sum() for value in inner), (drawn > edge).sum()]
    distance = ((np.array(seen) - expected) ** 2 / expected).sum()
    assert distance < stats.chi2.isf(1e-9, len(expected) - 1)


@pytest.mark.parametrize(("epsilon", "moved"), SPENT)
def test_the_proof_of_the_sampler_stays_within_epsilon(epsilon, moved):
    cost = _cost(_mechanism(epsilon, moved), moved)
    assert epsilon * Fraction(999999, 1000000) < cost <= epsilon


@pytest.mark.parametrize(("epsilon", "moved"), SPENT)
def test_the_variance_is_that_of_the_law(epsilon, moved):
    values = np.arange(-4000, 4001)
    ratio = np.exp(-float(epsilon) / moved)
    chance = (1 - ratio) / (1 + ratio) * ratio ** np.abs(values)
    assert variance(epsilon, moved) == pytest.approx((chance * values**2).sum(), rel=1e-6)


def test_no_seed_repeats_the_noise():
    def drawn():
        random.seed(1)
        np.random.seed(1)  # noqa: NPY002 (the point is that it does nothing)
        return add_noise(np.zeros(200, dtype=np.int64), Fraction(1, 5), 1).tolist()

    assert drawn() != drawn()
