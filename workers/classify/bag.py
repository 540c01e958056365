"""Texts as counted features, and the weights these get: tf-idf, with n-grams, words and pairs each of a fixed length."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from workers.classify.examples import codes_of
from workers.classify.features import LENGTHS, features_of, part_of, words_of
from workers.classify.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from workers.classify.examples import Example

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bag:
    """Texts as counted features, the vocabulary, and who carries which code (texts x codes).

    `strengths`, one per code, fit codes as often as they occur; without, rare and common ones weigh alike.
    """

    counts: sparse.csr_matrix
    vocabulary: dict[str, int]
    truth: NDArray[np.bool_]
    codes: tuple[str, ...]
    strengths: tuple[float, ...] | None = None

    @property
    def parts(self) -> NDArray[np.int64]:
        """The part each feature belongs to."""
        return parts_of(self.vocabulary)


def parts_of(vocabulary: dict[str, int]) -> NDArray[np.int64]:
    """Return the part (`part_of`) of every feature of a vocabulary, in its order."""
    return np.array([part_of(feature) for feature in vocabulary], dtype=np.int64)


def count(examples: Sequence[Example], most: int) -> Bag:
    """Count the features of every text, keeping those that occur in the most texts."""
    told = [Counter(features_of([word.folded for word in words_of(example.text)])) for example in examples]
    codes = codes_of(examples)
    truth = np.array([[code in example.labels for code in codes] for example in examples], dtype=np.bool_)
    known = vocabulary(told, [example.told for example in examples], most)
    cells = [
        (row, known[feature], times)
        for row, counter in enumerate(told)
        for feature, times in counter.items()
        if feature in known
    ]
    rows, columns, times = (np.array(part) for part in zip(*cells, strict=True))
    shape = (len(told), len(known))
    counts = sparse.csr_matrix((times.astype(np.float64), (rows, columns)), shape=shape)
    return Bag(counts, known, truth, codes)


def half(numbers: Floats) -> NDArray[np.float32]:
    """Round to the precision that is stored, so that training and serving use the same numbers."""
    return np.asarray(numbers.astype(np.float16).astype(np.float32))


def idf_of(counts: sparse.csr_matrix) -> Floats:
    """Return the smoothed inverse document frequency of every feature."""
    texts = np.bincount(counts.indices, minlength=counts.shape[1])
    return half(np.log((1.0 + counts.shape[0]) / (1.0 + texts)) + 1.0).astype(np.float64)


def scaled(counts: sparse.csr_matrix, idf: Floats, parts: NDArray[np.int64]) -> sparse.csr_matrix:
    """Return sublinear tf-idf; of every row the parts are each of their length."""
    values = counts.copy()
    values.data = (1.0 + np.log(values.data)) * idf[values.indices]
    part = parts[values.indices]
    place = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr)) * len(LENGTHS) + part
    lengths = np.sqrt(np.bincount(place, values.data**2, minlength=1))
    values.data *= np.array(LENGTHS)[part] / lengths[place]
    return values
