"""Which features a model may hold: common ones, and of what residents wrote none that tells of a few."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from workers.classify.features import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# In how many of the project's own texts, or of a city's table of stories, an n-gram must occur, and a word or a pair.
FEWEST_INSIDE, FEWEST_WHOLE = 3, 2
# And in how many different reports, so that a model file tells nobody's own words.
FEWEST_REPORTS = 5


def vocabulary(grams: Sequence[Counter[str]], told: Sequence[bool], most: int) -> dict[str, int]:
    """Return the place of every feature kept, at most so many, those of the most texts first.

    `grams` counts the features of each text; `told` says which texts are reports of residents.
    """
    both = list(zip(grams, told, strict=True))
    own, reports = (_texts(one for one, is_told in both if is_told is kind) for kind in (False, True))
    ranked = sorted(
        (-own[gram] - reports[gram], gram)
        for gram in own.keys() | reports.keys()
        if own[gram] >= _fewest(gram) or reports[gram] >= FEWEST_REPORTS
    )
    kept = sorted(gram for _, gram in ranked[:most])
    return {gram: place for place, gram in enumerate(kept)}


def _fewest(feature: str) -> int:
    return FEWEST_WHOLE if feature.startswith(WHOLE) else FEWEST_INSIDE


def _texts(grams: Iterable[Counter[str]]) -> Counter[str]:
    """Count in how many texts each feature occurs."""
    return Counter(gram for counter in grams for gram in counter)
