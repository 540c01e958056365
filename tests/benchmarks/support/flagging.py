"""Flags, setting, urgency and language against labelled texts, each beside the commonest answer and a keyword."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from support import ROOT
from workers.classify.features import line_of, words_of
from workers.classify.flags import flags_of, found_in
from workers.classify.language import Languages
from workers.classify.setting import place_of, time_of
from workers.classify.urgency import TODAY, signs_of, urgency_of

MESSAGES = ROOT / "tests" / "workers" / "classify" / "messages.tsv"
PLACES = {
    "0": "none", "1": "street", "2": "on_transport", "3": "transport_stop", "5": "market", "7": "park",
    "11": "school_surroundings",
}  # fmt: skip
TIMES = {"0": "none", "1": "day", "2": "night"}
Told = list[tuple[str, object]]
Figures = dict[str, list[float]]


def macro_f1(truth: Sequence[object], said: Sequence[object]) -> float:
    scores = []
    for code in set(truth):
        right = sum(one == code == other for one, other in zip(truth, said, strict=True))
        scores.append(2 * right / max(1, list(truth).count(code) + list(said).count(code)))
    return sum(scores) / len(scores)


def beside(name: str, told: Told, ours: Callable[[str], object], keyword: Callable[[str], object]) -> Figures:
    truth = [code for _, code in told]
    commonest = Counter(truth).most_common(1)[0][0]
    sides = {"": ours, "_keywords": keyword, "_majority": lambda _text: commonest}
    return {
        f"{name}{side}": [macro_f1(truth, [say(text) for text, _ in told])] for side, say in sides.items()
    }


def of_setting(shared: Path) -> Figures:
    """Type of place and time of day; as a keyword list the bare name of each answer."""
    folder = shared / "stories"
    with (folder / "dev.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row[0] for row in csv.reader(file)][1:]
    marks = json.loads((folder / "elements_dev.json").read_text())
    found: Figures = {}
    sides = ("place_type", "location_type", PLACES, place_of), ("time_of_day", "time_of_day", TIMES, time_of)
    for name, key, codes, look in sides:
        told: Told = [
            (rows[int(row) - 1], codes.get(mark[key], "other"))
            for row, mark in marks.items()
            if mark.get(key) and ";" not in mark[key]
        ]
        found |= beside(
            name, told, lambda text, look=look, codes=codes: _code(look(text), codes), _named(codes)
        )
    return found


def _code(fact: object, codes: dict[str, str]) -> str:
    code = getattr(fact, "code", "none")
    return code if code in codes.values() else "other"


def _named(codes: dict[str, str]) -> Callable[[str], str]:
    names = {"on_transport": "bus", "transport_stop": "station", "school_surroundings": "school"}
    begin = {code: names.get(code, code) for code in codes.values() if code != "none"}
    return lambda text: next((code for code, word in begin.items() if word in text.lower()), "none")


def of_flags(shared: Path) -> Figures:
    found: Figures = {}
    for name, told in _abuse(shared / "abuse"):
        found |= beside(f"abuse_{name}", told, _flagged("abuse"), _worded("hostile", "slur"))
    for language in ("spanish", "portuguese", "french"):
        rows = _table(shared / "abuse" / f"hatecheck_{language}.csv")
        texts = [row["test_case"] for row in rows if row["functionality"].startswith("counter")]
        through = [not _flagged("abuse")(text) for text in texts]
        found[f"counter_speech_{language}"] = [sum(through) / len(through)]
    lines = (shared / "abuse" / "sms_spam_even.tsv").read_text(encoding="utf-8").splitlines()
    spam: Told = [(line.partition("\t")[2], line.startswith("spam")) for line in lines]
    with (shared / "stories" / "dev.csv").open(encoding="utf-8-sig", newline="") as file:
        stories = [row[0] for row in csv.reader(file)][1:]
    for code in ("abuse", "spam"):
        found[f"stories_flagged_{code}"] = [sum(map(_flagged(code), stories)) / len(stories)]
    return found | beside("spam", spam, _flagged("spam"), _worded("spam"))


def _abuse(folder: Path) -> Iterator[tuple[str, Told]]:
    for language in ("spanish", "portuguese", "french"):
        rows = _table(folder / f"hatecheck_{language}.csv")
        yield language, [(row["test_case"], row["label_gold"] == "hateful") for row in rows]
    yield (
        "edos",
        [(row["text"], row["label_sexist"] == "sexist") for row in _table(folder / "edos_train_dev.csv.gz")],
    )
    yield (
        "told_br",
        [
            (row["text"], any(float(votes) > 1 for key, votes in row.items() if key != "text"))
            for row in _table(folder / "told_br.csv.gz")
        ],
    )


def _table(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _flagged(code: str) -> Callable[[str], bool]:
    return lambda text: any(flag.code == code for flag in flags_of(text))


def _worded(*names: str) -> Callable[[str], bool]:
    """The same words without any rule: one of them is enough."""
    return lambda text: any(found_in(line_of(words_of(text)), name) for name in names)


def of_messages() -> Figures:
    """Recall and precision of what is urgent and of children, and the language, on our own messages."""
    with MESSAGES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    languages = Languages(("en", "es", "ca", "fr", "pt", "hi"))
    right = sum(languages.detect(row["text"]) == row["language"] for row in rows)
    found: Figures = {"language": [right / len(rows)]}
    said = {
        "urgent": [urgency_of(signs_of(row["text"]), frozenset()) >= TODAY for row in rows],
        "minor": [signs_of(row["text"]).minor for row in rows],
    }
    for name, marked in said.items():
        truth = [row[name] == "1" for row in rows]
        hits = sum(one and other for one, other in zip(truth, marked, strict=True))
        found |= {f"{name}_recall": [hits / sum(truth)], f"{name}_precision": [hits / sum(marked)]}
    return found
