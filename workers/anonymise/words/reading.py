"""A text as words, with what stands between them and the places in it that are not people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workers.anonymise.words.linear import proven

_WORD = proven(r"[A-Za-z]+")
# Between the words of one name.
GAPS = frozenset({" ", "-", "'", ". ", ".", "  "})
_ENDS = frozenset('.!?:;\n"()')
_SHOUTING, _FEW = 0.6, 12
_FAR = 6


class Word(NamedTuple):
    """One word of the plain view: where it stands, its lower-case form, and how it is written."""

    start: int
    end: int
    key: str
    capital: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as words, with the places in it that are not people.

    `keys` are the words in lower case; `gaps` is what stands after each of them; `placed` are the
    words that belong to the name of a place; `runs` are, for each word, the first and the last of the
    capitalised words side by side around it, a few each way.
    """

    plain: str
    words: Sequence[Word]
    keys: Sequence[str]
    gaps: Sequence[str]
    placed: frozenset[int]
    places: Sequence[tuple[int, int]]
    runs: Sequence[tuple[int, int]]

    def is_place(self, start: int, end: int) -> bool:
        """Tell whether a stretch lies wholly in the name of a place."""
        return any(first <= start and end <= last for first, last in self.places)

    def gap(self, index: int) -> str:
        """Return what stands between a word and the next; after the last one, what is left."""
        return self.gaps[index]

    def opens(self, index: int) -> bool:
        """Tell whether a sentence starts here, so that a capital letter says nothing."""
        return index == 0 or not _ENDS.isdisjoint(self.gaps[index - 1])

    def key(self, index: int) -> str:
        """Return a word of the text in lower case, and nothing beyond its ends."""
        return self.keys[index] if 0 <= index < len(self.keys) else ""

    def run(self, index: int) -> tuple[int, int]:
        """Return the first and the last of the capitalised words side by side around a word, a few each way."""
        return self.runs[index]


def words_in(plain: str) -> list[Word]:
    """Split a plain view into words; in a text that shouts, capitals mean nothing."""
    spans = [match.span() for match in _WORD.finditer(plain)]
    shouts, lower = _shouts(plain, spans), plain.lower()
    return [Word(start, end, lower[start:end], plain[start] <= "Z" and not shouts) for start, end in spans]


def read(plain: str, words: Sequence[Word], places: Sequence[tuple[int, int]]) -> Reading:
    """Look at words together with what stands between them and with the places among them."""
    after = [word.start for word in words[1:]]
    gaps = [plain[word.end : start] for word, start in zip(words, [*after, len(plain)], strict=False)]
    before = _side_by_side(gaps, [word.capital for word in words])
    following = _side_by_side(gaps[-2::-1], [word.capital for word in reversed(words)])[::-1]
    runs = [
        (index - min(_FAR, left), index + min(_FAR, right))
        for index, (left, right) in enumerate(zip(before, following, strict=True))
    ]
    keys = [word.key for word in words]
    return Reading(plain, words, keys, gaps, _placed(words, places), places, runs)


def _side_by_side(gaps: Sequence[str], capitals: Sequence[bool]) -> list[int]:
    """Return how many words before each are capitalised and joined to it; `gaps` stand after words."""
    counts = [0] * len(capitals)
    for index in range(1, len(capitals)):
        gap = gaps[index - 1]
        if gap == "-" or (capitals[index - 1] and gap in GAPS):
            counts[index] = counts[index - 1] + 1
    return counts


def _placed(words: Sequence[Word], places: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Return which words start within a place: one walk over both, in order."""
    placed, index, reached = set(), 0, 0
    for start, end in sorted(places):
        while index < len(words) and words[index].start < max(start, reached):
            index += 1
        while index < len(words) and words[index].start < end:
            placed.add(index)
            index += 1
        reached = max(reached, end)
    return frozenset(placed)


def _shouts(plain: str, spans: Sequence[tuple[int, int]]) -> bool:
    letters = sum(end - start for start, end in spans)
    return letters > _FEW and sum(map(str.isupper, plain)) > _SHOUTING * letters
