"""How good a set of labels is: shares and F1 over texts x codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Labels = NDArray[np.bool_]

DRAWS = 1000
SEED = 20_260_102


def figures(said: Labels, truth: Labels) -> dict[str, float]:
    """Return macro-F1, the share of right yes-or-no answers (Hamming) and of texts right in every code."""
    return {
        "macro_f1": round(float(_f1(said, truth).mean()), 4),
        "hamming": round(float((said == truth).mean()), 4),
        "exact": round(float((said == truth).all(axis=1).mean()), 4),
    }


def intervals(said: Labels, truth: Labels) -> dict[str, list[float]]:
    """Return the 95 % interval of every figure over redrawn texts."""
    random = np.random.default_rng(SEED)
    rows = (random.integers(0, len(truth), len(truth)) for _ in range(DRAWS))
    drawn = [figures(said[each], truth[each]) for each in rows]
    return {
        key: [round(float(value), 4) for value in np.quantile([one[key] for one in drawn], [0.025, 0.975])]
        for key in drawn[0]
    }


def _f1(said: Labels, truth: Labels) -> NDArray[np.float64]:
    right = 2.0 * (said & truth).sum(axis=0)
    return np.asarray(right / np.maximum(1, said.sum(axis=0) + truth.sum(axis=0)), dtype=np.float64)
