"""How alike two redacted texts are: the weight of the words they share, slips of the finger forgiven.

A word weighs what it says: rare words much, everyday ones little. Two texts are as alike as the share of
their weight that is common to both; of few shared words that say little, nothing follows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from workers.classify.features import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.classify.features import Word

VERSION = "likeness-1"
# Fewer words than this could have been written by anybody about anything.
FEWEST_WORDS = 5
# From here on one text is taken for a copy of the other; chosen on the stories' training table.
COPY = 0.6
MOST_CARRIERS = 8
# Zipf's scale in hundredths. A word that no list has may be a slip, so it does not weigh most.
_RAREST, _COMMONEST, _STEEP = 250, 750, 0.7
_LEAST, _UNLISTED, _UNLISTED_SHORT, _SHORT = 0.04, 0.5, 0.15, 3
# Of the pairs of letters of two words, the share that makes one a slip of the other.
_SAME, _ALMOST, _LONG = 0.57, 0.9, 7
_OVERLAP, _CONTAINED = 0.6, 0.4


@dataclass(frozen=True)
class Text:
    """A text as it is compared: its words, and by folded word the weight of each."""

    words: tuple[Word, ...]
    weights: Mapping[str, float]

    @property
    def says_enough(self) -> bool:
        """Tell whether there are words enough to be told apart from others'."""
        return len(self.words) >= FEWEST_WORDS


@dataclass(frozen=True)
class Likeness:
    """How alike two texts are, 0 to 1, and the folded words of the first that carried it."""

    score: float
    shared: frozenset[str]


def weigh(text: str, common: Mapping[str, int]) -> Text:
    """Return a redacted text as it is compared; `common` is how common words are (Zipf, hundredths)."""
    words = tuple(words_of(text))
    return Text(words, {word.folded: weight_of(word.folded, common) for word in words})


def weight_of(word: str, common: Mapping[str, int]) -> float:
    """Return how much a folded word says, from nearly 0 (everyday) to 1."""
    known = common.get(word, 0)
    if not known:
        return _UNLISTED_SHORT if len(word) <= _SHORT else _UNLISTED
    told: float = (_COMMONEST - max(known, _RAREST)) / (_COMMONEST - _RAREST)
    return float(max(_LEAST, told) ** _STEEP)


def compare(one: Text, other: Text) -> Likeness:
    """Return how alike two texts are: their overlap, and how far the shorter lies in the longer."""
    ours, theirs = one.weights, other.weights
    shared = ours.keys() & theirs.keys()
    slips = _slips(ours.keys() - shared, theirs.keys() - shared)
    same = sum(ours[word] for word in shared)
    near = sum(min(ours[word], theirs[slip]) for word, slip in slips.items())
    alone = _rest(ours, shared, slips), _rest(theirs, shared, slips.values())
    both, common = same + near, same + _ALMOST * near
    if not common:
        return Likeness(0.0, frozenset())
    overlap = common / (2 * both + sum(alone) - common)
    contained = common / (both + min(alone))
    score = (_OVERLAP * overlap + _CONTAINED * contained) * (1 - math.exp(-both))
    return Likeness(score, frozenset(shared | slips.keys()))


def _rest(weights: Mapping[str, float], shared: set[str], slips: object) -> float:
    matched = set(slips) | shared  # type: ignore[call-overload]
    return sum(weight for word, weight in weights.items() if word not in matched)


def _slips(ours: set[str], theirs: set[str]) -> dict[str, str]:
    """Pair words that differ by a slip of the finger, each once."""
    left, found = sorted(theirs), {}
    for word in sorted(ours):
        slip = next((other for other in left if _is_slip(word, other)), None)
        if slip is not None:
            left.remove(slip)
            found[word] = slip
    return found


def _is_slip(word: str, other: str) -> bool:
    if min(len(word), len(other)) < _SHORT or abs(len(word) - len(other)) > 1 + (len(word) > _LONG):
        return False
    ours, theirs = _pairs(word), _pairs(other)
    return sorted(word) == sorted(other) or 2 * len(ours & theirs) >= _SAME * (len(ours) + len(theirs))


@lru_cache(maxsize=4096)
def _pairs(word: str) -> frozenset[str]:
    framed = f"<{word}>"
    return frozenset(framed[start : start + 2] for start in range(len(framed) - 1))


def carriers(text: Text, likeness: Likeness) -> tuple[str, ...]:
    """Return the words that carried a likeness, as they were written, those that say most first."""
    written = {word.folded: word.written for word in text.words if word.folded in likeness.shared}
    ranked = sorted(written, key=lambda word: (-text.weights[word], word))
    return tuple(written[word] for word in ranked[:MOST_CARRIERS])
