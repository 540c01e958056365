"""A rule is one pattern with what it stands for; patterns run in linear time on any input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from workers.anonymise.words.linear import Match, Pattern, Scan
from workers.anonymise.words.spans import Kind, Span


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is read over the plain view; group 1, when there is one, is the span.

    `holds` looks once more at a match, for what a pattern cannot say (check digits, the words
    between); without it every match holds.
    """

    kind: Kind
    name: str
    score: float
    pattern: Pattern
    holds: Callable[[Match], bool] | None = None


def rule(
    kind: Kind, name: str, score: float, pattern: str, holds: Callable[[Match], bool] | None = None
) -> Rule:
    """Compile a rule; a pattern that needs backtracking is refused by the engine."""
    return Rule(kind, name, score, Pattern(pattern), holds)


def apply(rules: Iterable[Rule], scan: Scan) -> Iterator[Span]:
    """Find every match of the rules, as spans of the view."""
    for each in rules:
        for start, end in _places(each, scan):
            yield Span(start, end, each.kind, each.name, each.score)


def _places(each: Rule, scan: Scan) -> Iterator[tuple[int, int]]:
    if each.holds is None:
        return scan.places(each.pattern)
    group = min(1, each.pattern.groups)
    return (match.spans[group] for match in scan.matches(each.pattern) if each.holds(match))


def digits_of(text: str) -> str:
    """Return only the digits of a text."""
    return "".join(char for char in text if char.isdigit())
