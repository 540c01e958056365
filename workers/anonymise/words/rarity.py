"""How rare each word of a text is, looked up once: a name that no list holds is a rare word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from workers.anonymise.words import neighbours as by
from workers.anonymise.words.gazetteer import Gazetteer
from workers.anonymise.words.lexicon import NEVER
from workers.anonymise.words.reading import Reading
from workers.anonymise.words.spelling import ANY, LONG, Slips, is_derived
from workers.anonymise.words.tongue import Tongue
from workers.anonymise.words.vocabulary import COMMON, EVERYDAY, UNCOMMON, Vocabulary

_SHORTEST, _PART = 3, 6
# A small word of another language may be a name when it is rarer than this in the text's own.
_FOREIGN = 430
PREFIXES = frozenset("ex co no e self non anti semi sub pre eve on off mid".split())


@dataclass(slots=True)
class Rarity:
    """The words of a text as they are compared, and how common each is in all languages together."""

    reading: Reading
    common: Vocabulary
    names: Gazetteer
    slips: Slips
    tongue: Tongue
    keys: Sequence[str] = ()
    rarities: Sequence[int] = ()
    derived: dict[tuple[str, bool], bool] = field(default_factory=dict)
    groups: Sequence[int] = ()
    people: Sequence[int] = ()

    @property
    def language(self) -> str:
        """The language of the text."""
        return self.tongue.language

    def __post_init__(self) -> None:
        """Look each word up once: it is asked for from every side."""
        self.keys = [self._joined(index) for index in range(len(self.reading.keys))]
        grouped = map(by.NOT_PEOPLE.__contains__, self.reading.keys)
        self.rarities = [self.common.get(key, 0) for key in self.keys]
        self.groups = [0, *accumulate(grouped)]
        self.people = [0, *accumulate(map(by.PEOPLE.__contains__, self.reading.keys))]

    def _joined(self, index: int) -> str:
        """Return a word, and the short parts of one with hyphens together, such as "ji-woo"."""
        key = self.reading.keys[index]
        if self.reading.gaps[index] != "-":
            return key
        after = self.reading.key(index + 1)
        if after and len(key) < _PART > len(after):
            parts = min(self.common.get(part, 0) for part in (key, after))
            return key + after if parts <= EVERYDAY and key not in PREFIXES else key
        return key

    def rarity(self, index: int) -> int:
        """Return how common a word is; 0 for the rarest."""
        return self.rarities[index] if 0 <= index < len(self.rarities) else 0

    def is_rare(self, index: int, *, below: int = UNCOMMON, announced: bool = False) -> bool:
        """Tell whether a word may be a name even without a capital letter."""
        if not 0 <= index < len(self.keys):
            return False
        key = self.keys[index]
        long = announced or self.language == "hi"
        if len(key) < _SHORTEST or (key in NEVER and not (announced and self._is_foreign(key))):
            return False
        rarity = self.tongue.common.get(key, 0) if announced else self.rarities[index]
        return (rarity < below or key in NEVER) and not self._is_derived(key, long=long)

    def _is_foreign(self, key: str) -> bool:
        """Tell whether this is a small word of other languages only, such as "jan" in a Catalan text."""
        return key not in self.tongue.never and self.tongue.common.get(key, 0) < _FOREIGN

    def _is_derived(self, key: str, *, long: bool = False) -> bool:
        """Tell whether this is a known word with an ending, of the long ones only or of all."""
        if (key, long) not in self.derived:
            self.derived[key, long] = is_derived(key, self.common, LONG if long else ANY)
        return self.derived[key, long]

    def is_everyday(self, index: int) -> bool:
        """Tell at a glance whether a word in lower case is too common for a name."""
        key = self.reading.keys[index]
        return (
            self.tongue.common.get(key, 0) >= (_FOREIGN if key in NEVER else COMMON)
            and key not in self.names.common
            and self.reading.gaps[index] != "-"
        )

    def may_be_name(self, index: int) -> bool:
        """Tell whether a word that is announced as a name may be one: not a common word in lower case."""
        if self.reading.words[index].capital:
            return self.keys[index] not in NEVER and self.rarities[index] < EVERYDAY
        return self.is_rare(index, announced=True)

    def _is_group(self, first: int, last: int) -> bool:
        """Tell whether capitalised words name a place or a company."""
        beyond = 2 if self.language == "en" else 1
        return self.groups[min(last + beyond, len(self.groups) - 1)] > self.groups[first]
