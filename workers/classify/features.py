"""What the label model sees of a text: folded words, their character 2-6 grams, and pairs of words near each other."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate

SHORTEST, LONGEST = 2, 6
# A report is at most a few thousand characters; what is longer adds time and no evidence.
MOST_WORDS = 600
# What a feature begins with that stands for whole words.
WHOLE = "_"
# How many words after the first the second word of a pair may stand.
FURTHEST = 3
# Within a text n-grams, words and pairs are each of this length.
LENGTHS = (1.0, 0.7, 0.7)

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


def features_of(words: list[str]) -> list[str]:
    """Return every feature of folded words, repetitions included.

    First the 2-6 grams inside each word and its borders, in order of word, length and place; then the words,
    then the pairs at most three apart. Features of whole words begin with `_`, which no folded word holds.
    """
    inside = [
        line[start : start + size]
        for line in (f" {word} " for word in words)
        for size in range(SHORTEST, min(LONGEST, len(line)) + 1)
        for start in range(len(line) - size + 1)
    ]
    pairs = [
        f"{WHOLE}{first}{WHOLE * apart}{second}"
        for apart in range(1, FURTHEST + 1)
        for first, second in zip(words, words[apart:], strict=False)
    ]
    return [*inside, *(f"{WHOLE}{word}" for word in words), *pairs]


def spans_of(words: list[str]) -> list[tuple[int, int]]:
    """Return start and size of every feature in the line of the words, in the order of `features_of`.

    A pair spans what stands between its words, too.
    """
    sizes = [len(word) for word in words]
    begins = list(accumulate((size + 1 for size in sizes), initial=0))
    inside = [
        (begin + start, size)
        for begin, length in zip(begins, sizes, strict=False)
        for size in range(SHORTEST, min(LONGEST, length + 2) + 1)
        for start in range(length + 2 - size + 1)
    ]
    alone = [(begin + 1, size) for begin, size in zip(begins, sizes, strict=False)]
    pairs = [
        (first, second + size - first)
        for apart in range(1, FURTHEST + 1)
        for (first, _), (second, size) in zip(alone, alone[apart:], strict=False)
    ]
    return [*inside, *alone, *pairs]


def part_of(feature: str) -> int:
    """Return 0 for an n-gram inside a word, 1 for a word, 2 for a pair of words."""
    return min(2, feature.count(WHOLE))
