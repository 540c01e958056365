"""Whether what stands around a word says that it names a person."""

from __future__ import annotations

from dataclasses import dataclass, field

from workers.anonymise.words import neighbours as by
from workers.anonymise.words.rarity import Rarity

_BACK, _APPOSITION, _SHORTEST = 4, 5, 3
_OWNERS = frozenset(
    "the my our his her el la mi mis su le ma mon notre o a meu minha nosso nossa l un una um uma".split()
)


@dataclass(slots=True)
class Announced(Rarity):
    """Looks at the words beside a word."""

    told: dict[tuple[int, bool], bool] = field(default_factory=dict)

    def _announced(self, index: int, *, anybody: bool = True) -> bool:
        """Tell whether what stands beside says that a person is named; else than `anybody`, one who is somebody."""
        # The first of several capitalised words is asked about for each of them.
        if (index, anybody) not in self.told:
            self.told[index, anybody] = self._is_announced(index, anybody=anybody)
        return self.told[index, anybody]

    def _is_announced(self, index: int, *, anybody: bool) -> bool:
        gap = self.reading.gap(index - 1).strip() if index else "."
        if self._explained(index):
            return True
        if gap in {"", "'"} and self.reading.key(index - 1) in by.PERSONAL[self.language]:
            return anybody or not self.slips.is_typo(self.reading.key(index))
        cue = self._cue(index)
        key = self.reading.key(cue)
        if gap in {",", ":"}:
            return key in by.SIGNED or (gap == "," and self._people_in(index - _APPOSITION, index))
        joined = gap in {"", "'"} or (gap == "." and key in by.TITLES)
        return joined and self._follows(cue, index, anybody=anybody)

    def _follows(self, cue: int, index: int, *, anybody: bool) -> bool:
        """Tell whether the cue before, past articles, is one of people."""
        key, before = self.reading.key(cue), self.reading.key(cue - 1)
        if key in by.PEOPLE or key in by.AM:
            return anybody or key not in by.ANYBODY
        if key in by.TOLD or key in by.WITH:
            return anybody or cue < index - 1 or not self.slips.is_typo(self.reading.key(index))
        if "a" in self.reading.keys[cue + 1 : index]:
            return before in by.TOLD
        if key in by.AND:
            return before in by.PRONOUNS
        return key in by.EITHER and (before in by.BELONGS or self._people_in(cue - 2, cue))

    def _explained(self, index: int) -> bool:
        """Tell whether who somebody is follows: "X, the doorman, ...", "X, my neighbour ..."."""
        _, last = self.reading.run(index)
        if last + 1 >= len(self.keys) or self.reading.gap(last).strip() != ",":
            return False
        if self.reading.key(last + 1) in _OWNERS:
            return self.reading.key(last + 2) in by.PEOPLE or self.reading.key(last + 3) in by.PEOPLE
        return False

    def _cue(self, index: int) -> int:
        """Return the word before, past articles of people."""
        cue = index - 1
        while (
            self.language != "en" and cue >= 0 and index - cue < _BACK and self.reading.key(cue) in by.FILLERS
        ):
            cue -= 1
        return cue

    def _people_in(self, first: int, last: int) -> bool:
        return self.people[max(0, last)] > self.people[max(0, first)]

    def _is_title(self, key: str) -> bool:
        """Tell whether a word is a title; in Catalan "dona" is a woman."""
        return key in by.TITLES or (key == "dona" and self.language != "ca")

    def _has_article(self, index: int) -> bool:
        """Tell whether a word nobody has counted follows an article, as names do in some languages."""
        articles = by.NAMING.get(self.language, ())
        return (
            self.reading.key(index - 1) in articles
            and self.reading.gap(index - 1) in {" ", "'"}
            and not self.rarities[index]
            and len(self.keys[index]) > _SHORTEST
        )

    def _between_commas(self, index: int) -> bool:
        """Tell whether one or two words between commas say who somebody is: "the driver, X Y, ..."."""
        return (
            index > 0
            and self.reading.gap(index - 1).strip() == ","
            and any(
                "," in self.reading.gap(each) for each in (index, index + 1) if each < len(self.reading.words)
            )
            and self._people_in(index - _APPOSITION, index)
        )
