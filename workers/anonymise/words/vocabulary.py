"""How common a word is in the languages of a city, from the lists in the wordfreq package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import wordfreq

from workers.anonymise.words.romanised import HINDI
from workers.anonymise.words.view import folded

Vocabulary = Mapping[str, int]

# Zipf's scale in hundredths: 300 is one word in a million, 600 is one in a thousand.
RARE, UNCOMMON, COMMON, EVERYDAY = 200, 300, 400, 520
_HIGHEST = 900


@cache
def load_vocabulary(languages: tuple[str, ...]) -> Vocabulary:
    """Return how common words are, in ASCII lower case, the highest of the languages.

    Words rarer than `RARE` are left out: half of those are names, and they fill the memory.
    """
    common = dict.fromkeys(HINDI, EVERYDAY) if "hi" in languages else {}
    for language in languages:
        _add(common, language)
    return common


@cache
def load_vocabularies(languages: tuple[str, ...]) -> Mapping[str, Vocabulary]:
    """Return the vocabulary of each language, and as "" that of all; Hindi's has English words."""
    each = {language: load_vocabulary((language,)) for language in languages if language != "hi"}
    return each | {"hi": load_vocabulary(("en", "hi")), "": load_vocabulary(languages)}


def _add(common: dict[str, int], language: str) -> None:
    path = wordfreq.available_languages("best").get(language)
    # The list of Hindi is in another script than the messages that are written here.
    if path is None or language == "hi":
        return
    for below, words in enumerate(wordfreq.read_cBpack(str(path))):
        if _HIGHEST - below < RARE:
            return
        for word in folded(words):
            common[word] = max(common.get(word, 0), _HIGHEST - below)
