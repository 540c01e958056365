"""Two models side by side on decisions that neither saw: F1, calibration, and where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workers.classify.figures import figures, intervals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from backend.store.corrections import Correction
    from workers.classify.linear import LinearModel

# Of a group with fewer reports than this nothing is told.
FEWEST_OF_A_GROUP = 10
FEWEST_OF_A_LABEL = 5
BINS = 10


@dataclass(frozen=True)
class Spoken:
    """What one model said of some texts (texts x codes): scores, and whether each label was proposed."""

    scores: NDArray[np.float64]
    said: NDArray[np.bool_]


def compare_models(
    candidate: LinearModel, running: LinearModel, held: Sequence[Correction]
) -> dict[str, Any]:
    """Return the comparison as JSON holds it: both versions, per label, in all, calibration, groups."""
    codes = sorted({code for one in held for code in one.labels})
    truth = np.array([[code in one.labels for code in codes] for one in held], dtype=np.bool_)
    texts = [one.text for one in held]
    both = {"candidate": speak(candidate, texts, codes), "running": speak(running, texts, codes)}
    return {
        "versions": {"candidate": candidate.version, "running": running.version},
        "held_back": len(held),
        "macro_f1": {who: figures(one.said, truth)["macro_f1"] for who, one in both.items()},
        "interval": {who: intervals(one.said, truth)["macro_f1"] for who, one in both.items()},
        "labels": _by_label(codes, truth, both),
        "calibration": {who: calibration(one.scores, truth) for who, one in both.items()},
        "language": _by_group([one.language for one in held], truth, both),
        "area": _by_group([one.area for one in held], truth, both),
    }


def speak(model: LinearModel, texts: Sequence[str], codes: Sequence[str]) -> Spoken:
    """Ask a model about texts; a label that it does not know it never says."""
    known = {code: place for place, code in enumerate(model.codes)}
    scores, said = np.zeros((len(texts), len(codes))), np.zeros((len(texts), len(codes)), dtype=np.bool_)
    for row, text in enumerate(texts):
        chances, spoken = model.decide(model.read(text))
        for column, code in enumerate(codes):
            if code in known:
                scores[row, column], said[row, column] = chances[known[code]], spoken[known[code]]
    return Spoken(scores, said)


def calibration(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> dict[str, Any]:
    """Return the expected calibration error over ten equal bins of scores, and the bins (Guo et al. 2017)."""
    flat, right = scores.ravel(), truth.ravel()
    which = np.minimum((flat * BINS).astype(int), BINS - 1)
    bins = [_bin(number, flat[which == number], right[which == number]) for number in range(BINS)]
    told = [one for one in bins if one["pairs"]]
    off = sum(one["pairs"] * abs(one["mean_score"] - one["share_right"]) for one in told)
    return {"ece": round(off / max(1, len(flat)), 4), "bins": told}


def _bin(number: int, scores: NDArray[np.float64], right: NDArray[np.bool_]) -> dict[str, Any]:
    told: dict[str, Any] = {"from": number / BINS, "to": (number + 1) / BINS, "pairs": len(scores)}
    if len(scores):
        told |= {"mean_score": round(float(scores.mean()), 4), "share_right": round(float(right.mean()), 4)}
    return told


def _by_label(
    codes: Sequence[str], truth: NDArray[np.bool_], both: dict[str, Spoken]
) -> dict[str, dict[str, float]]:
    return {
        code: {"reports": int(truth[:, place].sum())}
        | {who: micro_f1(one.said[:, [place]], truth[:, [place]]) for who, one in both.items()}
        for place, code in enumerate(codes)
        if truth[:, place].sum() >= FEWEST_OF_A_LABEL
    }


def _by_group(
    names: Sequence[str | None], truth: NDArray[np.bool_], both: dict[str, Spoken]
) -> dict[str, Any]:
    """Return micro-F1 of both by group and their difference; small groups are only counted together."""
    rows = {name: np.array([one == name for one in names]) for name in sorted({n for n in names if n})}
    shown = {name: rows_of for name, rows_of in rows.items() if rows_of.sum() >= FEWEST_OF_A_GROUP}
    told = {name: _group(rows_of, truth, both) for name, rows_of in shown.items()}
    return {"groups": told, "withheld": len(rows) - len(shown)}


def _group(rows: NDArray[np.bool_], truth: NDArray[np.bool_], both: dict[str, Spoken]) -> dict[str, float]:
    scores = {who: micro_f1(one.said[rows], truth[rows]) for who, one in both.items()}
    difference = round(scores["candidate"] - scores["running"], 4)
    return {"reports": int(rows.sum()), **scores, "difference": difference}


def micro_f1(said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Return F1 over all pairs of text and code."""
    return round(2.0 * float((said & truth).sum()) / max(1, int(said.sum() + truth.sum())), 4)


def in_words(told: dict[str, Any], say: Callable[[str], None]) -> None:
    """Print a comparison as a person reads it."""
    say(f"{told['held_back']} decisions held back; {told['learnt_from']} learnt from")
    for who in ("running", "candidate"):
        low, high = told["interval"][who]
        ece = told["calibration"][who]["ece"]
        say(
            f"{who} {told['versions'][who]}: macro-F1 {told['macro_f1'][who]:.3f} "
            f"({low:.3f} to {high:.3f}), calibration error {ece:.3f}"
        )
        for one in told["calibration"][who]["bins"]:
            say(
                f"  scores {one['from']:.1f}-{one['to']:.1f}: {one['pairs']} pairs, "
                f"mean {one['mean_score']:.2f}, right {one['share_right']:.2f}"
            )
    for code, one in told["labels"].items():
        say(
            f"  {code}: {one['reports']} reports, running {one['running']:.2f}, candidate {one['candidate']:.2f}"
        )
    for kind in ("language", "area"):
        for name, one in told[kind]["groups"].items():
            say(
                f"  {kind} {name}: {one['reports']} reports, running {one['running']:.2f}, "
                f"candidate {one['candidate']:.2f}, difference {one['difference']:+.2f}"
            )
        if told[kind]["withheld"]:
            say(f"  {kind}: {told[kind]['withheld']} groups under {FEWEST_OF_A_GROUP} reports are not told")
