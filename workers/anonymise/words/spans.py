"""A span is a stretch of text that must go; merging makes spans that do not overlap."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

Kind = Literal[
    "person",
    "phone",
    "email",
    "address",
    "handle",
    "plate",
    "id_number",
    "card",
    "link",
    "ip",
    "organisation",
]
KINDS: tuple[str, ...] = get_args(Kind)

# A given name and a family name found apart are one person when only this stands between them.
_JOINTS = frozenset({" ", "-", ", ", "\n"})


class Span(NamedTuple):
    """Offsets in code points, half open; `source` names the rule, `score` lies in 0..1."""

    start: int
    end: int
    kind: Kind
    source: str
    score: float

    def touches(self, start: int, end: int) -> bool:
        """Tell whether this span shares a character with start..end."""
        return self.start < end and start < self.end


def merge(spans: Iterable[Span], text: str) -> list[Span]:
    """Join overlapping spans, and neighbours of one kind, into spans in order of place.

    What overlaps is united, never cut: a character that any rule wants gone is gone. The kind
    is that of the longest member, because an address holds a name and not the other way round.
    """
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and _belong(merged[-1], span, text):
            merged[-1] = _union(merged[-1], span)
        else:
            merged.append(span)
    return merged


def _belong(left: Span, right: Span, text: str) -> bool:
    if right.start < left.end:
        return True
    return left.kind == right.kind == "person" and text[left.end : right.start] in _JOINTS


def _union(left: Span, right: Span) -> Span:
    if right.end <= left.end and left.score >= right.score:
        return left  # it starts no later, so it is the longer or the surer of the two
    size, other = left.end - left.start, right.end - right.start
    longest = right if (other, right.score) > (size, left.score) else left
    return Span(
        left.start, max(left.end, right.end), longest.kind, longest.source, max(left.score, right.score)
    )
