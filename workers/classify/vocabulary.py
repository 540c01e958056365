"""Which n-grams a model may hold: common ones, and of what residents wrote none that tells of a few."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# In how many of the project's own texts an n-gram must occur.
FEWEST_EXAMPLES = 3
# And in how many different reports, so that a model file tells nobody's own words.
FEWEST_REPORTS = 5


def vocabulary(grams: Sequence[Counter[str]], told: Sequence[bool], most: int) -> dict[str, int]:
    """Return the place of every n-gram kept, at most so many, those of the most texts first.

    `grams` counts the n-grams of each text; `told` says which texts are reports of residents.
    """
    both = list(zip(grams, told, strict=True))
    own, reports = (_texts(one for one, is_told in both if is_told is kind) for kind in (False, True))
    ranked = sorted(
        (-own[gram] - reports[gram], gram)
        for gram in own.keys() | reports.keys()
        if own[gram] >= FEWEST_EXAMPLES or reports[gram] >= FEWEST_REPORTS
    )
    kept = sorted(gram for _, gram in ranked[:most])
    return {gram: place for place, gram in enumerate(kept)}


def _texts(grams: Iterable[Counter[str]]) -> Counter[str]:
    """Count in how many texts each n-gram occurs."""
    return Counter(gram for counter in grams for gram in counter)
