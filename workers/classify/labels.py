"""Which categories to propose for a text: the model's, limited to the kind of report, and the resident's own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backend.domain.taxonomy import CATEGORIES, categories_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.domain.taxonomy import Kind
    from workers.classify.linear import LinearModel, Read

# What the resident ticked counts as this much evidence, in log-odds (odds of about 7 to 1).
CHOSEN_EVIDENCE = 2.0
MOST_LABELS = 6


@dataclass(frozen=True)
class Label:
    """One proposed category: its probability, and the words of the text that carried it, strongest first."""

    code: str
    score: float
    words: tuple[str, ...]


def propose_labels(model: LinearModel, text: str, kind: Kind, chosen: Sequence[str]) -> tuple[Label, ...]:
    """Return the labels above their thresholds and those the resident chose, the likeliest first."""
    read = model.read(text)
    own = np.array([code in chosen for code in model.codes])
    scores, over = model.decide(read, (CHOSEN_EVIDENCE * own).astype(np.float32))
    allowed = {category.code for category in categories_for(kind)}
    said = [
        (code, float(score))
        for code, score, high, mine in zip(model.codes, scores, over, own, strict=True)
        if code in allowed and (mine or high)
    ]
    unknown = [(code, 1.0 / (1.0 + math.exp(-CHOSEN_EVIDENCE))) for code in _untold(model, chosen)]
    ranked = sorted(said + unknown, key=lambda pair: (-pair[1], pair[0]))
    kept = [pair for place, pair in enumerate(ranked) if place < MOST_LABELS or pair[0] in chosen]
    return tuple(Label(code, score, _words(model, read, code)) for code, score in kept)


def _untold(model: LinearModel, chosen: Sequence[str]) -> list[str]:
    """Codes that the resident chose and this model never learnt (a city's own model may know few)."""
    return [code for code in dict.fromkeys(chosen) if code in CATEGORIES and code not in model.codes]


def _words(model: LinearModel, read: Read, code: str) -> tuple[str, ...]:
    return model.carriers(read, code) if code in model.codes and len(read.grams) else ()
