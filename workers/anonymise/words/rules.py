"""A rule is one pattern with what it stands for; patterns run in linear time on any input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from workers.anonymise.words.linear import Match, Pattern, Scan
from workers.anonymise.words.spans import Kind, Span


def _always(_match: Match) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is read over the plain view; group 1, when there is one, is the span.

    `holds` looks once more at a match, for what a pattern cannot say (check digits, the words
    between).
    """

    kind: Kind
    name: str
    score: float
    pattern: Pattern
    holds: Callable[[Match], bool] = _always


def rule(kind: Kind, name: str, score: float, pattern: str, holds: Callable[[Match], bool] = _always) -> Rule:
    """Compile a rule; a pattern that needs backtracking is refused by the engine."""
    return Rule(kind, name, score, Pattern(pattern), holds)


def apply(rules: Iterable[Rule], scan: Scan) -> Iterator[Span]:
    """Find every match of the rules, as spans of the view."""
    for each in rules:
        for match in scan.matches(each.pattern):
            if each.holds(match):
                start, end = match.spans[min(1, each.pattern.groups)]
                yield Span(start, end, each.kind, each.name, each.score)


def digits_of(text: str) -> str:
    """Return only the digits of a text."""
    return "".join(char for char in text if char.isdigit())
