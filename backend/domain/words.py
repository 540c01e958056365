"""All words that people read, by language and key; a pure loader over the files in `locales/`."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Literal

LANGUAGES = ("en", "es", "fr", "pt", "ca")
# Residents are also spoken to in languages that the staff's pages do not have yet.
RESIDENT_LANGUAGES = (*LANGUAGES, "ar")
# Of every language a city may say that it speaks, those that are written from right to left.
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_FOLDER = Path(__file__).parent / "locales"


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Return how a language is written, as the `dir` of a page."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=len(RESIDENT_LANGUAGES))
def written(language: str) -> dict[str, str]:
    """Return every sentence that was written in a language, by its dotted key.

    The files are `locales/<language>.json` and, for parts kept apart, `locales/*/<language>.json`.
    """
    merged: dict[str, str] = {}
    for path in (_FOLDER / f"{language}.json", *sorted(_FOLDER.glob(f"*/{language}.json"))):
        merged.update(json.loads(path.read_text(encoding="utf-8")))
    return merged


def words(language: str) -> dict[str, str]:
    """Return every sentence by its dotted key; what a language lacks is said in English."""
    return written(LANGUAGES[0]) | written(_spoken(language))


def _spoken(language: str) -> str:
    return language if language in RESIDENT_LANGUAGES else LANGUAGES[0]


def say(language: str, key: str, **values: object) -> str:
    """Return one sentence, with its {places} filled.

    A language that is not spoken answers in English; a key that does not exist is a KeyError.
    """
    sentence = written(_spoken(language)).get(key) or written(LANGUAGES[0])[key]
    return sentence.format(**values) if values else sentence


def part(language: str, *prefixes: str) -> dict[str, str]:
    """Return the sentences below some prefixes, as a page hands them to its script."""
    starts = tuple(f"{prefix}." for prefix in prefixes)
    return {
        key: sentence
        for key, sentence in words(language).items()
        if key.startswith(starts) or key in prefixes
    }


@lru_cache(maxsize=len(RESIDENT_LANGUAGES))
def names(language: str) -> dict[str, dict[str, str]]:
    """Return the names of all codes: `names(language)["category"]["touching"]`, and so on."""
    found: dict[str, dict[str, str]] = {}
    for key, name in part(language, "name").items():
        _, family, code = key.split(".")
        found.setdefault(family, {})[code] = name
    return found
