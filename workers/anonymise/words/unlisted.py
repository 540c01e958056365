"""Names of people that no list holds: rare words where a name stands."""

from __future__ import annotations

from dataclasses import dataclass

from workers.anonymise.words import neighbours as by
from workers.anonymise.words.announced import Announced
from workers.anonymise.words.lexicon import HARM, NEVER, STOP, TIME_WORDS
from workers.anonymise.words.placenames import at_place
from workers.anonymise.words.vocabulary import COMMON, EVERYDAY, RARE, UNCOMMON

_PEOPLES = ("ian", "ese", "ish", "ican", "landic", "wegian", "ans")
_PLURAL = "s"
_SHORTEST, _BACK = 3, 4
_ARTICLES = frozenset("the el la los las le les o a os as un una i".split())
_NO_GIVEN_NAME = _ARTICLES | by.TOLD | TIME_WORDS


@dataclass(slots=True)
class Stranger(Announced):
    """Looks at the words around a word that no list of names holds."""

    def score(self, index: int) -> float:
        """Return how sure it is that a word is a name; 0 when it is not."""
        word, key = self.reading.words[index], self.keys[index]
        if len(key) < _SHORTEST - 1 or key in HARM or index in self.reading.placed or self._on_line(index):
            return 0.0
        if word.capital and (not self.reading.opens(index) or self._announced(index)):
            return self._amid(index)
        if word.capital and key not in STOP and self._before_rare(index):
            return 0.6
        if not word.capital:
            return self._in_lower_case(index)
        return 0.0 if key in NEVER else self._opening(index)

    def _on_line(self, index: int) -> bool:
        """Tell whether the number of a line stands before, as in the name of a stop: "L3 Liceu"."""
        gap = self.reading.gap(index - 1).strip() if index else ""
        return gap.isdigit() and self.reading.key(index - 1) in by.LINES

    def _amid(self, index: int) -> float:
        """A capital letter within a sentence makes a name: of a person, unless of a place."""
        first, last = self.reading.run(index)
        if self._is_group(first, last):
            return 0.0
        key = self.keys[index]
        if key not in _ARTICLES and (self._announced(first) or self._announced(index)):
            return 0.7 if key in NEVER or self.rarity(index) < EVERYDAY else 0.0
        return 0.0 if at_place(self.reading, self.language, first, last) else self._unannounced(index)

    def _unannounced(self, index: int) -> float:
        first, last = self.reading.run(index)
        key = self.keys[index]
        if self._before_rare(index):
            return 0.6
        if key in NEVER:
            return 0.0
        if self.rarity(index) >= COMMON:
            return 0.5 if self._follows_name(index) else 0.0
        alone = first == last
        word = self.reading.words[index]
        letters = self.reading.plain[word.start : word.end]
        return 0.0 if alone and (letters.isupper() or key.endswith(_PEOPLES)) else 0.6

    def _before_rare(self, index: int) -> bool:
        """Tell whether a rare word with a capital letter follows, as a family name does."""
        _, last = self.reading.run(index)
        key = self.reading.key(index)
        return (
            index < last
            and key not in _NO_GIVEN_NAME
            and self.reading.gap(index) == " "
            and (key in NEVER or self.rarity(index) < EVERYDAY)
            and self.is_rare(index + 1)
            and not self._is_group(index, last)
            and not self._is_derived(key, long=True)
        )

    def _follows_name(self, index: int) -> bool:
        """Tell whether a capitalised word is joined by "and" to another one that is rare."""
        earlier = index - 2
        return (
            self.reading.key(index - 1) in by.AND
            and earlier >= 0
            and self.reading.words[earlier].capital
            and self.rarity(earlier) < COMMON
            and self.rarity(index) < EVERYDAY
        )

    def _opening(self, index: int) -> float:
        """Where a sentence starts, the word has to be rare, or to do what people do."""
        _, last = self.reading.run(index)
        key, rarity = self.keys[index], self.rarity(index)
        if key in by.TOLD or rarity >= COMMON or self._is_group(index, last):
            return 0.0
        does = self.reading.key(last + 1) in by.DOES[self.language]
        if self.reading.key(last + 1) in by.AND and self._is_capital_and_rare(last + 2):
            return 0.6
        if does and not (key.endswith(_PLURAL) and self._is_derived(key)):
            return 0.6
        if self._is_derived(key):
            return 0.0
        if last > index and self.rarity(last) < COMMON:
            return 0.6
        return 0.5 if rarity < UNCOMMON and not self.slips.is_typo(key) else 0.0

    def _is_capital_and_rare(self, index: int) -> bool:
        return index < len(self.keys) and self.reading.words[index].capital and self.is_rare(index)

    def _in_lower_case(self, index: int) -> float:
        before = self.reading.key(index - 1)
        titled = self._is_title(before) and self.reading.gap(index - 1) in {" ", ". "}
        if titled and self.rarity(index) < COMMON and self.keys[index] not in NEVER:
            return 0.0 if self._is_derived(self.reading.key(index)) else 0.6
        if self.is_rare(index, announced=True) and self._announced(index, anybody=False):
            return 0.6
        if self._beside(index):
            return 0.6
        return self._hinted(index)

    def _hinted(self, index: int) -> float:
        if self._between_commas(index) and self.is_rare(index, below=COMMON):
            return 0.6
        if not self.is_rare(index):
            return 0.0
        if self.reading.key(index - 1) in by.THAT and self.reading.key(index - 2) in by.KNOWS:
            return 0.5
        does = self.reading.key(index + 1) in by.DOES[self.language]
        if does and self.reading.opens(index) and self.language != "en":
            return 0.5
        if self.slips.is_typo(self.reading.key(index)):
            return 0.0
        return 0.5 if does or self._paired(index) or self._has_article(index) else 0.0

    def _beside(self, index: int) -> bool:
        """Tell whether the word stands beside its like: "X and Y", "X, X", "X ne"."""
        key, before, after = (self.reading.key(index + step) for step in (0, -1, 1))
        if key in {before, after} and self.is_rare(index, below=COMMON, announced=True):
            return True
        if not self.is_rare(index):
            return False
        if self.language == "hi" and after in by.HINDI_AFTER:
            return True
        return (after in by.AND and self._namely(self._beyond(index, 1))) or (
            before in by.JOINS and self._namely(self._beyond(index, -1))
        )

    def _beyond(self, index: int, step: int) -> int:
        """Return the word on the other side of "and", past articles: "to X and to the Y"."""
        place = index + step
        for _ in range(_BACK):
            if self.reading.key(place) not in by.JOINS:
                return place
            place += step
        return -1

    def _namely(self, index: int) -> bool:
        key = self.reading.key(index)
        return index >= 0 and (
            self.is_rare(index)
            or key in self.names.common
            or (key in self.names.first and self.rarity(index) < COMMON)
        )

    def _paired(self, index: int) -> bool:
        return any(
            self.is_rare(near) and self.rarity(near) < RARE and not self.slips.is_typo(self.reading.key(near))
            for near in (index - 1, index + 1)
            if 0 <= near < len(self.reading.words) and self.reading.gap(min(near, index)) in {" ", "-"}
        )
