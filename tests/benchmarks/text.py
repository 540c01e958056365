"""How well words are anonymised, and what it costs, beside presidio, scrubadub and datafog.

Development data of the folder beside the project: English sentences with typed spans, our own
templates in six languages with names that no list of ours holds, and real stories, of which
what happened has to stay. The peers run as their documentation starts, on the same texts.
"""

from __future__ import annotations

import json
import logging
import os
import random
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from time import process_time

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from support import ROOT, of_packages, record, say
from support.texts import Find, Score, Spans, Told, judge, own_texts, sentences, stories

from workers.anonymise.text import EXPRESSIONS, Finder, find, load_finder
from workers.anonymise.words import ner
from workers.anonymise.words.lexicon import PLACES
from workers.anonymise.words.linear import Sieve
from workers.anonymise.words.view import plain, views_of

LANGUAGES = ("en", "es", "fr", "pt", "ca", "hi")
PEERS = ROOT / "requirements-peers.lock"
SHARED = Path(os.environ.get("FAROLA_SHARED_DATA") or ROOT.parent / "shared" / "data")
LONGEST = 5000
# What keeps some expression busy at every character.
WORST = (
    "1 ", "1.", "-1", "a@", "a.", "Ana ", "Ab ", "one ", "12 rue de la ", "(at) ", "mi jefe ", "my friend Xx ",
    "a\u200b", "a\u0301", "\u202e612\u202c", "Xqzo, ", "xqzo-", "a@b.co ", "Rua A 1, ", "123456 ",
)  # fmt: skip
# What the search for worse inputs is made of.
FRAGMENTS = (
    *WORST, " ", ", ", ". ", ".", "-", "'", "\n", "@", "(", ")", "a", "A", "1", "12 ", "de ", "the ", "and ", "y ", "e ",
    "Calle ", "street ", "apt 1 ", "Rosa ", "Maria ", "smith ", "bus ", "Bus. ", "mi ", "vecino ", "called ", "me llamo ",
    "quatro ", "dot com ", "insta ", "+34 ", "612 ", "\uff11\uff12 ", "\u0661\u0662 ", "\u0430\u043e", "\u200d", "\u00e9", "[person]",
    "A. ", "O'", "Xq", "zzkw ", "Zzkw ", "12345678Z ", "ES91 2100 ", "www.a.co/", "c/ ", "nos ", "grabbed ", "Mr ", "don ",
)  # fmt: skip
SEARCHED, KEPT = 300, 5
TIMES = 3
Figures = dict[str, list[float]]


def ours(finder: Finder) -> Find:
    return lambda text, language: [(span.start, span.end) for span in find(text, language, finder)]


def presidio() -> Find:
    """Presidio with every recogniser that is on by default, over the model that is installed."""
    # Without a network it uses the list of domains it came with, and says so at length.
    logging.getLogger("tldextract").setLevel(logging.CRITICAL)
    engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": ner.MODEL}])
    engine.nlp = {"en": ner.load_model()}
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
    return lambda text, _: [(found.start, found.end) for found in analyzer.analyze(text, language="en")]


def of_peers(texts: list[str]) -> Mapping[str, Mapping[str, object]]:
    """What the peers that have an environment of their own find in the texts."""
    script = Path(__file__).parent / "support" / "text_peers.py"
    uv = ["-m", "uv", "run", "--quiet", "--isolated", "--no-project", "--with-requirements", str(PEERS)]
    command = [sys.executable, *uv, "--python", sys.executable, "python", str(script)]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=False)
    if done.returncode:
        say("scrubadub and datafog are left out: their environment could not be made")
        return {}
    return json.loads(done.stdout)


def matched() -> Callable[[str], object]:
    """Every expression over a text, all matches taken: what could backtrack, and nothing that judges them."""
    sieve = Sieve(EXPRESSIONS)

    def look(told: str) -> None:
        for scan in (sieve.scan(view.plain) for view in views_of(told)):
            deque((place for each in EXPRESSIONS for place in scan.places(each)), 0)

    return look


def timed(texts: Iterable[Told], find_in: Find) -> float:
    """Processor milliseconds a text."""
    told = list(texts)
    started = process_time()
    for each in told:
        find_in(each.text, each.language)
    return (process_time() - started) * 1000 / len(told)


def _strange_words() -> str:
    """A thousand words of four letters that no language has, each once."""
    chance = random.Random(1)
    return "".join(
        "".join(map(chance.choice, ("aeiou", "bdfgk", "aeiou", "lmnrs"))) + " " for _ in range(1000)
    )


def _mixed(chance: random.Random) -> str:
    """A few fragments in a row, again and again; or 5,000 characters of them in no order."""
    some = chance.sample(FRAGMENTS, chance.randint(1, 6))
    return "".join(chance.choice(some) for _ in range(chance.choice((1, 2, 3, 5, 8, 40, LONGEST))))


def _milliseconds(look: Callable[[str], object], told: str, times: int = 1) -> float:
    runs = []
    for _ in range(times):
        started = process_time()
        look(told)
        runs.append(process_time() - started)
    return min(runs) * 1000


