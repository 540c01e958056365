"""What of a text the model has to see: sentences with a word that may be a name and that no rule took.

The model is slow, so it sees a bounded part of a text. What is said again is seen once; of what is
beyond the bound, each capitalised word that may be a name goes unread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from workers.anonymise.words.lexicon import AMBIGUOUS, NEVER
from workers.anonymise.words.linear import proven
from workers.anonymise.words.reading import Reading, Word
from workers.anonymise.words.spans import Span
from workers.anonymise.words.unlisted import Stranger

# Up to so many characters a text is shown as a whole, if at all: what stands around a name helps.
WHOLE = 600
# A sentence of more words than this is shown in parts, so that what is said again is found to be the same.
_LONGEST = 40
# So many words and signs are shown at most; a page of prose has fewer. One costs a tenth of a millisecond.
MOST = 600
_SIGN = proven(r"[^A-Za-z ]")


class Unsettled(NamedTuple):
    """Stretches of the plain view for the model to see, and words that go because there are too many."""

    shown: Sequence[tuple[int, int]]
    unread: Sequence[Span]


def unsettled(reading: Reading, stranger: Stranger, found: Iterable[Span]) -> Unsettled:
    """Return the stretches that hold a word which may be a name and is in no span."""
    may_be = list(_may_be_names(reading, stranger, found))
    if not any(may_be):
        return Unsettled((), ())
    if len(reading.plain) <= WHOLE:
        return Unsettled([(0, len(reading.plain))], ())
    shown, unread = [], []
    budget = _Budget(reading.plain)
    for first, last in pairwise(_cuts(reading)):
        names = [index for index in range(first, last) if may_be[index]]
        start, end = reading.words[first].start, reading.words[last - 1].end
        if names and budget.allows(start, end):
            shown.append((start, end))
        else:
            unread += [_unread(reading.words[index]) for index in names if _is_capital(reading, index)]
    return Unsettled(shown, unread)


def _is_capital(reading: Reading, index: int) -> bool:
    return reading.plain[reading.words[index].start].isupper()


def _unread(word: Word) -> Span:
    return Span(word.start, word.end, "person", "unread", 0.3)


class _Budget:
    """How much of a text may still be shown; what was shown before costs nothing."""

    def __init__(self, plain: str) -> None:
        self._plain, self._left = plain, MOST
        self._seen: dict[str, bool] = {}

    def allows(self, start: int, end: int) -> bool:
        """Tell whether a stretch may be shown; the answer is the same whenever it is said again."""
        said = self._plain[start:end]
        if said not in self._seen:
            cost = said.count(" ") + len(_SIGN.findall(said)) + 1
            self._seen[said] = cost <= self._left
            self._left -= cost if self._seen[said] else 0
        return self._seen[said]


def _may_be_names(reading: Reading, stranger: Stranger, found: Iterable[Span]) -> Iterator[bool]:
    taken = _Taken(sorted((span.start, span.end) for span in found))
    for index, word in enumerate(reading.words):
        if taken.holds(word.start, word.end) or index in reading.placed or word.key in NEVER:
            yield False
        elif _is_capital(reading, index):
            yield True
        else:
            yield word.key not in AMBIGUOUS and not stranger.is_everyday(index)


class _Taken:
    """Spans in order, asked about words in order: one walk over both."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self._spans, self._next, self._reached = spans, 0, 0

    def holds(self, start: int, end: int) -> bool:
        """Tell whether a span that starts before the word reaches over it."""
        while self._next < len(self._spans) and self._spans[self._next][0] <= start:
            self._reached = max(self._reached, self._spans[self._next][1])
            self._next += 1
        return end <= self._reached


def _cuts(reading: Reading) -> list[int]:
    """Return the words at which sentences start, long ones in parts, and the end."""
    cuts = [0]
    for index in range(1, len(reading.words)):
        if reading.opens(index) or index - cuts[-1] >= _LONGEST:
            cuts.append(index)
    return [*cuts, len(reading.words)]
