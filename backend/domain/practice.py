"""Cases that moderators practise on, invented by the project, and what they should come to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from backend.domain.reasons import REASONS
from backend.domain.taxonomy import CATEGORIES
from backend.domain.workflow import Verdict
from backend.errors import UnprocessableInput

if TYPE_CHECKING:
    from collections.abc import Collection

_FILE = Path(__file__).with_name("practice.yaml")
# What a practice answer can be: the other verdicts need a report that exists.
VERDICTS = (Verdict.APPROVE, Verdict.REJECT, Verdict.ASK, Verdict.ESCALATE)


@dataclass(frozen=True)
class Answer:
    """What somebody makes of a case: categories where it is approved, a reason where it is refused."""

    verdict: Verdict
    categories: frozenset[str] = frozenset()
    reason: str | None = None


@dataclass(frozen=True)
class Case:
    """One invented report, what to make of it, and why, in its own language."""

    code: str
    language: str
    text: str
    agreed: Answer
    why: str


@cache
def cases() -> dict[str, Case]:
    """Return all cases by their codes, in the order in which they are shown."""
    return {one["code"]: _case(one) for one in yaml.safe_load(_FILE.read_text(encoding="utf-8"))}


def _case(told: dict[str, Any]) -> Case:
    agreed = answer_of(**told["agreed"])
    return Case(told["code"], told["language"], told["text"], agreed, told["why"])


def answer_of(verdict: str, categories: Collection[str] = (), reason: str | None = None) -> Answer:
    """Return an answer that makes sense in itself.

    Raises:
        UnprocessableInput: an approval without a known category, a refusal without a reason of the list, or
            either with what belongs to the other.
    """
    found = Verdict(verdict)
    if (found is Verdict.APPROVE) != bool(categories) or not set(categories) <= set(CATEGORIES):
        raise UnprocessableInput(
            "An approval names one category or more, nothing else does.", field="categories"
        )
    if (found is Verdict.REJECT) != (reason is not None) or (reason and reason not in REASONS[found]):
        raise UnprocessableInput("A refusal names a reason of the list, nothing else does.", field="reason")
    return Answer(found, frozenset(categories), reason)


def spoken(languages: Collection[str]) -> list[Case]:
    """Return the cases in a city's languages; a city that speaks none of them practises in English."""
    return [one for one in cases().values() if one.language in languages] or [
        one for one in cases().values() if one.language == "en"
    ]
