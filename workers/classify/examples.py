"""Examples to learn from: the project's own seeds, or a city's table in the SafeCity column form."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.domain.taxonomy import CATEGORIES
from backend.errors import UnprocessableInput

if TYPE_CHECKING:
    from collections.abc import Sequence

SEEDS = Path(__file__).parent / "seeds"
TEXT_COLUMN = "description"
# The table's headings, by the letters they begin with: spaces and slashes differ between exports.
COLUMN_CODES = {
    "commenting": "commenting",
    "ogling": "ogling",
    "touching": "touching",
    "stalking": "following",
    "taking photos": "photographing",
    "taking pictures": "photographing",
    "indecent exposure": "exposure",
    "chain snatching": "robbery",
    "rape": "rape_assault",
    "physical assault": "physical_assault",
    "poor / no street lighting": "badly_lit",
    "poor/no street lighting": "badly_lit",
}


@dataclass(frozen=True)
class Example:
    """One text and the codes that are right for it.

    `part` is the third of the seed phrases it was composed from, so that a threshold is never chosen
    on phrases the model has seen; None where there are no parts. `told` by a resident, in a report of its own.
    """

    text: str
    labels: frozenset[str]
    language: str | None = None
    part: int | None = None
    told: bool = False


def seeds(folder: Path = SEEDS) -> list[Example]:
    """Read every seed example, in a fixed order."""
    return [
        _seed(json.loads(line))
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def _seed(row: dict[str, object]) -> Example:
    labels = row["labels"]
    part = row.get("part")
    if not isinstance(labels, list) or not set(labels) <= set(CATEGORIES):
        raise UnprocessableInput("A seed example carries a label that is not in the taxonomy.")
    return Example(
        str(row["text"]), frozenset(labels), str(row["language"]), part if isinstance(part, int) else None
    )


def table(path: Path) -> list[Example]:
    """Read a table of stories: a Description column, and one column of 0 and 1 for each category."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        text_at, codes_at = _columns(next(rows, []))
        return [_story(row, text_at, codes_at) for row in rows if len(row) > text_at and row[text_at].strip()]


def _columns(headings: list[str]) -> tuple[int, dict[int, str]]:
    names = [" ".join(heading.split()).lower() for heading in headings]
    codes = {
        place: code
        for place, name in enumerate(names)
        for begin, code in COLUMN_CODES.items()
        if name.startswith(begin)
    }
    if TEXT_COLUMN not in names or not codes:
        raise UnprocessableInput("The table needs a Description column and at least one category column.")
    return names.index(TEXT_COLUMN), codes


def _story(row: list[str], text_at: int, codes_at: dict[int, str]) -> Example:
    labels = {code for place, code in codes_at.items() if place < len(row) and row[place].strip() == "1"}
    return Example(row[text_at], frozenset(labels))


def codes_of(examples: Sequence[Example]) -> tuple[str, ...]:
    """Return the codes that examples carry, in order."""
    return tuple(sorted({code for example in examples for code in example.labels}))
