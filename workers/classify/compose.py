"""Composing the seed examples from hand-written phrases; run as a module it writes seeds/*.jsonl anew.

A phrase file holds sections. `= @man` lists the fillings of the slot `{man}`; `@open` and `@close` are
sentences that carry no label. `= touching commenting` lists phrases that carry these labels, `= -` phrases
that carry none. The phrases of a section fall into three parts in turn, and an example is composed from
phrases of one part only: so thresholds can be chosen on phrases that the model has not seen.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backend.domain.taxonomy import CATEGORIES
from workers.classify.examples import SEEDS

if TYPE_CHECKING:
    from pathlib import Path

PHRASES = SEEDS / "phrases"
PARTS = 3
# How often the frame stands before a phrase, and how often people leave out capitals and full stops.
FIRST, PLAIN = 0.5, 0.25
_SLOT = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True)
class Phrase:
    """One hand-written phrase, its labels, and the third of the phrases it belongs to."""

    text: str
    labels: tuple[str, ...]
    part: int


@dataclass
class Bank:
    """The phrases of one language, and the fillings of its slots."""

    language: str
    slots: dict[str, list[str]] = field(default_factory=dict)
    phrases: list[Phrase] = field(default_factory=list)


def read_bank(path: Path) -> Bank:
    """Read one phrase file."""
    bank, heading, place = Bank(path.stem), "", 0
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            heading, place = line[2:].strip(), 0
        elif heading.startswith("@"):
            bank.slots.setdefault(heading[1:], []).append(line)
        else:
            labels = tuple(code for code in heading.split() if code != "-")
            bank.phrases.append(Phrase(line, labels, place % PARTS))
            place += 1
    return bank


def compose(bank: Bank) -> list[dict[str, object]]:
    """Return the examples of one language: each phrase alone, with a frame, and beside another phrase."""
    drawn = random.Random(f"seeds {bank.language}")  # noqa: S311 - repeatable on purpose
    rows = [row for phrase in bank.phrases for row in _of_phrase(bank, phrase, drawn)]
    return list({str(row["text"]): row for row in reversed(rows)}.values())[::-1]


def _of_phrase(bank: Bank, phrase: Phrase, drawn: random.Random) -> list[dict[str, object]]:
    other = drawn.choice(_companions(bank, phrase))
    opening, closing = (drawn.choice(bank.slots[name]) for name in ("open", "close"))
    both = tuple(sorted({*phrase.labels, *other.labels}))
    told: list[tuple[tuple[str, ...], list[str]]] = [
        (phrase.labels, [phrase.text]),
        (phrase.labels, [opening, phrase.text] if drawn.random() < FIRST else [phrase.text, closing]),
        (both, [phrase.text, other.text] if drawn.random() < FIRST else [other.text, phrase.text]),
    ]
    if "{" in phrase.text or len(phrase.labels) > 1:
        told.append((phrase.labels, [phrase.text]))
        told.append((phrase.labels, [opening, phrase.text, closing]))
    return [
        {"language": bank.language, "labels": sorted(labels), "part": phrase.part,
         "text": _tell(bank, sentences, drawn)}
        for labels, sentences in told
    ]  # fmt: skip


def _companions(bank: Bank, phrase: Phrase) -> list[Phrase]:
    """Phrases of the same part that can stand in one account: what is good does not mix with what is not."""
    kinds = {_good(phrase), None}
    return [
        other
        for other in bank.phrases
        if other.part == phrase.part
        and other.labels != phrase.labels
        and (kinds == {None} or _good(other) in kinds)
    ]


def _good(phrase: Phrase) -> bool | None:
    """Whether a phrase praises a place; None when it says nothing."""
    return CATEGORIES[phrase.labels[0]].group is None if phrase.labels else None


def _tell(bank: Bank, sentences: list[str], drawn: random.Random) -> str:
    """Fill the slots and write the sentences as people do: some with capitals and full stops, some without."""
    filled = [_fill(bank, sentence, drawn).rstrip(".") for sentence in sentences]
    if drawn.random() < PLAIN:
        return ", ".join(sentence[:1].lower() + sentence[1:] for sentence in filled)
    return " ".join(sentence[:1].upper() + sentence[1:] + "." for sentence in filled)


def _fill(bank: Bank, text: str, drawn: random.Random) -> str:
    return _SLOT.sub(lambda match: drawn.choice(bank.slots[match.group(1)]), text)


def write_seeds(folder: Path = SEEDS) -> int:
    """Compose every language's examples into folder/<language>.jsonl; return how many there are."""
    total = 0
    for path in sorted(PHRASES.glob("*.txt")):
        rows = compose(read_bank(path))
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / f"{path.stem}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        total += len(rows)
    return total


if __name__ == "__main__":
    print(f"{write_seeds()} examples written")  # noqa: T201 - a command says what it did
