"""Deciding several labels together: a score for every set of labels, and the set that serves best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workers.classify.figures import figures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

# All sets of so few labels can be scored one by one.
MOST_CODES = 4
FEWEST_EXAMPLES = 500
FEWEST_OF_A_SET = 10
# Inverse L2 penalty of the mixing regression; it has a dozen inputs and thousands of examples.
MIXING = 0.05
OFFSETS = np.arange(-0.4, 1.61, 0.1)
ROUNDS = 3
FOLDS = 5
SEED = 20_260_103


@dataclass(frozen=True)
class Joint:
    """Linear scores of label sets.

    `sets` is sets x codes (0 or 1), `weights` features x sets, `bias` one number per set; `offsets`, one per
    code, are added to the log-probability of every set that holds the code: they are its thresholds.
    """

    sets: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    offsets: NDArray[np.float32]

    def decide(self, logs: Floats, evidence: Floats) -> tuple[Floats, Flags]:
        """Return marginal probabilities and the chosen set (texts x codes) for the scores of sets."""
        told = logs + self.sets @ evidence
        return marginals(told, self.sets), best(told, self.sets, self.offsets)


def sets_of(truth: Flags) -> Flags | None:
    """Return the label sets to score one by one, None when there are too many codes or too few examples."""
    if truth.shape[1] > MOST_CODES or len(truth) < FEWEST_EXAMPLES:
        return None
    sets, counts = np.unique(truth, axis=0, return_counts=True)
    kept = sets[counts >= FEWEST_OF_A_SET]
    return np.asarray(kept, dtype=np.bool_) if len(kept) > 1 else None


def members(truth: Flags, sets: Flags) -> Flags:
    """Return which set every text carries (texts x sets); a text with a rare set carries none."""
    return np.asarray((truth[:, None, :] == sets[None]).all(axis=2))


def marginals(logs: Floats, sets: NDArray[np.floating]) -> Floats:
    """Return the probability of every code from unnormalised log-probabilities of sets."""
    odds = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(odds @ sets / odds.sum(axis=1, keepdims=True))


def best(logs: Floats, sets: NDArray[np.floating], offsets: NDArray[np.floating]) -> Flags:
    """Return the likeliest set of every text after the offsets."""
    return np.asarray(sets[(logs + sets @ offsets).argmax(axis=1)] > 0)


@dataclass(frozen=True)
class Mixed:
    """How scores of codes and of sets are mixed into one (inputs x sets, sets), and what unseen texts got."""

    matrix: Floats
    bias: Floats
    offsets: Floats
    said: Flags


def mix(logits: Floats, truth: Flags, sets: Flags) -> Mixed:
    """Learn from scores on unseen texts how to weigh codes against sets, and the offsets that serve best.

    Stacking (Wolpert 1992). One set of offsets serves Hamming, exact match and macro-F1 alike: the sum of the
    three is maximised on texts that neither the scores nor the mixing were fitted on.
    """
    which = members(truth, sets)
    told = np.flatnonzero(which.any(axis=1))
    folds = np.random.default_rng(SEED).permutation(len(logits)) % FOLDS
    logs = np.zeros((len(logits), len(sets)))
    for fold in range(FOLDS):
        matrix, bias = _regress(logits, which, told[folds[told] != fold])
        logs[folds == fold] = logits[folds == fold] @ matrix + bias
    logs -= np.log(np.exp(logs).sum(axis=1, keepdims=True))
    offsets = choose_offsets(logs, truth, sets)
    return Mixed(*_regress(logits, which, told), offsets, best(logs, sets.astype(float), offsets))


def _regress(logits: Floats, which: Flags, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
    from sklearn.linear_model import LogisticRegression

    regression = LogisticRegression(C=MIXING, max_iter=500)
    regression.fit(logits[rows], which[rows].argmax(axis=1))
    return regression.coef_.T, regression.intercept_


def choose_offsets(logs: Floats, truth: Flags, sets: Flags) -> Floats:
    """Return one offset per code, improved one after the other; of a noisy curve the smoothed top is taken."""
    offsets, floats = np.zeros(truth.shape[1]), sets.astype(float)
    for place in list(range(len(offsets))) * ROUNDS:
        tries = [np.where(np.arange(len(offsets)) == place, offset, offsets) for offset in OFFSETS]
        worth = [sum(figures(best(logs, floats, each), truth).values()) for each in tries]
        smooth = np.convolve(np.pad(worth, 1, "edge"), [0.25, 0.5, 0.25], "valid")
        offsets = tries[int(smooth.argmax())]
    return offsets
