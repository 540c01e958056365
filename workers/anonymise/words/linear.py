"""Expressions that cannot backtrack, and one pass that tells which of them a text can hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import re2

# One class of characters, repeated; or nothing that repeats, as in a choice of fixed words.
_ONE_CLASS = re.compile(r"\[(?:[^\]\\]|\\.)+\]\+")
_REPEATS = re.compile(r"[*+?{]")
# What the pass over all expressions may keep in memory, in bytes.
_MEMORY = 32 << 20


class Match(NamedTuple):
    """Where an expression matched: the text, and the spans of the whole and of its groups."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def span(self, group: int = 0) -> tuple[int, int]:
        """Return where a group starts and ends; (-1, -1) when it took no part."""
        return self.spans[group]

    def start(self, group: int = 0) -> int:
        """Return where a group starts."""
        return self.spans[group][0]

    def end(self, group: int = 0) -> int:
        """Return where a group ends."""
        return self.spans[group][1]

    def group(self, group: int = 0) -> str:
        """Return what a group holds; nothing when it took no part."""
        start, end = self.spans[group]
        return self.text[start:end]


class Pattern:
    """An expression over ASCII text, read by re2: time is linear in the text whatever it holds."""

    __slots__ = ("_engine", "groups", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self._engine: Any = re2.compile(source.encode("ascii"))
        self.groups: int = self._engine.groups

    def finditer(self, text: str, data: bytes | None = None) -> Iterator[Match]:
        """Find every match in ASCII text; `data` are its bytes when they are there already."""
        groups = range(self.groups + 1)
        for found in self._engine.finditer(text.encode("ascii") if data is None else data):
            yield Match(text, tuple(map(found.span, groups)))

    def places(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Find where group 1, or else the whole, of every match stands in the bytes of ASCII text."""
        group = min(1, self.groups)
        return (found.span(group) for found in self._engine.finditer(data))

    def search(self, text: str) -> Match | None:
        """Return the first match in ASCII text."""
        return next(self.finditer(text), None)

    def fullmatch(self, text: str) -> bool:
        """Tell whether all of an ASCII text matches."""
        return self._engine.fullmatch(text.encode("ascii")) is not None


class Scan:
    """A plain view about to be read, and which expressions can match in it."""

    __slots__ = ("_absent", "data", "plain")

    def __init__(self, plain: str, data: bytes, absent: frozenset[Pattern]) -> None:
        self.plain = plain
        self.data = data
        self._absent = absent

    def matches(self, pattern: Pattern) -> Iterator[Match]:
        """Find every match of an expression."""
        return iter(()) if pattern in self._absent else pattern.finditer(self.plain, self.data)

    def places(self, pattern: Pattern) -> Iterator[tuple[int, int]]:
        """Find where every match of an expression, or its group 1, stands."""
        return iter(()) if pattern in self._absent else pattern.places(self.data)


class Sieve:
    """Many expressions as one automaton, which says in one pass which of them match somewhere."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        options = re2.Options()
        options.max_mem = _MEMORY
        self._patterns = tuple(dict.fromkeys(patterns))
        self._set = re2.Set.SearchSet(options)
        for pattern in self._patterns:
            self._set.Add(pattern.source.encode("ascii"))
        # This one matches always: an answer without it means that memory ran out.
        self._witness = self._set.Add(b"")
        self._set.Compile()

    def scan(self, plain: str) -> Scan:
        """Look at ASCII text once; without a sure answer every expression may match."""
        data = plain.encode("ascii")
        met = self._set.Match(data) or ()
        if self._witness not in met:
            return Scan(plain, data, frozenset())
        return Scan(
            plain,
            data,
            frozenset(self._patterns).difference(self._patterns[i] for i in met if i != self._witness),
        )


def literal(text: str) -> str:
    """Return an expression that matches ASCII text as it stands."""
    escaped: str = re2.escape(text)
    return escaped


def proven(source: str) -> re.Pattern[str]:
    """Compile, for the standard engine, an expression in which nothing can backtrack.

    That is one class of characters repeated, or a choice without any repetition; raises
    `ValueError` for all others. It costs a tenth of a `Pattern` where words are counted by thousands.
    """
    if not _ONE_CLASS.fullmatch(source) and _REPEATS.search(source.replace("(?:", "(")):
        raise ValueError("Only a repeated class, or no repetition, is linear in the standard engine.")
    return re.compile(source)
