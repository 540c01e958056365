"""What the classify stage asks for: one proposal for the redacted words of one report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workers.classify.labels import Label, propose_labels
from workers.classify.language import Languages
from workers.classify.linear import LinearModel, load
from workers.classify.urgency import signs_of, urgency_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.domain.taxonomy import Kind

MODEL = Path(__file__).parent / "model"


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
        return Proposal(labels, urgency_of(signs, codes), language, signs.minor, self.model.version)


def load_classifier(languages: Sequence[str], folder: Path = MODEL) -> Classifier:
    """Load the label model and the language detector; raise ConfigError when the model is missing."""
    return Classifier(load(folder), Languages(languages))
