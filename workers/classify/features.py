"""What the label model sees of a text: folded words, and the character 2-6 grams over them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

SHORTEST, LONGEST = 2, 6
# A report is at most a few thousand characters; what is longer adds time and no evidence.
MOST_WORDS = 600

_WORD = re.compile(r"[^\W_]+")
# What redaction leaves in place of a name or a number says nothing about what happened.
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]{1,40}\]")


@dataclass(frozen=True)
class Word:
    """One word as it was written, and as the model compares it."""

    written: str
    folded: str


def fold(text: str) -> str:
    """Return the text in lower case without accents: on phones both are often left out."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def plain(text: str) -> str:
    """Return the text without what redaction put in."""
    return _PLACEHOLDER.sub(" ", text)


def words_of(text: str) -> list[Word]:
    """Split a text into its words, without what redaction put in."""
    found = _WORD.findall(plain(text))[:MOST_WORDS]
    return [Word(word, fold(word)) for word in found]


def line_of(words: list[Word]) -> str:
    """Join folded words by single blanks, one at either end, so that n-grams see word borders."""
    return " " + " ".join(word.folded for word in words) + " "


def ngrams_of(line: str) -> list[str]:
    """Return every 2-6 gram of a line, in order of length and place, repetitions included."""
    return [
        line[start : start + size]
        for size in range(SHORTEST, LONGEST + 1)
        for start in range(len(line) - size + 1)
    ]
