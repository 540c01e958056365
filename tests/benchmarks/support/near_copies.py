"""Near-duplicates made from stories in seeded ways, and how many of them are found, beside exact comparison."""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from workers.anonymise.words.vocabulary import load_vocabulary
from workers.classify.features import line_of, words_of
from workers.classify.likeness import COPY, FEWEST_WORDS, Text, compare, weigh
from workers.classify.sketch import sketch

SEED = 20261128
LANGUAGES = ("ca", "en", "es", "fr", "hi", "pt")
KEY = bytes(32)
# From this share of equal letters on, two stories of the table are copies of each other and not strangers.
COPIES = 0.8
LETTERS_A_SLIP = 20
SENTENCES = (
    "I told my sister about it later.", "Nobody around helped me.", "It was raining and I wanted to go home.",
    "Please do something about it.",
)  # fmt: skip
SYNONYMS = dict(
    one.split(":")
    for one in (
        "man:guy men:guys boy:lad boys:lads girl:lady girls:ladies woman:lady women:ladies people:folk friend:mate "
        "friends:mates street:road road:street bus:coach market:bazaar station:stop train:metro home:house house:home "
        "phone:mobile evening:dusk walking:strolling going:heading standing:waiting passing:crossing staring:gazing "
        "stared:gazed touched:grabbed touching:grabbing followed:trailed comments:remarks commented:remarked "
        "commenting:remarking shouted:yelled whistled:hooted started:began tried:attempted saw:noticed said:told "
        "scared:afraid bad:nasty vulgar:crude obscene:lewd group:bunch"
    ).split()
)
Way = Callable[[random.Random, str], str]


def slips(chance: random.Random, text: str) -> str:
    """A letter left out, another one hit, or two changed over, for every twentieth letter."""
    letters = list(text)
    for _ in range(max(1, len(letters) // LETTERS_A_SLIP)):
        at, how = chance.randrange(len(letters) - 1), chance.randrange(3)
        if how == 0:
            letters[at] = ""
        elif how == 1:
            letters[at] = chance.choice("abcdefghijklmnopqrstuvwxyz")
        else:
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def other_order(chance: random.Random, text: str) -> str:
    words = text.split()
    chance.shuffle(words)
    return " ".join(words)


def one_more(chance: random.Random, text: str) -> str:
    return f"{text} {chance.choice(SENTENCES)}"


def one_less(_: random.Random, text: str) -> str:
    """Without the shortest sentence; of a single one without its last fifth."""
    told, words = re.split(r"(?<=[.!?])\s+", text), text.split()
    if len(told) == 1:
        return " ".join(words[: -max(1, len(words) // 5)])
    told.remove(min(told, key=len))
    return " ".join(told)


def two_thirds(chance: random.Random, text: str) -> str:
    words = text.split()
    kept = max(1, round(len(words) * 2 / 3))
    start = chance.randrange(len(words) - kept + 1)
    return " ".join(words[start : start + kept])


def paraphrase(chance: random.Random, text: str) -> str:
    """Every other word that has a synonym gives way to it."""

    def swap(match: re.Match[str]) -> str:
        return SYNONYMS.get(match[0].lower(), match[0]) if chance.random() < 0.5 else match[0]

    return re.sub(r"\w+", swap, text)


WAYS: dict[str, Way] = {
    "slips": slips,
    "other_order": other_order,
    "one_more": one_more,
    "one_less": one_less,
    "upper_case": lambda _, text: text.upper(),
    # The stories are English: accents are put on, which reading takes off again.
    "accents": lambda _, text: text.translate(str.maketrans("aeiou", "áéíóú")),
    "prefix": lambda _, text: f"Hi, {text}",
    "two_thirds": two_thirds,
    "paraphrase": paraphrase,
}


def stories(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row["Description"] for row in csv.DictReader(file)]
    return [row for row in rows if len(words_of(row)) >= FEWEST_WORDS]


class Shelf:
    """Texts as the classify stage keeps them: found by a shared band, then compared."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.common = load_vocabulary(LANGUAGES)
        self.lines = [line_of(words_of(text)) for text in texts]
        self.texts = [weigh(text, self.common) for text in texts]
        self.by_band: dict[int, list[int]] = defaultdict(list)
        for place, text in enumerate(self.texts):
            for band in sketch(text, KEY):
                self.by_band[band].append(place)

    def like(self, text: Text) -> set[int]:
        near = {place for band in sketch(text, KEY) for place in self.by_band[band]}
        return {place for place in near if compare(text, self.texts[place]).score >= COPY}


def strangers_flagged(shelf: Shelf) -> Iterator[tuple[bool, bool]]:
    """Whether each text is flagged beside the others, and whether beside one that is no copy of it by its letters."""
    for place, (text, line) in enumerate(zip(shelf.texts, shelf.lines, strict=True)):
        others = [shelf.lines[one] for one in shelf.like(text) if shelf.lines[one] != line and one != place]
        yield (
            bool(others),
            any(SequenceMatcher(None, line, one, autojunk=False).ratio() < COPIES for one in others),
        )


def of_near_copies(shared: Path) -> dict[str, list[float]]:
    """Recall over all ways and of each, the share of stories flagged without cause, and exact comparison beside."""
    told = stories(shared / "stories" / "dev.csv")
    shelf, chance = Shelf(told), random.Random(SEED)
    found: dict[str, list[float]] = {}
    exact = []
    for name, way in WAYS.items():
        made = [way(chance, text) for text in told]
        hits = [place in shelf.like(weigh(text, shelf.common)) for place, text in enumerate(made)]
        same = [line_of(words_of(text)) == shelf.lines[place] for place, text in enumerate(made)]
        found[f"duplicates_recall_{name}"] = [sum(hits) / len(hits)]
        exact.append(sum(same) / len(same))
    flagged = list(strangers_flagged(shelf))
    every = [rate for rates in found.values() for rate in rates]
    return {
        "duplicates_recall": [sum(every) / len(every)],
        "duplicates_recall_exact": [sum(exact) / len(exact)],
        "duplicates_flagged": [sum(stranger for _, stranger in flagged) / len(flagged)],
        "duplicates_flagged_exact": [0.0],
        "duplicates_flagged_with_copies": [sum(any_ for any_, _ in flagged) / len(flagged)],
    } | found
