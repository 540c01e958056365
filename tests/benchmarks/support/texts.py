"""Which texts measure how words are anonymised, and how a finding of them is judged."""

from __future__ import annotations

import csv
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

TEMPLATES = Path(__file__).parents[2] / "workers" / "anonymise" / "own_templates.json"
# What must go. What is neither asked for nor held against anybody stands in the second line.
REQUIRED = frozenset(
    {
        "PERSON", "STREET_ADDRESS", "PHONE_NUMBER", "EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "IP_ADDRESS",
        "ZIP_CODE", "US_DRIVER_LICENSE", "DOMAIN_NAME",
    }
)  # fmt: skip
FREE = frozenset({"GPE", "DATE_TIME", "TITLE", "ORGANIZATION"})
# Where a language is spoken: its templates are filled with names from there as far as there are any.
COUNTRIES = {
    "en": "US GB IE AU NZ CA ZA JM IN", "es": "ES MX AR CO CL PE VE EC BO UY PY CR CU DO GT SV PA PR",
    "fr": "FR BE CH CA DZ MA TN ML HT LU MC", "pt": "PT BR", "ca": "AD ES", "hi": "IN NP",
}  # fmt: skip
ROUNDS_OF_NAMES, LOWER_CASE, ENOUGH, SEED = 8, 4, 5, 4
_PART = re.compile(r"[a-z]+")
_PLACE = re.compile(r"\{(full|first2?|last)\}")

Spans = Sequence[tuple[int, int]]
Find = Callable[[str, str], Spans]


class Told(NamedTuple):
    """A text, its language, and what must go: kind, start, end."""

    text: str
    language: str
    secrets: Sequence[tuple[str, int, int]]
    free: Spans = ()


@dataclass
class Score:
    """Counts of one finder over some texts; the shares are made of them."""

    found: Counter[str] = field(default_factory=Counter)
    all_of: Counter[str] = field(default_factory=Counter)
    texts: int = 0
    leaking: int = 0
    gone: int = 0
    rightly: int = 0

    def add(self, told: Told, spans: Spans) -> None:
        """Judge one text: a secret is found when every letter and digit of it is gone."""
        gone = {place for start, end in spans for place in _letters(told.text, start, end)}
        leaks, right = False, {place for start, end in told.free for place in range(start, end)}
        for kind, start, end in told.secrets:
            found = _letters(told.text, start, end) <= gone
            self.found[kind] += found
            self.all_of[kind] += 1
            leaks |= not found
            right |= set(range(start, end))
        self.texts += bool(told.secrets)
        self.leaking += leaks
        self.gone += len(gone)
        self.rightly += len(gone & right)

    @property
    def recall(self) -> float:
        """Share of secrets found."""
        return self.found.total() / self.all_of.total()

    @property
    def precision(self) -> float:
        """Share of removed letters and digits that had to go or may go."""
        return self.rightly / self.gone if self.gone else 1.0

    def counts(self) -> str:
        """The counts that the shares are made of."""
        return (
            f"{self.found.total()} of {self.all_of.total()} found, {self.leaking} of {self.texts} texts leak, "
            f"{self.rightly} of {self.gone} letters rightly gone"
        )


def judge(texts: Iterable[Told], find: Find) -> Score:
    """Let a finder loose on texts, and judge it."""
    score = Score()
    for told in texts:
        score.add(told, find(told.text, told.language))
    return score


def sentences(shared: Path) -> Iterator[Told]:
    """English sentences with typed spans."""
    for row in json.loads((shared / "pii" / "synthetic_sentences.json").read_text("utf-8")):
        spans = [(s["entity_type"], s["start_position"], s["end_position"]) for s in row["spans"]]
        free = [(start, end) for kind, start, end in spans if kind in FREE]
        yield Told(row["full_text"], "en", [span for span in spans if span[0] in REQUIRED], free)


def own_texts(shared: Path, held: Container[str], fold: Callable[[str], str]) -> dict[str, list[Told]]:
    """Our templates with names that no list of ours holds; the same names on every run.

    `held` knows names in ASCII lower case, which `fold` makes.
    """
    return {
        language: list(_filled(templates, language, shared, lambda name: _is_new(name, held, fold)))
        for language, templates in json.loads(TEMPLATES.read_text("utf-8")).items()
    }


def _is_new(name: str, held: Container[str], fold: Callable[[str], str]) -> bool:
    parts = _PART.findall(fold(name).lower())
    return bool(parts) and not any(part in held for part in parts)


def _filled(
    templates: Sequence[str], language: str, shared: Path, is_new: Callable[[str], bool]
) -> Iterator[Told]:
    chance = random.Random(SEED)
    here = COUNTRIES[language].split()
    first, last = (
        _pool(shared / "pii" / "popular-names" / f"common-{kind}-by-country.csv", here, is_new)
        for kind in ("forenames", "surnames")
    )
    for number in range(ROUNDS_OF_NAMES * len(templates)):
        names = {
            "first": _drawn(chance, first),
            "first2": _drawn(chance, first),
            "last": _drawn(chance, last),
        }
        names["full"] = f"{names['first']} {names['last']}"
        told = _fill(templates[number % len(templates)], names, language)
        low = "".join(char.lower()[0] for char in told.text)  # of the same length, whatever the letter
        yield told._replace(text=low) if chance.randrange(LOWER_CASE) == 0 else told


def _pool(path: Path, countries: Sequence[str], is_new: Callable[[str], bool]) -> tuple[list[str], list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if is_new(row["Romanized Name"].strip())]
    names = {row["Romanized Name"].strip() for row in rows}
    near = {row["Romanized Name"].strip() for row in rows if row["Country"] in countries}
    return (sorted(near) if len(near) >= ENOUGH else []), sorted(names)


def _drawn(chance: random.Random, pool: tuple[list[str], list[str]]) -> str:
    """A name from the language's countries or, as often, from anywhere: few of the former are new."""
    near, names = pool
    return chance.choice(near if near and chance.random() < 0.5 else names)


def _fill(template: str, names: Mapping[str, str], language: str) -> Told:
    parts, secrets, length, done = [], [], 0, 0
    for place in _PLACE.finditer(template):
        name = names[place.group(1)]
        parts += [template[done : place.start()], name]
        length += place.start() - done + len(name)
        secrets.append(("NAME", length - len(name), length))
        done = place.end()
    return Told("".join([*parts, template[done:]]), language, secrets)


def stories(shared: Path) -> Iterator[tuple[str, Spans]]:
    """Real stories, with the spans that say what happened."""
    elements = json.loads((shared / "stories" / "elements_dev.json").read_text("utf-8"))
    with (shared / "stories" / "dev.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 1):
            yield row["Description"], list(_triggers(elements.get(str(number), {})))


def _triggers(element: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    for name, records in element.get("records", {}).items():
        if name.lower().startswith("trigger"):
            yield from ((int(record["offset"][0]), int(record["offset"][1])) for record in records)


def _letters(told: str, start: int, end: int) -> set[int]:
    return {place for place in range(start, min(end, len(told))) if told[place].isalnum()}
