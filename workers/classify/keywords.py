"""Keyword lists for three kinds of behaviour: the baselines that any trained model has to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.classify.features import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

# Word beginnings, in folded form. The bare names are the words by which our taxonomy and Safecity's call these
# kinds of behaviour, and nothing else.
NAMES: dict[str, tuple[str, ...]] = {
    "commenting": ("comment", "whistl", "shout", "catcall", "invit"),
    "ogling": ("ogl", "facial", "stare", "staring"),
    "touching": ("touch", "grop"),
}
# A careful list, as somebody would write it in half an hour.
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


def keyword_labels(text: str, lists: Mapping[str, tuple[str, ...]] = KEYWORDS) -> AbstractSet[str]:
    """Return the codes one of whose keywords begins a word of the text."""
    words = [word.folded for word in words_of(text)]
    return {code for code, begins in lists.items() if any(word.startswith(begins) for word in words)}
