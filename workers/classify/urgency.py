"""How soon a person should look, and whether a child is involved: cue rules in linear time.

The rules are those of all languages at once, on folded text (lower case, no accents), so a wrongly
detected language never hides a danger. They run on RE2, whose time grows with the text alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from backend.domain.taxonomy import CATEGORIES, Group
from workers.classify.cues import CUES, HARMLESS
from workers.classify.features import line_of, words_of

CALM, SOON, TODAY, NOW = range(4)

_GRAVE = {Group.VIOLENCE, Group.INTIMIDATION}
_PEOPLE = {*_GRAVE, Group.HARASSMENT, Group.CRIME}


@dataclass(frozen=True)
class Signs:
    """What the rules found in one text, by name."""

    found: frozenset[str]

    @property
    def minor(self) -> bool:
        """Whether a child seems to be involved."""
        return "minor" in self.found


def signs_of(text: str) -> Signs:
    """Return which cue rules a text meets."""
    line = _rule(rf" ({'|'.join(HARMLESS)})\b").sub(" ", line_of(words_of(text)))
    return Signs(frozenset(name for name in CUES if _cues(name).search(line)))


def urgency_of(signs: Signs, codes: frozenset[str]) -> int:
    """Return 0 (calm) to 3 (act now) from what the words say and which codes are proposed or chosen.

    3: somebody is in danger now, speaks of ending their life, or a child is hurt or threatened.
    2: a weapon, an injury, a threat to life, rape, a child, or a place that can kill.
    1: violence, following or threats, or something that goes on and on.
    """
    found, groups = signs.found, {CATEGORIES[code].group for code in codes}
    people, grave = bool(groups & _PEOPLE), bool(groups & _GRAVE)
    danger = bool(found & {"weapon", "injury", "mortal"}) or "rape_assault" in codes
    # A lamp that is broken right now is no emergency; a person who is there right now may be one.
    ongoing = "help" in found or ("now" in found and (people or danger or not groups))
    if ongoing or "suicidal" in found or (signs.minor and danger):
        return NOW
    if danger or "hazard" in found or (signs.minor and grave):
        return TODAY
    return SOON if grave or (people and "again" in found) else CALM


@cache
def _cues(name: str) -> Any:
    return _rule(rf" ({'|'.join(CUES[name])}) ")


@cache
def _rule(pattern: str) -> Any:
    import re2

    return re2.compile(pattern)
