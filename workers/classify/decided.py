"""A candidate learnt from what moderators decided, beside the project's own examples; some decisions are held back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backend.domain.taxonomy import CATEGORIES
from backend.errors import UnprocessableInput
from workers.classify.comparing import compare_models
from workers.classify.examples import Example, seeds
from workers.classify.fit import learn
from workers.classify.linear import save
from workers.classify.promotion import candidates, running
from workers.classify.vocabulary import FEWEST_REPORTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from uuid import UUID

    from backend.store.corrections import Correction

# Below this neither the candidate nor the comparison would say anything.
FEWEST_DECISIONS = 50
_HELD_BACK = 5  # one decision in so many
_FOLDS = 3
COMPARISON = "comparison.json"


@dataclass(frozen=True)
class Split:
    """Decisions to learn from, and those held back from every candidate, so that none ever saw them."""

    learnt: list[Correction]
    held: list[Correction]


def split(decisions: Sequence[Correction]) -> Split:
    """Hold back one decision in five, by the report's number alone: the same ones in every training."""
    held = [one for one in decisions if _slot(one.report_id, "held") % _HELD_BACK == 0]
    chosen = {one.report_id for one in held}
    return Split([one for one in decisions if one.report_id not in chosen], held)


def _slot(report_id: UUID, what: str) -> int:
    return hashlib.sha256(f"{what} {report_id}".encode()).digest()[0]


def train_candidate(
    decisions: Sequence[Correction], models_dir: Path, city_id: str, say: Callable[[str], None] = print
) -> dict[str, Any]:
    """Learn a candidate, write it beside the city's model, and return how the two compare.

    Raises:
        UnprocessableInput: there are too few decisions to say anything. ConfigError: no model runs.
    """
    parts = split(decisions)
    if len(decisions) < FEWEST_DECISIONS or not parts.held:
        raise UnprocessableInput(
            f"A candidate needs {FEWEST_DECISIONS} decisions; {len(decisions)} are kept to learn from."
        )
    present = running(models_dir, city_id)
    # A wrong proposal counts for more than a missing one, as with the shipped model.
    learnt = learn([*seeds(), *map(_example, parts.learnt)], "decisions", 0.5, say)
    folder = candidates(models_dir, city_id) / learnt.model.version
    save(learnt.model, folder)
    told = {
        "city": city_id, "candidate": str(folder), "learnt_from": len(parts.learnt),
        "fewest_reports_of_a_feature": FEWEST_REPORTS, "ngrams": len(learnt.model.vocabulary),
        **compare_models(learnt.model, present, parts.held),
    }  # fmt: skip
    (folder / COMPARISON).write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return told


def _example(one: Correction) -> Example:
    labels = one.labels & frozenset(CATEGORIES)
    return Example(one.text, labels, one.language, _slot(one.report_id, "fold") % _FOLDS, told=True)
