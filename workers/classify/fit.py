"""Learning the label model: naive-Bayes-weighted logistic regression, and thresholds on unseen examples."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from workers.classify.examples import codes_of
from workers.classify.features import line_of, ngrams_of, words_of
from workers.classify.joint import Joint, Mixed, members, mix, sets_of
from workers.classify.linear import LinearModel, sigmoid
from workers.classify.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from workers.classify.examples import Example

    Floats = NDArray[np.float64]
    Say = Callable[[str], None]

MOST_FEATURES, MOST_TOGETHER = 60_000, 120_000
STRENGTH = 0.3  # inverse of the L2 penalty
CODE_STRENGTH, SET_STRENGTH = 1.0, 0.3  # the same where sets of codes are decided together
FOLDS, FOLDS_TOGETHER = 3, 5
SEED = 20_260_101
THRESHOLDS = np.arange(0.20, 0.901, 0.02)


@dataclass(frozen=True)
class Bag:
    """Texts as counted n-grams, the vocabulary, and who carries which code (texts x codes).

    `strengths`, one per code, fit codes as often as they occur; without, rare and common ones weigh alike.
    """

    counts: sparse.csr_matrix
    vocabulary: dict[str, int]
    truth: NDArray[np.bool_]
    codes: tuple[str, ...]
    strengths: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Learnt:
    """A model and what it scored on examples it had not seen (texts x codes)."""

    model: LinearModel
    unseen: Floats
    said: NDArray[np.bool_]
    truth: NDArray[np.bool_]


def learn(examples: Sequence[Example], name: str, beta: float, say: Say = print) -> Learnt:
    """Fit one model on all examples, with thresholds chosen on folds it was not fitted on."""
    codes = codes_of(examples)
    truth = np.array([[code in example.labels for code in codes] for example in examples])
    sets = sets_of(truth)
    bag = count(examples, MOST_FEATURES if sets is None else MOST_TOGETHER)
    say(f"{len(examples)} examples, {len(bag.codes)} labels, {len(bag.vocabulary)} n-grams")
    if sets is not None:
        return _learn_together(bag, sets, name, beta, say)
    unseen = np.asarray(sigmoid(out_of_fold(bag, folds_of(examples), say)), dtype=np.float64)
    thresholds = choose_thresholds(unseen, bag.truth, beta)
    idf, weights, bias = fit(bag, np.arange(len(examples)))
    model = LinearModel(
        _version(name, weights), bag.codes, bag.vocabulary, half(idf), half(weights),
        bias.astype(np.float32), thresholds.astype(np.float32),
    )  # fmt: skip
    return Learnt(model, unseen, unseen >= model.thresholds, bag.truth)


def _learn_together(bag: Bag, sets: NDArray[np.bool_], name: str, beta: float, say: Say) -> Learnt:
    """Fit codes and whole sets of codes, and mix the two into one linear score for every set."""
    both = replace(
        bag,
        codes=(*bag.codes, *(f"set {place}" for place in range(len(sets)))),
        truth=np.hstack([bag.truth, members(bag.truth, sets)]),
        strengths=(CODE_STRENGTH,) * len(bag.codes) + (SET_STRENGTH,) * len(sets),
    )
    logits, (idf, weights, bias) = _crossed(both, say)
    mixed = mix(logits, bag.truth, sets)
    unseen = np.asarray(sigmoid(logits[:, : len(bag.codes)]), dtype=np.float64)
    thresholds = choose_thresholds(unseen, bag.truth, beta).astype(np.float32)
    model = LinearModel(
        _version(name, weights), bag.codes, bag.vocabulary, half(idf), half(weights[:, : len(bag.codes)]),
        bias[: len(bag.codes)].astype(np.float32), thresholds, _joint(mixed, sets, weights, bias),
    )  # fmt: skip
    return Learnt(model, unseen, mixed.said, bag.truth)


def _crossed(bag: Bag, say: Say) -> tuple[Floats, tuple[Floats, Floats, Floats]]:
    """Return log-odds on unseen texts, and the mean of the folds' models.

    The mean scores new texts as each of its parts scored the unseen ones, so that what was chosen there holds.
    """
    folds, logits, fitted = _drawn(len(bag.truth), FOLDS_TOGETHER), np.zeros(bag.truth.shape), []
    idf = idf_of(bag.counts)
    values = _scaled(bag.counts, idf)
    for fold in range(FOLDS_TOGETHER):
        _, weights, bias = fit(bag, np.flatnonzero(folds != fold), idf)
        logits[folds == fold] = np.asarray(values[folds == fold] @ weights) + bias
        fitted.append((weights, bias))
        say(f"fold {fold + 1} of {FOLDS_TOGETHER} done")
    weights, bias = (np.mean(part, axis=0) for part in zip(*fitted, strict=True))
    return logits, (idf, weights, bias)


def _joint(mixed: Mixed, sets: NDArray[np.bool_], weights: Floats, bias: Floats) -> Joint:
    """Scores are linear and so is their mixture: one matrix is left to store."""
    numbers = bias @ mixed.matrix + mixed.bias
    return Joint(
        sets.astype(np.float32), half(weights @ mixed.matrix), numbers.astype(np.float32),
        mixed.offsets.astype(np.float32),
    )  # fmt: skip


def count(examples: Sequence[Example], most: int = MOST_FEATURES) -> Bag:
    """Count the n-grams of every text, keeping those that occur in the most texts."""
    grams = [Counter(ngrams_of(line_of(words_of(example.text)))) for example in examples]
    codes = codes_of(examples)
    truth = np.array([[code in example.labels for code in codes] for example in examples], dtype=np.bool_)
    known = vocabulary(grams, [example.told for example in examples], most)
    cells = [
        (row, known[gram], times)
        for row, counter in enumerate(grams)
        for gram, times in counter.items()
        if gram in known
    ]
    rows, columns, times = (np.array(part) for part in zip(*cells, strict=True))
    shape = (len(grams), len(known))
    counts = sparse.csr_matrix((times.astype(np.float64), (rows, columns)), shape=shape)
    return Bag(counts, known, truth, codes)


def folds_of(examples: Sequence[Example]) -> NDArray[np.int64]:
    """Return the fold of every example: its part, else drawn with a fixed seed."""
    parts = [example.part for example in examples]
    if all(part is not None for part in parts):
        return np.array(parts, dtype=np.int64)
    return _drawn(len(parts))


def _drawn(size: int, folds: int = FOLDS) -> NDArray[np.int64]:
    return np.asarray(np.random.default_rng(SEED).permutation(size) % folds, dtype=np.int64)


def out_of_fold(bag: Bag, folds: NDArray[np.int64], say: Say) -> Floats:
    """Return the log-odds of every code for every text, from a model that did not see its fold."""
    scores = np.zeros(bag.truth.shape)
    for fold in np.unique(folds):
        held = np.flatnonzero(folds == fold)
        idf, weights, bias = fit(bag, np.flatnonzero(folds != fold))
        scores[held] = np.asarray(_scaled(bag.counts[held], idf) @ weights) + bias
        say(f"fold {int(fold) + 1} of {len(np.unique(folds))} done")
    return scores


def idf_of(counts: sparse.csr_matrix) -> Floats:
    """Return the smoothed inverse document frequency of every feature."""
    texts = np.bincount(counts.indices, minlength=counts.shape[1])
    return half(np.log((1.0 + counts.shape[0]) / (1.0 + texts)) + 1.0).astype(np.float64)


def fit(bag: Bag, rows: NDArray[np.int64], idf: Floats | None = None) -> tuple[Floats, Floats, Floats]:
    """Fit on some rows; return idf, weights (features x codes) and bias (codes)."""
    counts, truth = bag.counts[rows], bag.truth[rows]
    idf = idf_of(counts) if idf is None else idf
    values = _scaled(counts, idf)
    strengths = bag.strengths or (None,) * len(bag.codes)
    columns = [_fit_code(values, truth[:, place], strength) for place, strength in enumerate(strengths)]
    weights = np.stack([weight for weight, _ in columns], axis=1)
    return idf, weights, np.array([bias for _, bias in columns])


def half(numbers: Floats) -> NDArray[np.float32]:
    """Round to the precision that is stored, so that training and serving use the same numbers."""
    return np.asarray(numbers.astype(np.float16).astype(np.float32))


def _scaled(counts: sparse.csr_matrix, idf: Floats) -> sparse.csr_matrix:
    """Return sublinear tf-idf with rows of length one."""
    values = counts.copy()
    values.data = (1.0 + np.log(values.data)) * idf[values.indices]
    lengths = np.sqrt(np.asarray(values.multiply(values).sum(axis=1))).ravel()
    return sparse.csr_matrix(sparse.diags(1.0 / np.where(lengths > 0, lengths, 1.0)) @ values)


def _fit_code(
    values: sparse.csr_matrix, truth: NDArray[np.bool_], strength: float | None
) -> tuple[Floats, float]:
    """Fit one code: features are weighted by their naive-Bayes log-count ratio (Wang and Manning 2012)."""
    from sklearn.linear_model import LogisticRegression

    if truth.all() or not truth.any():
        return np.zeros(values.shape[1]), 20.0 if truth.all() else -20.0
    ratio = _log_ratio(values, truth)
    regression = LogisticRegression(
        C=strength or STRENGTH,
        solver="liblinear",
        tol=1e-2,
        random_state=SEED,
        class_weight=None if strength else "balanced",
    )
    regression.fit(sparse.csr_matrix(values @ sparse.diags(ratio)), truth)
    return ratio * regression.coef_[0], float(regression.intercept_[0])


def _log_ratio(values: sparse.csr_matrix, truth: NDArray[np.bool_]) -> Floats:
    """Return log(p / q) of every feature, p and q its smoothed share of the n-grams in texts with and without."""
    columns = values.shape[1]
    with_code = 1.0 + np.bincount(values[truth].indices, minlength=columns)
    without = 1.0 + np.bincount(values[~truth].indices, minlength=columns)
    return np.asarray(np.log(with_code / with_code.sum()) - np.log(without / without.sum()))


def choose_thresholds(scores: Floats, truth: NDArray[np.bool_], beta: float) -> Floats:
    """Return for every code the threshold with the best F-beta on unseen examples.

    With `beta` below 1 a wrong proposal weighs more than a missing one.
    """
    return np.array([_best(scores[:, place], truth[:, place], beta) for place in range(truth.shape[1])])


def _best(scores: Floats, truth: NDArray[np.bool_], beta: float) -> float:
    said = scores[None, :] >= THRESHOLDS[:, None]
    right = (said & truth).sum(axis=1)
    f_beta = (1 + beta**2) * right / np.maximum(1, said.sum(axis=1) + beta**2 * truth.sum())
    # Of equally good neighbours the middle one is furthest from a mistake on either side.
    return float(np.median(THRESHOLDS[f_beta >= f_beta.max() - 1e-9]))


def _version(name: str, weights: Floats) -> str:
    return f"{name}-{hashlib.sha256(half(weights).tobytes()).hexdigest()[:12]}"