def worst(look: Callable[[str], object], name: str) -> float:
    """Processor milliseconds for 5,000 characters of the costliest input that a seeded search meets.

    The search changes the fragments that cost most so far; the costliest few are measured again.
    """
    chance = random.Random(2)
    strange = _strange_words()
    texts = [*WORST, strange, strange.title(), *(_mixed(chance) for _ in range(SEARCHED))]
    costs = {piece: _milliseconds(look, _long(piece)) for piece in texts}
    for _ in range(SEARCHED):
        piece = chance.choice(sorted(costs, key=costs.__getitem__)[-KEPT:])
        cut = chance.randrange(min(len(piece), 40))
        changed = piece[:cut] + chance.choice(FRAGMENTS) + piece[cut + chance.randrange(3) :]
        costs[changed] = _milliseconds(look, _long(changed))
    again = [
        (_milliseconds(look, _long(piece), TIMES), piece)
        for piece in sorted(costs, key=costs.__getitem__)[-KEPT:]
    ]
    say(
        f"{name}: worst of {len(costs)} inputs of 5,000 characters: {max(again)[0]:.1f} ms for {max(again)[1][:40]!r} ..."
    )
    return max(again)[0]


def _long(piece: str) -> str:
    return (piece * (LONGEST // len(piece) + 1))[:LONGEST]


def of_sentences(name: str, score: Score) -> dict[str, float]:
    say(f"{name}: {score.counts()}")
    return {
        "recall": score.recall,
        "leaking": score.leaking / score.texts,
        "char_precision": score.precision,
    }


def of_kinds(score: Score) -> None:
    for kind, count in sorted(score.all_of.items()):
        say(f"  {kind}: {score.found[kind]} of {count}, {count - score.found[kind]} missed")


def of_own(texts: Mapping[str, list[Told]], find_in: Find) -> dict[str, float]:
    """The share of names that went wholly, by language."""
    figures = {}
    for language, told in texts.items():
        score = judge(told, find_in)
        figures[f"own_{language}"] = score.recall
        say(f"own {language}: {score.counts()}")
    return figures


def of_stories(find_in: Find) -> dict[str, float]:
    """What happened, and how much of all words goes from stories that hold hardly any names."""
    kept = spans = gone = letters = 0
    for told, triggers in stories(SHARED):
        hidden = find_in(told, "en")
        spans += len(triggers)
        kept += sum(not any(start < e and s < end for s, e in hidden) for start, end in triggers)
        gone += sum(end - start for start, end in hidden)
        letters += len(told)
    say(f"stories: {kept} of {spans} triggers kept, {gone} of {letters} characters gone")
    return {"triggers_kept": kept / spans, "stories_masked": gone / letters}


def of_ours(texts: list[Told]) -> dict[str, float]:
    finder = load_finder(LANGUAGES)
    find_in = ours(finder)
    score = judge(texts, find_in)
    figures = of_sentences("ours", score)
    of_kinds(score)
    held = finder.gazetteer.first | finder.gazetteer.last | PLACES
    figures |= of_own(own_texts(SHARED, held, plain), find_in)
    figures |= of_stories(find_in)
    without = load_finder(LANGUAGES[1:])  # the model reads English only, and in bounded pieces
    # English sentences, each shown to the model where a rule leaves a word open; then without the model.
    expressions = worst(matched(), "expressions")
    rules = worst(lambda told: find(told, None, without), "rules")
    both = worst(lambda told: find(told, "en", finder), "rules and model")
    return figures | {
        "ms_per_text": timed(texts, find_in),
        "ms_per_text_rules": timed(texts, ours(without)),
        "worst_ms": expressions,
        "worst_rules_ms": rules,
        "worst_with_model_ms": both,
    }


def of_presidio(texts: list[Told]) -> dict[str, float]:
    find_in = presidio()
    score = judge(texts, find_in)
    return of_sentences("presidio", score) | {"ms_per_text": timed(texts, find_in)}


def of_others(texts: list[Told]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, told in of_peers([each.text for each in texts]).items():
        found: dict[str, Spans] = dict(zip((each.text for each in texts), told["spans"], strict=True))
        values = of_sentences(name, judge(texts, lambda text, _, found=found: found[text]))
        values["ms_per_text"] = told["seconds"] * 1000 / len(texts)
        figures |= {f"{name}_{key}": value for key, value in values.items()}
    return figures


def main() -> None:
    if not SHARED.is_dir():
        sys.exit("The texts lie in the folder shared/data beside the project, which is not here.")
    texts = list(sentences(SHARED))
    figures = of_ours(texts)
    figures |= {f"presidio_{key}": value for key, value in of_presidio(texts).items()}
    figures |= of_others(texts)
    versions = of_packages("presidio-analyzer", "spacy", "google-re2", "phonenumbers", "faker")
    record("text", {key: [value] for key, value in figures.items()}, versions)


if __name__ == "__main__":
    main()
