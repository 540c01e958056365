"""How well labels, setting, flags, duplicates, language and urgency are proposed, beside baselines on the same texts.

The city's model is trained on the stories' training table and scored on the one beside it, texts that also
occur in training apart; the shipped model and the rules are scored as they are.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from time import process_time

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from support import ROOT, of_packages, record, say
from support.flagging import of_flags, of_messages, of_setting
from support.near_copies import of_near_copies

from backend.domain.taxonomy import Kind
from workers.classify.examples import Example, table
from workers.classify.figures import figures, intervals
from workers.classify.keywords import KEYWORDS, NAMES, keyword_labels
from workers.classify.labels import propose_labels
from workers.classify.linear import LinearModel, load
from workers.classify.propose import MODEL
from workers.classify.train import train

SHARED = Path(os.environ.get("FAROLA_SHARED_DATA") or ROOT.parent / "shared" / "data")
Flags = np.ndarray


def said_by(model: LinearModel, examples: list[Example], codes: tuple[str, ...]) -> Flags:
    places = [model.codes.index(code) for code in codes]
    return np.array([model.decide(model.read(example.text))[1][places] for example in examples])


def truth_of(examples: list[Example], codes: tuple[str, ...]) -> Flags:
    return np.array([[code in example.labels for code in codes] for example in examples])


def listed(lists: dict[str, tuple[str, ...]], apart: list[Example], codes: tuple[str, ...]) -> Flags:
    return np.array([[code in keyword_labels(one.text, lists) for code in codes] for one in apart])


def peers(learn: list[Example], apart: list[Example], codes: tuple[str, ...]) -> dict[str, Flags]:
    """The commonest answer, the bare names, a careful keyword list, and plain tf-idf with logistic regression as it comes."""
    truth = truth_of(learn, codes)
    words = TfidfVectorizer()
    values = words.fit_transform([example.text for example in learn])
    seen = words.transform([example.text for example in apart])
    plain = [LogisticRegression(max_iter=500).fit(values, column).predict(seen) for column in truth.T]
    return {
        "majority": np.tile(truth.mean(axis=0) > 0.5, (len(apart), 1)),
        "names": listed(NAMES, apart, codes),
        "keywords": listed(KEYWORDS, apart, codes),
        "plain": np.array(plain).T,
    }


def of_stories() -> dict[str, list[float]]:
    folder = SHARED / "stories"
    learn, apart = table(folder / "train.csv"), table(folder / "dev.csv")
    with tempfile.TemporaryDirectory() as out:
        before = process_time()
        told = train(folder, Path(out), say)
        spent = process_time() - before
        model = load(Path(out))
    truth, said = truth_of(apart, model.codes), said_by(model, apart, model.codes)
    known = {example.text.strip() for example in learn}
    unseen = np.array([example.text.strip() not in known for example in apart])
    found = {key: [value] for key, value in figures(said, truth).items()}
    found |= {f"{key}_unseen": [value] for key, value in figures(said[unseen], truth[unseen]).items()}
    for key, (low, high) in intervals(said, truth).items():
        found |= {f"{key}_low": [low], f"{key}_high": [high]}
    others = peers(learn, apart, model.codes) | {"shipped": said_by(load(MODEL), apart, model.codes)}
    for name, answers in others.items():
        found |= {f"{name}_{key}": [value] for key, value in figures(answers, truth).items()}
    return found | {
        "train_s": [told["train_s"]],
        "train_cpu_s": [spent],
        "ms_per_text": [timed(model, apart)],
    }


def timed(model: LinearModel, examples: list[Example]) -> float:
    """Processor milliseconds for labels and the words that carried them."""
    started = process_time()
    for example in examples:
        propose_labels(model, example.text, Kind.INCIDENT, ())
    return (process_time() - started) * 1000 / len(examples)


def main() -> None:
    if not SHARED.is_dir():
        sys.exit("The texts lie in the folder shared/data beside the project, which is not here.")
    found = of_stories() | of_setting(SHARED) | of_flags(SHARED) | of_messages() | of_near_copies(SHARED)
    record("labels", found, of_packages("scikit-learn", "numpy", "py3langid"))


if __name__ == "__main__":
    main()
