"""Anonymise the words of a report: find what could identify a person, and put chips in its place.

Finding and removing are separate and pure. Whatever fails raises: text that was not looked
through is never returned as if it had been.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.errors import Unavailable
from workers.anonymise.words import cues, numbers, online, organisations, phones, streets
from workers.anonymise.words.gazetteer import Gazetteer, load_gazetteer
from workers.anonymise.words.lexicon import languages_in
from workers.anonymise.words.linear import Pattern, Sieve
from workers.anonymise.words.ner import Names, load_names
from workers.anonymise.words.people import find_people
from workers.anonymise.words.phones import REGIONS, find_phones, short_numbers
from workers.anonymise.words.reading import read, words_in
from workers.anonymise.words.rules import apply
from workers.anonymise.words.spans import Kind, Span, merge
from workers.anonymise.words.spelling import Slips, slips_of
from workers.anonymise.words.tongue import tongue_of
from workers.anonymise.words.unlisted import Stranger
from workers.anonymise.words.unsettled import unsettled
from workers.anonymise.words.view import View, plain, views_of
from workers.anonymise.words.vocabulary import Vocabulary, load_vocabularies

__all__ = ["Chip", "Finder", "Redacted", "Span", "find", "load_finder", "redact", "remove"]

RULES = (*online.RULES, *numbers.RULES, *streets.RULES, *organisations.RULES)
EXPRESSIONS = (*(each.pattern for each in RULES), *streets.PLACES, *phones.PATTERNS, *cues.PATTERNS)
_SIEVE = Sieve(EXPRESSIONS)


@dataclass(frozen=True, slots=True)
class Finder:
    """What a worker process loads once: lists of names and words, the model, local phone numbers."""

    gazetteer: Gazetteer
    own: Mapping[str, Vocabulary]
    slips: Slips
    names: Names | None
    areas: Pattern | None
    local: Pattern | None


@dataclass(frozen=True, slots=True)
class Chip:
    """Where a chip such as [person] stands in redacted text, in code points."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Redacted:
    """Text with chips in place of what was found, and where the chips are."""

    text: str
    spans: tuple[Chip, ...]


def load_finder(
    languages: Iterable[str], *, places: Iterable[str] = (), regions: Iterable[str] | None = None
) -> Finder:
    """Load what finding needs for a city's languages; raises `Unavailable` without the model.

    `places` are names of the city's areas, which are never taken for people; `regions` are the
    countries (ISO 3166) whose local phone numbers are known, by default those of the languages.
    """
    spoken = tuple(languages)
    known = regions if regions is not None else (r for code in spoken for r in REGIONS.get(code, ()))
    gazetteer = load_gazetteer(spoken)
    # An area with the name of a person stays only when its name has a second word.
    areas = [name for name in map(plain, places) if name.lower() not in gazetteer.common]
    names = load_names() if "en" in spoken else None
    own = load_vocabularies(spoken)
    slips = slips_of(own[""], gazetteer)
    return Finder(gazetteer, own, slips, names, streets.places_pattern(areas), short_numbers(known))


def find(text: str, language: str | None, finder: Finder) -> list[Span]:
    """Find what must go, as ordered spans that do not overlap, in code points of `text`.

    `language` is what the resident said; the words decide too, since it may be missing or wrong.
    Raises `Unavailable` when any part fails; the error carries nothing of the text.
    """
    found = _find_quietly(text, language, finder)
    if found is None:
        raise Unavailable("The words of a report could not be looked through.")
    return merge(found, text)


def _find_quietly(text: str, language: str | None, finder: Finder) -> list[Span] | None:
    """Return None on any failure, whose error may quote the text and is dropped with it."""
    try:
        return [span for view in views_of(text) for span in _in_original(view, language, finder)]
    except Exception:  # noqa: BLE001 - libraries raise anything, and no error may carry words away
        return None


def remove(text: str, spans: Sequence[Span]) -> str:
    """Put [person], [phone] ... in place of the spans, which are ordered and do not overlap."""
    return _replace(text, spans).text


def redact(text: str, language: str | None, finder: Finder) -> Redacted:
    """Find and remove; the chips' places are those in the redacted text."""
    return _replace(text, find(text, language, finder))


def _replace(text: str, spans: Sequence[Span]) -> Redacted:
    parts: list[str] = []
    chips: list[Chip] = []
    done = length = 0
    for span in spans:
        chip = f"[{span.kind}]"
        parts += [text[done : span.start], chip]
        length += span.start - done
        chips.append(Chip(length, length + len(chip), span.kind))
        length += len(chip)
        done = span.end
    return Redacted("".join([*parts, text[done:]]), tuple(chips))


def _in_original(view: View, language: str | None, finder: Finder) -> list[Span]:
    found = _in_view(view, language, finder)
    if view.same:
        return found
    return [
        Span(*view.original(start, end), kind, source, score)
        for first, last, kind, source, score in found
        for start, end in view.pieces(first, last)
    ]


def _in_view(view: View, language: str | None, finder: Finder) -> list[Span]:
    scan = _SIEVE.scan(view.plain)
    found = [*apply(RULES, scan), *find_phones(scan, finder.local)]
    reading = read(view.plain, words_in(view.plain), [*streets.find_places(scan, finder.areas)])
    tongue = tongue_of(reading.keys, language, finder.own)
    stranger = Stranger(reading, finder.own[""], finder.gazetteer, finder.slips, tongue)
    found += find_people(scan, reading, stranger)
    if finder.names is not None and _may_be_english(reading.keys, language):
        rest = unsettled(reading, stranger, found)
        named = finder.names.find_in(view.text, rest.shown)
        found += rest.unread
        found += [span for span in named if not reading.is_place(span.start, span.end)]
    return found


def _may_be_english(words: Sequence[str], language: str | None) -> bool:
    """Tell whether to ask the English model: said so, or the words say so against what was said."""
    met = languages_in(words)
    return language == "en" or met == ("en",) or (language is None and "en" in met)
