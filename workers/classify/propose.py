"""What the classify stage asks for: one proposal for the redacted words of one report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workers.classify.flags import VERSION as FLAGS_VERSION
from workers.classify.flags import flags_of
from workers.classify.labels import Label, propose_labels
from workers.classify.language import Languages
from workers.classify.linear import LinearModel, load
from workers.classify.setting import VERSION as SETTING_VERSION
from workers.classify.setting import place_of, time_of
from workers.classify.urgency import signs_of, urgency_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.domain.taxonomy import Kind

MODEL = Path(__file__).parent / "model"


@dataclass(frozen=True)
class Aside:
    """Something proposed beside the categories.

    `about` is `flag`, `duplicate`, `place_type` or `time_of_day`; `words` carried it, `model` names the rules
    that spoke, and `reports` are the ids of others that it is about.
    """

    about: str
    code: str
    score: float
    words: tuple[str, ...]
    model: str
    reports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What a moderator is offered; it decides nothing.

    `urgency` goes from 0 (calm) to 3 (act now); `language` is one of the city's, None when nothing tells
    it; `minor` says that a child seems to be involved; `model` names the model that spoke.
    """

    labels: tuple[Label, ...]
    urgency: int
    language: str | None
    minor: bool
    model: str
    asides: tuple[Aside, ...] = ()


@dataclass(frozen=True)
class Classifier:
    """The models one worker process holds for one city."""

    model: LinearModel
    languages: Languages

    def propose(self, text: str, *, kind: Kind, chosen: Sequence[str], told_language: str | None) -> Proposal:
        """Propose labels, urgency and language for a redacted text; the text may be empty."""
        labels = propose_labels(self.model, text, kind, chosen)
        signs = signs_of(text)
        codes = frozenset(label.code for label in labels)
        language = self.languages.detect(text, told_language)
        urgency = urgency_of(signs, codes)
        return Proposal(labels, urgency, language, signs.minor, self.model.version, asides_of(text))


def asides_of(text: str) -> tuple[Aside, ...]:
    """Return flags and setting of a redacted text, each with the words that carried it."""
    flags = [Aside("flag", flag.code, flag.score, flag.words, FLAGS_VERSION) for flag in flags_of(text)]
    told = [("place_type", place_of(text)), ("time_of_day", time_of(text))]
    return *flags, *(
        Aside(about, fact.code, fact.score, fact.words, SETTING_VERSION)
        for about, fact in told
        if fact is not None
    )


def load_classifier(languages: Sequence[str], folder: Path = MODEL) -> Classifier:
    """Load the label model and the language detector; raise ConfigError when the model is missing."""
    return Classifier(load(folder), Languages(languages))
