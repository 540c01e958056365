"""Names of people: by what announces them, and by lists of given and family names."""

from __future__ import annotations

from collections.abc import Iterator

from workers.anonymise.words.cues import (
    ACTS,
    CALLED,
    INITIALS,
    KNOWN_AS,
    PLACE_NOUN,
    RELATION,
    SAYS_NAME,
    TITLE,
)
from workers.anonymise.words.gazetteer import Gazetteer
from workers.anonymise.words.lexicon import AMBIGUOUS, MAY_BE_NAMES, NEVER, STOP
from workers.anonymise.words.linear import Match, Scan
from workers.anonymise.words.neighbours import ANY_DOES, NOT_PEOPLE
from workers.anonymise.words.rarity import PREFIXES
from workers.anonymise.words.reading import GAPS, Reading, Word
from workers.anonymise.words.spans import Span
from workers.anonymise.words.unlisted import Stranger
from workers.anonymise.words.vocabulary import COMMON, UNCOMMON

_PARTICLES = frozenset(
    "de da do dos das del la las los van von der den al el bin ben abu y i e du le st mc mac o d n".split()
)
_ARTICLES = frozenset("the an this that my his her el la los las un una le les une um uma els en l d".split())
_AFTER_PEOPLE = (
    frozenset("me nos m em et y and told said says was saw asked knows dijo vio disse viu".split()) | ANY_DOES
)
_NO_NAMES = STOP - MAY_BE_NAMES
_WORDS_OF_ONE_LETTER = frozenset("iaoeyu")
_LONGEST = 6
_SHORT = 4


def find_people(scan: Scan, reading: Reading, stranger: Stranger) -> Iterator[Span]:
    """Find people in a text that was read, as spans of the plain view."""
    announced = _known_as(scan, reading, stranger)
    grown = _Grown(reading, stranger)
    for index in range(len(reading.words)):
        # What already belongs to a name is looked at again only when it is announced itself.
        found = announced.get(index) or (index > grown.last and _named(reading, index, stranger))
        if found:
            yield grown.taken(index, *found)


def _known_as(scan: Scan, reading: Reading, stranger: Stranger) -> dict[int, tuple[str, float]]:
    """Return the words that something in the text announces as names."""
    at = {word.start: index for index, word in enumerate(reading.words)}
    known = (at[match.start(1)] for match in scan.matches(KNOWN_AS) if match.start(1) in at)
    found = {index: ("known-as", 0.7) for index in known if stranger.may_be_name(index)}
    for start, source, score in _announced(scan, stranger.names, stranger.tongue.never):
        if start in at:
            found[at[start]] = max((source, score), found.get(at[start], ("", 0.0)), key=lambda told: told[1])
    return found


def _named(reading: Reading, index: int, stranger: Stranger) -> tuple[str, float] | None:
    if not reading.words[index].capital and stranger.is_everyday(index):
        return None
    if score := _listed(reading, index, stranger.names):
        return "gazetteer", score
    score = stranger.score(index)
    return ("unlisted", score) if score else None


def _announced(scan: Scan, names: Gazetteer, never: frozenset[str]) -> Iterator[tuple[int, str, float]]:
    plain = scan.plain
    for match in scan.matches(SAYS_NAME):
        if _could_be(match, never) and not PLACE_NOUN.search(
            plain[max(0, match.start() - 30) : match.start()]
        ):
            yield match.start(1), "says-name", 0.9
    for match in scan.matches(TITLE):
        if _could_be(match):
            yield match.start(1), "title", 0.9
    for match in scan.matches(RELATION):
        if _could_be(match) and (_is_capital(match) or match.group(1).lower() in names.common):
            yield match.start(1), "relation", 0.85
    yield from _unlisted(scan)


def _unlisted(scan: Scan) -> Iterator[tuple[int, str, float]]:
    for match in scan.matches(INITIALS):
        yield match.start(), "initials", 0.7
    for pattern in (CALLED, ACTS):
        for match in scan.matches(pattern):
            if _could_be(match) and match.group(1).lower() not in AMBIGUOUS:
                yield match.start(1), "acts", 0.6


def _could_be(match: Match, never: frozenset[str] = NEVER) -> bool:
    word = match.group(1).lower().strip("'-")
    first = word.split("'")[-1].split("-")[0]
    return len(first) > 1 and (first not in never or (_is_capital(match) and first not in _NO_NAMES))


def _is_capital(match: Match) -> bool:
    return bool(match.group(1)[0].isupper())


def _listed(reading: Reading, index: int, names: Gazetteer) -> float:
    """Return how sure the lists are that a word is, or opens, a name; 0 when they are not."""
    word = reading.words[index]
    if index in reading.placed:
        return 0.0
    if not word.capital:
        return 0.5 if word.key in names.common else 0.0
    if word.key in names.clear:
        return 0.8
    if word.key in names.given and (_amid(reading, index) or _acts(reading, index)):
        return 0.6
    return _in_company(reading, index, names)


