"""Which language a text is in, and what its words are worth there: "jan" is a name where January is "gener"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workers.anonymise.words.lexicon import NEVER, NEVER_IN, languages_in
from workers.anonymise.words.vocabulary import EVERYDAY, Vocabulary

_HINDI_ONLY = frozenset("hai tha thi ne mere meri mera ke ko ka ki mein aur wo".split())
# With more small words of other languages than this share of all words, a text is in several languages;
# one may be a name.
_MIXED, _ONE = 0.1, 1


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language, the words that are never names in it, and how common the others are there."""

    language: str
    never: frozenset[str]
    common: Vocabulary


def tongue_of(words: Sequence[str], said: str | None, known: Mapping[str, Vocabulary]) -> Tongue:
    """Return the language that most function words belong to; what was said settles a tie.

    `known` holds the vocabulary of each language of the city, and of all together as "".
    """
    language = _language_of(words, said)
    own = known.get(language)
    if own is None or _strange(words, language, own) > max(_ONE, _MIXED * len(words)):
        return Tongue(language, NEVER, known[""])
    return Tongue(language, NEVER_IN[language], own)


def _strange(words: Sequence[str], language: str, own: Vocabulary) -> int:
    """Count small words of other languages that are no everyday words of this one."""
    never = NEVER_IN[language]
    return sum(word in NEVER and word not in never and own.get(word, 0) < EVERYDAY for word in words)


def _language_of(words: Sequence[str], said: str | None) -> str:
    if len(_HINDI_ONLY.intersection(words)) > 1:
        return "hi"
    met = languages_in(words)
    return said if said in met else met[0]
