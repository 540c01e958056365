"""Flags beside the labels: words that abuse a group or a person, and advertising; cue rules in six languages.

A flag is a proposal that a person looks at. Counter-speech (naming abuse to object to it) is let through, and
so is who tells of abuse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from workers.classify.abuse import AIMED, COUNTER, DENIED, GROUPS, HOSTILE, OWN, SLURS, TOLD
from workers.classify.features import line_of, words_of

VERSION = "flag-rules-2"
_SPAM = (
    r"free|winner|won|win|prize|cash|claim|urgent|txt|text (\w+ )?to|call now|offers?|guaranteed|discount|subscri\w*|unsubscribe|click|http\w*|www|com|bitcoin|crypto|casino|loans?|credit|ringtones?|mobile|reply|voucher|awarded|selected|per (min|msg|week)"
    r"|\d+p|nokia|sms|dating|xxx|adult|gratis|ganador\w*|premio|oferta|descuento|haz clic|prestamos?|gana dinero|gratuit\w*|gagn\w+|cadeau|promo\w*|cliquez|pret|desconto|ganhe|ganhou|clique|emprestimo|guanya|descompte|premi|inaam|jeeto|muft|lottery"
)  # fmt: skip
RULES = {
    "group": GROUPS,
    "hostile": HOSTILE,
    "slur": SLURS,
    "aimed": AIMED,
    "counter": COUNTER,
    "denied": DENIED,
    "told": TOLD,
    "own": OWN,
    "spam": _SPAM,
}
FEWEST_SPAM = 2
# Prices, addresses, long numbers, and what redaction leaves of them.
_MARKS = re.compile(r"\d{5,}|[£$€]\s?\d|\d\s?[€£$]|\[(?:phone|link|url|email)\]|https?:|www\.", re.ASCII)
# What stands between quotation marks is somebody else's; an apostrophe inside a word opens nothing.
_QUOTED = re.compile(r"\"[^\"]{1,300}\"|“[^”]{1,300}”|«[^»]{1,300}»|(?<!\w)'[^'\n]{3,300}'(?!\w)")
# Letters drawn as digits, and letters set apart by blanks, hide a word from a list.
_DRAWN = str.maketrans("0134578", "oieastb")
_TOKEN = re.compile(r"\b[a-z0-9]{4,40}\b")
_APART = re.compile(r"(?<= )(?:\w ){3,}(?=\w\b)\w")


@dataclass(frozen=True)
class Flag:
    """One flag: `abuse` or `spam`, a score, and the words that carried it."""

    code: str
    score: float
    words: tuple[str, ...]


def flags_of(text: str) -> tuple[Flag, ...]:
    """Return the flags of a redacted text, none for most."""
    return tuple(flag for flag in (_abuse(_unmasked(text)), _spam(text)) if flag is not None)


def _abuse(line: str) -> Flag | None:
    aimed, slurs, hostile, group = (found_in(line, name) for name in ("aimed", "slur", "hostile", "group"))
    told = bool(found_in(line, "told"))
    # A slur speaks for itself, except where somebody tells of what they were called.
    abusive = ((aimed or (hostile and group)) and not told) or (
        slurs and not (told and found_in(line, "own"))
    )
    if not abusive or found_in(line, "counter") or found_in(line, "denied"):
        return None
    words = tuple(dict.fromkeys((*aimed, *slurs, *hostile, *group)))
    return Flag("abuse", round(1 - 0.6 ** len(words), 2), words)


def _unmasked(text: str) -> str:
    """The folded line without what is quoted, with drawn and spaced letters put back into words."""
    line = line_of(words_of(_QUOTED.sub(" ", text)))
    line = _TOKEN.sub(lambda match: _undrawn(match.group(0)), line)
    return _APART.sub(lambda match: match.group(0).replace(" ", ""), line)


def _undrawn(word: str) -> str:
    """A word with letters and digits, its digits read as letters; a number stays one."""
    return word.translate(_DRAWN) if sum(sign.isalpha() for sign in word) > 1 else word


def _spam(text: str) -> Flag | None:
    words = found_in(line_of(words_of(text)), "spam")
    signs = len(words) + len(set(_MARKS.findall(text)))
    return Flag("spam", round(1 - 0.7**signs, 2), words) if signs >= FEWEST_SPAM else None


def found_in(line: str, name: str) -> tuple[str, ...]:
    """Return the words of a folded line that one of `RULES` found."""
    return tuple(dict.fromkeys(match.group(1) for match in _rule(name).finditer(line)))


@cache
def _rule(name: str) -> Any:
    import re2

    return re2.compile(rf"\b({RULES[name]})\b")
