"""Training from end to end: examples in, a model with its card out, the same bytes each time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from backend.errors import NotFound
from workers.classify.card import write_card
from workers.classify.examples import seeds, table
from workers.classify.figures import figures, intervals
from workers.classify.fit import FOLDS_TOGETHER, Learnt, learn
from workers.classify.keywords import KEYWORDS, keyword_labels
from workers.classify.linear import save
from workers.classify.propose import MODEL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray

    from workers.classify.examples import Example
    from workers.classify.linear import LinearModel


@dataclass(frozen=True)
class Task:
    """What to learn from, what to test on when there is a table apart, and how thresholds are chosen."""

    name: str
    examples: list[Example]
    apart: list[Example]
    beta: float


def train(stories: Path | None, out: Path | None, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Learn from the seeds, or from a city's own stories; write model and card; return the figures.

    `stories` is a CSV in the SafeCity column form, or a folder with train.csv and, if there, dev.csv.
    """
    task = _task(stories)
    folder = out or (MODEL if stories is None else None)
    if folder is None:
        raise NotFound("Say with --out where a model of your own stories is to be written.")
    began = time.monotonic()
    learnt = learn(task.examples, task.name, task.beta, say)
    seconds = time.monotonic() - began
    save(learnt.model, folder)
    told = _figures(task, learnt, folder)
    write_card(folder, told)
    return {**told, "train_s": round(seconds, 1), "out": str(folder)}


def _task(stories: Path | None) -> Task:
    if stories is None:
        # Composed phrases hold fewer surprises than people do, so their thresholds come out too low for
        # real accounts; counting a wrong proposal for more than a missing one sets that right.
        return Task("seeds", seeds(), [], beta=0.5)
    path = stories / "train.csv" if stories.is_dir() else stories
    if not path.is_file():
        raise NotFound(f"There is no {path.name} to learn from.")
    apart = stories / "dev.csv"
    held = table(apart) if stories.is_dir() and apart.is_file() else []
    return Task("stories", table(path), held, beta=1.0)


def _figures(task: Task, learnt: Learnt, folder: Path) -> dict[str, Any]:
    """Everything the card says; no seconds in it, so that the same seeds give the same card."""
    model = learnt.model
    told: dict[str, Any] = {
        "model": model.version,
        "learnt_from": task.name,
        "examples": len(task.examples),
        "languages": _languages(task.examples),
        "ngrams": len(model.vocabulary),
        "together": FOLDS_TOGETHER if model.joint else 0,
        "bytes": sum(path.stat().st_size for path in folder.glob("model.*")),
        "cross_validated": figures(learnt.said, learnt.truth),
        "labels": _by_label(learnt),
    }
    if task.apart:
        told["apart"] = compare(model, task.apart, {example.text.strip() for example in task.examples})
    return told


def _languages(examples: Sequence[Example]) -> dict[str, int]:
    codes = sorted({example.language for example in examples if example.language})
    return {code: sum(example.language == code for example in examples) for code in codes}


def _by_label(learnt: Learnt) -> dict[str, dict[str, float]]:
    return {
        code: {
            "examples": int(learnt.truth[:, place].sum()),
            _choice(learnt.model): round(float(_chosen(learnt.model)[place]), 2),
            "f1": figures(learnt.said[:, [place]], learnt.truth[:, [place]])["macro_f1"],
        }
        for place, code in enumerate(learnt.model.codes)
    }


def _choice(model: LinearModel) -> str:
    return "offset" if model.joint else "threshold"


def _chosen(model: LinearModel) -> NDArray[np.float32]:
    return model.joint.offsets if model.joint else model.thresholds


def compare(
    model: LinearModel, apart: Sequence[Example], learnt: AbstractSet[str] = frozenset()
) -> dict[str, Any]:
    """Score a model on examples apart, beside the keyword list, over the codes that the examples use.

    Examples whose text is among the `learnt` ones are left out of `unseen`.
    """
    told = {code for example in apart for code in example.labels}
    codes = [code for code in model.codes if code in told]
    places = [model.codes.index(code) for code in codes]
    truth = np.array([[code in example.labels for code in codes] for example in apart])
    said = np.array([model.decide(model.read(example.text))[1][places] for example in apart])
    result = {"codes": codes, "rows": len(apart), **figures(said, truth), "intervals": intervals(said, truth)}
    new = np.array([example.text.strip() not in learnt for example in apart])
    if new.any():
        result["unseen"] = {"rows": int(new.sum()), **figures(said[new], truth[new])}
    if set(codes) <= set(KEYWORDS):
        words = np.array([[code in keyword_labels(example.text) for code in codes] for example in apart])
        result["keywords"] = figures(words, truth)
    return result