def _amid(reading: Reading, index: int) -> bool:
    """Tell whether a capital is unforced: after a small word of the same sentence, no article."""
    if index == 0 or reading.gap(index - 1) != " ":
        return False
    before = reading.words[index - 1]
    return not before.capital and before.key not in _ARTICLES


def _acts(reading: Reading, index: int) -> bool:
    """Tell whether a word is followed by what people do: "Rosa me ...", "Rose et ..."."""
    return index + 1 < len(reading.words) and reading.words[index + 1].key in _AFTER_PEOPLE


def _in_company(reading: Reading, index: int, names: Gazetteer) -> float:
    """Two capitalised words side by side are a name when one is listed and one is no common word."""
    word, nearby = reading.words[index], _partner(reading, index)
    if nearby is None or not _plausible(word) or not _plausible(nearby):
        return 0.4 if word.key in names.last and word.key not in AMBIGUOUS else 0.0
    listed = any(each.key in names.first or each.key in names.last for each in (word, nearby))
    return 0.6 if listed and {word.key, nearby.key} - AMBIGUOUS else 0.0


def _partner(reading: Reading, index: int) -> Word | None:
    """Return the capitalised word that follows, past an initial; None when there is none."""
    for ahead in range(index + 1, min(index + 3, len(reading.words))):
        word = reading.words[ahead]
        if reading.gap(ahead - 1) not in GAPS or not word.capital:
            return None
        if not _is_initial(word):
            return word
    return None


def _is_initial(word: Word) -> bool:
    return word.capital and len(word.key) == 1


def _plausible(word: Word) -> bool:
    return word.key not in NEVER


class _Grown:
    """Takes in the words that follow and belong to the same name: family names, particles, initials.

    Names come in order of place, so that no word is looked at twice; `last` belongs to the latest.
    """

    def __init__(self, reading: Reading, stranger: Stranger) -> None:
        self.last = -1
        self._reached = self._closed = -1
        self._reading, self._stranger = reading, stranger

    def taken(self, index: int, source: str, score: float) -> Span:
        """Return the name that stands, or goes on, at a word."""
        words, gaps = self._reading.words, self._reading.gaps
        self.last, self._reached = max(self.last, index), max(self._reached, index)
        end = min(index + _LONGEST, len(words)) - 1
        while self._reached < end and self._reached + 1 != self._closed:
            self._step(self._reached + 1)
        first = index
        while first and gaps[first - 1] == "-" and words[first - 1].key not in PREFIXES:
            first -= 1
        return Span(words[first].start, words[self.last].end, "person", source, score)

    def _step(self, ahead: int) -> None:
        reading, stranger = self._reading, self._stranger
        joins = reading.gaps[ahead - 1] in GAPS
        if joins and (_continues(reading, ahead, stranger.names) or _unlisted_family(stranger, ahead)):
            self.last = self._reached = ahead
        elif joins and reading.words[ahead].key in _PARTICLES:
            self._reached = ahead
        else:
            self._closed = ahead


def _unlisted_family(stranger: Stranger, index: int) -> bool:
    """Tell whether a word in lower case, after a given name, is a family name and not what they do."""
    key = stranger.reading.key(index)
    does = key in ANY_DOES or any(
        key[:-1] + ending in stranger.common for ending in ("ar", "er", "ir", "as", "os")
    )
    joined = stranger.reading.key(index - 1) not in _PARTICLES
    return (
        joined
        and stranger.is_rare(index, below=UNCOMMON if does else COMMON, announced=not does)
        and key not in ANY_DOES
    )


def _continues(reading: Reading, index: int, names: Gazetteer) -> bool:
    word = reading.words[index]
    if reading.gap(index - 1) == "-":
        return True
    if len(word.key) == 1:
        return _is_middle(reading, index, names)
    if word.capital:
        return word.key not in NOT_PEOPLE and (reading.gap(index - 1) == " " or _plausible(word))
    family = word.key in names.last and word.key not in AMBIGUOUS and len(word.key) > _SHORT
    return word.key in names.common or family


def _is_middle(reading: Reading, index: int, names: Gazetteer) -> bool:
    """Tell whether one letter is an initial: "Jean P", "Ana A Costa" and, in lower case, "ana a costa"."""
    if reading.words[index].capital and reading.words[index].key not in _WORDS_OF_ONE_LETTER:
        return True
    if index + 1 == len(reading.words) or reading.gap(index) not in GAPS:
        return False
    after = reading.words[index + 1]
    return reading.words[index].capital == after.capital and (after.capital or after.key in names.last)
