"""What of a text the model has to see: sentences with a word that may be a name and that no rule took."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

from workers.anonymise.words.lexicon import AMBIGUOUS, NEVER
from workers.anonymise.words.reading import Reading
from workers.anonymise.words.spans import Span
from workers.anonymise.words.unlisted import Stranger

# Up to so many characters a text is shown as a whole, if at all: what stands around a name helps.
WHOLE = 600
# A sentence of more words than this is shown in parts, so that what is said again is found to be the same.
_LONGEST = 40


def unsettled(reading: Reading, stranger: Stranger, found: Iterable[Span]) -> list[tuple[int, int]]:
    """Return the stretches of the plain view that hold a word which may be a name and is in no span."""
    open_words = [0, *accumulate(_may_be_names(reading, stranger, found))]
    if not open_words[-1]:
        return []
    if len(reading.plain) <= WHOLE:
        return [(0, len(reading.plain))]
    return [
        (reading.words[first].start, reading.words[last - 1].end + len(reading.gap(last - 1)))
        for first, last in pairwise(_cuts(reading))
        if open_words[last] > open_words[first]
    ]


def _may_be_names(reading: Reading, stranger: Stranger, found: Iterable[Span]) -> Iterator[bool]:
    taken = _Taken(sorted((span.start, span.end) for span in found))
    for index, word in enumerate(reading.words):
        if taken.holds(word.start, word.end) or index in reading.placed or word.key in NEVER:
            yield False
        elif reading.plain[word.start].isupper():
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
