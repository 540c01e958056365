"""How one city asks: which categories it offers, in which words, whom to call, what it adds to the promise.

A city's file says so in its policy, `{"form": {"categories": [...], "words": {...}, "privacy": {...}}}`;
whatever it does not say is asked as everywhere. Names change, codes never: cities stay comparable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backend.domain.audit import LEVELS, QUESTIONS
from backend.domain.taxonomy import (
    CHILD_CATEGORIES,
    CHILD_KINDS,
    Kind,
    categories_for,
    check_categories,
)
from backend.domain.words import names, part, say
from backend.errors import UnprocessableInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# What may be said in a city's own words, by the keys of the locales.
OWN_WORDS = (
    "audit",
    "child.category",
    "name.category",
    "name.place_type",
    "name.question",
    "name.transport_mode",
)
CHILDREN = "children"
_FAMILIES = ("kind", "category", "daypart", "place_type", "transport_mode", "gender", "age_band")


def offered(policy: Mapping[str, Any], kind: Kind) -> list[str]:
    """Return the codes of the categories that a city offers for a kind of report, in the usual order."""
    own = policy.get("form", {}).get("categories")
    return [one.code for one in categories_for(kind) if own is None or one.code in own]


def offered_to_children(policy: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what the children's form offers, by kind."""
    return {
        kind.value: [code for code in offered(policy, kind) if code in CHILD_CATEGORIES]
        for kind in CHILD_KINDS
    }


def check_offered(policy: Mapping[str, Any], kind: Kind, codes: Sequence[str]) -> None:
    """Refuse categories that a city does not offer for a kind of report.

    Raises:
        UnprocessableInput: one is unknown, for another kind, or not on the city's list.
    """
    check_categories(kind, codes)
    own = offered(policy, kind)
    for position, code in enumerate(codes):
        if code not in own:
            raise UnprocessableInput(
                "This city does not ask for this category.", field=f"categories.{position}"
            )


def check_consent(kind: Kind, *, forward: bool) -> None:
    """Refuse a consent to forward for anything but the condition of a place: nobody's story leaves that way.

    Raises:
        UnprocessableInput: the consent is given for another kind of report.
    """
    if forward and kind is not Kind.CONDITION:
        raise UnprocessableInput("Only the condition of a place can be forwarded.", field="consent_forward")


def form_words(policy: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return all that a form says in one language: names by code, the audit, children's words, the promise."""
    own = policy.get("form", {}).get("words", {}).get(language, {})
    told = part(language, *OWN_WORDS) | own
    called = names(language)
    note = policy.get("form", {}).get("privacy", {}).get(language)
    return {
        "names": {
            family: {code: told.get(f"name.{family}.{code}", name) for code, name in called[family].items()}
            for family in _FAMILIES
        },
        "audit": {question: _question(told, question) for question in QUESTIONS},
        "child": {code: told[f"child.category.{code}"] for code in CHILD_CATEGORIES},
        "privacy": say(language, "promise"),
        **({"privacy_note": note} if note else {}),
    }


def _question(told: Mapping[str, str], question: str) -> dict[str, Any]:
    return {
        "name": told[f"name.question.{question}"],
        "levels": [told[f"audit.{question}.{level}"] for level in LEVELS],
    }


def help_lines(
    lines: Iterable[Mapping[str, Any]], language: str | None, *, child: bool = False
) -> list[dict[str, Any]]:
    """Return whom to call, named in a language where the city has named them; for a child, children's first."""
    told = [_line(line, language or "") for line in lines]
    return sorted(told, key=lambda line: line["for"] != CHILDREN) if child else told


def _line(line: Mapping[str, Any], language: str) -> dict[str, Any]:
    text = line.get("texts", {}).get(language) or line.get("text")
    name = line.get("names", {}).get(language) or line["name"]
    told = {"name": name, "phone": line["phone"], "for": line["for"]}
    return told | ({"text": text} if text else {})
