"""A plain keyword list for three kinds of behaviour: the baseline that any trained model has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.classify.features import words_of

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

# Word beginnings, in folded form, as somebody would list them in half an hour.
KEYWORDS: dict[str, tuple[str, ...]] = {
    "commenting": (
        "comment", "remark", "catcall", "whistl", "lewd", "vulgar", "teas", "taunt", "abus", "jeer",
        "hoot", "shout", "yell", "song", "sing", "invit", "compliment", "obscene",
    ),
    "ogling": (
        "stare", "starin", "ogl", "leer", "gaz", "wink", "facial", "gawk", "glar", "eyeing", "looking",
        "looks",
    ),
    "touching": (
        "touch", "grop", "grab", "pinch", "brush", "rub", "press", "fondl", "squeez", "slap", "molest",
        "feel", "hug", "kiss", "push", "bum", "breast", "butt", "thigh",
    ),
}  # fmt: skip


def keyword_labels(text: str) -> AbstractSet[str]:
    """Return the codes one of whose keywords begins a word of the text."""
    words = [word.folded for word in words_of(text)]
    return {code for code, begins in KEYWORDS.items() if any(word.startswith(begins) for word in words)}
