"""The linear label model: kept as plain arrays, scoring a text, and naming the words that carried a label."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from backend.errors import ConfigError
from workers.classify.bag import parts_of
from workers.classify.features import LENGTHS, features_of, spans_of, words_of
from workers.classify.joint import Joint

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from workers.classify.features import Word

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

ARRAYS, WORDS = "model.npz", "model.json"
# Which features a model was fitted on; one of an earlier form would read other features than it learnt.
FORM = 2
MOST_WORDS_NAMED = 5
SILENCE = -20.0
# A word is named when it brings at least this share of all that spoke for the label.
SHARE_NAMED = 0.12


@dataclass(frozen=True)
class Read:
    """A text as the model reads it.

    `words` as written; `grams` the distinct features; `values` their tf-idf, n-grams, words and pairs each
    of their length; `where` and `size` start and length of every occurrence in the folded line; `which` its place
    in `grams`.
    """

    words: list[Word]
    grams: Ints
    values: Floats
    where: Ints
    size: Ints
    which: Ints


@dataclass(frozen=True)
class LinearModel:
    """One-vs-rest logistic regression over n-grams inside words, words, and pairs of words.

    `weights` is features x codes, with the naive-Bayes ratios already multiplied in; `bias` and
    `thresholds` are one number per code, thresholds as probabilities. With `joint` labels are decided together.
    """

    version: str
    codes: tuple[str, ...]
    vocabulary: dict[str, int]
    idf: Floats
    weights: Floats
    bias: Floats
    thresholds: Floats
    joint: Joint | None = None

    @cached_property
    def parts(self) -> Ints:
        """The part each feature belongs to."""
        return parts_of(self.vocabulary)

    def read(self, text: str) -> Read:
        """Turn a text into the features the model knows."""
        words = words_of(text)
        folded = [word.folded for word in words]
        found = np.array([self.vocabulary.get(each, -1) for each in features_of(folded)], dtype=np.int64)
        hit = found >= 0
        where, size = np.array(spans_of(folded), dtype=np.int64).reshape(-1, 2).T
        grams, which, counts = np.unique(found[hit], return_inverse=True, return_counts=True)
        values = tf_idf(counts, self.idf[grams], self.parts[grams])
        return Read(words, grams, values, where[hit], size[hit], which)

    def logits(self, read: Read) -> Floats:
        """Return one log-odds per code."""
        return np.asarray(read.values @ self.weights[read.grams] + self.bias, dtype=np.float32)

    def probabilities(self, text: str) -> Floats:
        """Return one probability per code, in the order of `codes`."""
        return self.decide(self.read(text))[0]

    def decide(self, read: Read, evidence: Floats | None = None) -> tuple[Floats, Flags]:
        """Return one probability per code, and which codes to say; `evidence` is added as log-odds."""
        own = np.zeros(len(self.codes), dtype=np.float32) if evidence is None else evidence
        if not len(read.grams):
            # Without one known n-gram the bias alone would speak, and it says nothing about this report.
            scores = sigmoid(np.where(own > 0, own, SILENCE))
            return scores, scores >= self.thresholds
        if self.joint is None:
            scores = sigmoid(self.logits(read) + own)
            return scores, scores >= self.thresholds
        logs = read.values @ self.joint.weights[read.grams] + self.joint.bias
        chances, said = self.joint.decide(logs[None].astype(np.float64), own.astype(np.float64))
        return np.asarray(chances[0], dtype=np.float32), said[0]

    def carriers(self, read: Read, code: str) -> tuple[str, ...]:
        """Name the words that spoke for a code, as written, strongest first.

        Each feature's share of the log-odds is spread evenly over its characters, then summed by word.
        """
        share = read.values * self.weights[read.grams, self.codes.index(code)]
        times = np.bincount(read.which, minlength=len(read.grams))
        each = share[read.which] / times[read.which] / read.size
        return _strongest(read.words, _by_word(read, each))


def sigmoid(logits: NDArray[np.floating[Any]]) -> Floats:
    """Return probabilities for log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float32)


def tf_idf(counts: Ints, idf: Floats, parts: Ints) -> Floats:
    """Return sublinear tf-idf, every part scaled to its length (a part without features stays empty)."""
    values = (1.0 + np.log(counts)) * idf
    squares = np.bincount(parts, values**2, minlength=len(LENGTHS))
    scales = np.array(LENGTHS) / np.sqrt(np.where(squares > 0, squares, 1.0))
    return np.asarray(values * scales[parts], dtype=np.float32)


