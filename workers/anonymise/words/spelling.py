"""Whether a word nobody has counted is a known word with an ending, or with a slip in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workers.anonymise.words.gazetteer import Gazetteer
from workers.anonymise.words.vocabulary import COMMON, RARE, Vocabulary

# An ending makes a rare word of a known one: the long endings of any, the short ones of common ones.
_LONG_ENDINGS = (
    "ing", "ings", "ed", "ly", "ers", "ness", "less", "ment", "mente", "ando", "iendo", "endo", "aron", "aban", "adas", "ados",
    "ement", "ait", "aient", "ees", "avam", "aram", "inho", "inha", "able", "ista", "istas", "ist", "ists", "ation", "ful",
)  # fmt: skip
_SHORT_ENDINGS = (
    "s", "es", "er", "d", "me", "se", "lo", "la", "le", "los", "las", "les", "nos", "ada", "ado", "aba", "r", "ito", "ita",
    "ent", "ant", "ee", "ava", "ou", "va", "ven", "nt", "t", "em", "en", "eu", "i", "is", "am", "an",
)  # fmt: skip
# How common the stem has to be, by ending.
Endings = Mapping[str, int]
LONG: Endings = dict.fromkeys(_LONG_ENDINGS, RARE)
ANY: Endings = {**dict.fromkeys(_SHORT_ENDINGS, COMMON), **LONG}
_LONGEST_ENDING = max(map(len, ANY))
_STEMS = ("", "e", "ar", "er", "ir", "r")
_STEM, _TYPO = 3, 5
# No word of these languages is longer than this; what is, is not looked at.
_LONGEST = 30
# Only words as common as this are taken for what was meant.
_MEANT = 430


def is_derived(key: str, common: Vocabulary, endings: Endings = ANY) -> bool:
    """Tell whether this is a known word with an ending."""
    if key.startswith("quot"):
        return True
    return len(key) <= _LONGEST and any(
        common.get(stem + more, 0) >= least for stem, least in _stems(key, endings) for more in _STEMS
    )


def _stems(key: str, endings: Endings) -> Iterator[tuple[str, int]]:
    for length in range(1, min(_LONGEST_ENDING, len(key) - _STEM) + 1):
        least = endings.get(key[-length:])
        if least is not None:
            yield key[:-length], least


@dataclass(frozen=True, slots=True)
class Slips:
    """Common words that are no names, and what is left of each when one letter is missing.

    `without` tells, as bits, at which places the letter was.
    """

    meant: frozenset[str]
    without: Mapping[str, int]

    def is_typo(self, key: str) -> bool:
        """Tell whether this is a common word with a letter wrong, added, missing or swapped."""
        if not _TYPO <= len(key) <= _LONGEST:
            return False
        if key in self.without:
            return True
        return any(self._slipped(key, place) for place in range(len(key)))

    def _slipped(self, key: str, place: int) -> bool:
        less = key[:place] + key[place + 1 :]
        swapped = key[:place] + key[place + 1 : place + 2] + key[place] + key[place + 2 :]
        return less in self.meant or bool(self.without.get(less, 0) >> place & 1) or swapped in self.meant


def slips_of(common: Vocabulary, names: Gazetteer) -> Slips:
    """Prepare to recognise slips in the words of a vocabulary."""
    meant = frozenset(
        word
        for word, rarity in common.items()
        if rarity >= _MEANT and len(word) >= _TYPO - 1 and word not in names.first and word not in names.last
    )
    without: dict[str, int] = {}
    for word in meant:
        for place in range(len(word)):
            less = word[:place] + word[place + 1 :]
            without[less] = without.get(less, 0) | 1 << place
    return Slips(meant, without)
