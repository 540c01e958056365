"""How long each thing is kept: the one schedule, read from `retention.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FILE = Path(__file__).with_name("retention.yaml")


@dataclass(frozen=True)
class Term:
    """How long one thing is kept: days after something, hours, until an event, or for good because of something.

    `holds` says where it lies, as the file explains; what is `by` somebody else is not ours to erase.
    """

    item: str
    days_after: Mapping[str, int] = field(default_factory=dict)
    hours: int | None = None
    until: str | None = None
    because: str | None = None
    by: str | None = None
    holds: Sequence[str] = ()


@cache
def schedule() -> tuple[Term, ...]:
    """Return every term in the order of the file."""
    return tuple(Term(**told) for told in yaml.safe_load(_FILE.read_text(encoding="utf-8")))


@cache
def term(item: str) -> Term:
    """Return the term of one item; an item that is not in the schedule is a KeyError."""
    return {one.item: one for one in schedule()}[item]


@cache
def erased_by_day() -> tuple[str, ...]:
    """Return the items that one job erases, day by day; the others end with an event or by themselves."""
    by_release = {"refused_place", "counted_cell"}
    ours = (one for one in schedule() if one.days_after and one.by is None)
    return tuple(one.item for one in ours if one.item not in by_release)


def kept(item: str, after: str | None = None) -> timedelta:
    """Return how long an item is kept: its hours, or its days after a day of the report."""
    one = term(item)
    if after is not None:
        return timedelta(days=one.days_after[after])
    if one.hours is None:
        raise KeyError(item)
    return timedelta(hours=one.hours)