def _by_word(read: Read, each: Floats) -> Floats:
    lengths = np.array([len(word.folded) for word in read.words], dtype=np.int64)
    ends = np.cumsum(lengths + 1)
    steps = np.zeros(int(ends[-1]) + 3 if len(ends) else 2, dtype=np.float64)
    np.add.at(steps, read.where, each)
    np.add.at(steps, read.where + read.size, -each)
    signs = np.concatenate([[0.0], np.cumsum(np.cumsum(steps))])
    # Word k stands at ends[k] - length .. ends[k] - 1 of the line, whose first sign is a blank.
    return np.asarray(signs[ends] - signs[ends - lengths], dtype=np.float32)


def _strongest(words: list[Word], sums: Floats) -> tuple[str, ...]:
    best: dict[str, tuple[float, str]] = {}
    for word, amount in zip(words, sums.tolist(), strict=True):
        before = best.get(word.folded, (0.0, word.written))
        best[word.folded] = (before[0] + max(0.0, amount), before[1])
    total = sum(amount for amount, _ in best.values()) or 1.0
    ranked = sorted(best.values(), key=lambda pair: -pair[0])[:MOST_WORDS_NAMED]
    return tuple(written for amount, written in ranked if amount / total >= SHARE_NAMED)


def save(model: LinearModel, folder: Path) -> None:
    """Write a model as numbers and a vocabulary; nothing in either file can run when it is read."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        folder / ARRAYS, idf=model.idf.astype(np.float16), weights=model.weights.astype(np.float16),
        bias=model.bias, thresholds=model.thresholds, **_joint_arrays(model),
    )  # fmt: skip
    words = {
        "form": FORM,
        "version": model.version,
        "codes": model.codes,
        "vocabulary": list(model.vocabulary),
    }
    text = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    (folder / WORDS).write_text(text + "\n", encoding="utf-8")


def _joint_arrays(model: LinearModel) -> dict[str, Any]:
    joint = model.joint
    if joint is None:
        return {}
    half = joint.weights.astype(np.float16)
    return {"sets": joint.sets, "set_weights": half, "set_bias": joint.bias, "offsets": joint.offsets}


def load(folder: Path) -> LinearModel:
    """Read a model that `save` wrote; a missing or broken one raises ConfigError."""
    try:
        model = _load(folder)
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile, zlib.error) as error:
        raise ConfigError(
            "The label model is missing or damaged; train it anew with farola train."
        ) from error
    if model.weights.shape != (len(model.vocabulary), len(model.codes)) or not (
        _finite(model) and _joint_fits(model)
    ):
        raise ConfigError("The label model's parts do not fit each other; train it anew with farola train.")
    return model


def _load(folder: Path) -> LinearModel:
    words = json.loads((folder / WORDS).read_text(encoding="utf-8"))
    if words.get("form") != FORM:
        raise ConfigError("The label model was written by another release; train it anew with farola train.")
    with np.load(BytesIO((folder / ARRAYS).read_bytes()), allow_pickle=False) as arrays:
        parts = {name: arrays[name].astype(np.float32) for name in ("idf", "weights", "bias", "thresholds")}
        joint = _load_joint(arrays) if "sets" in arrays else None
    vocabulary = {gram: place for place, gram in enumerate(words["vocabulary"])}
    return LinearModel(str(words["version"]), tuple(words["codes"]), vocabulary, **parts, joint=joint)


def _load_joint(arrays: Any) -> Joint:
    names = ("sets", "set_weights", "set_bias", "offsets")
    return Joint(*(arrays[name].astype(np.float32) for name in names))


def _joint_fits(model: LinearModel) -> bool:
    joint = model.joint
    if joint is None:
        return True
    sets, codes = len(joint.bias), len(model.codes)
    shapes = joint.sets.shape, joint.weights.shape, joint.offsets.shape
    finite = all(bool(np.isfinite(part).all()) for part in (joint.weights, joint.bias, joint.offsets))
    return finite and shapes == ((sets, codes), (len(model.vocabulary), sets), (codes,))


def _finite(model: LinearModel) -> bool:
    """Whether every number is one, and there is one per code or feature."""
    parts = (model.idf, model.weights, model.bias, model.thresholds)
    sizes = (len(model.vocabulary), len(model.codes), len(model.codes))
    return all(bool(np.isfinite(part).all()) for part in parts) and sizes == (
        len(model.idf), len(model.bias), len(model.thresholds),
    )  # fmt: skip
