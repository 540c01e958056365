"""A view is a text as a reader sees it, with a way back to the characters that were sent.

Full-width and Arabic digits, ligatures, zero-width characters, look-alike letters and
right-to-left overrides all show one thing and store another. Rules read the view; spans
are given in the original.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from workers.anonymise.words.linear import proven
from workers.anonymise.words.spans import KINDS

_OVERRIDE, _POP = "\u202e", "\u202c"
_CHIP = proven(r"\[(?:" + "|".join(KINDS) + r")\]")
# Stands for a mark until the character before it has taken it in; no text shows it.
_MARK = "\udfff"
# Stands in a plain view where a chip stands; control characters that were sent are not shown.
CHIP = "\x00"
_CONTROL = proven("[\x00-\x08\x0b-\x1f\x7f]+")
_KEPT = frozenset("\n\t")
# Letters that show nothing.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5")

_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u043a\u043c\u0442\u043d\u0432\u0456\u0458\u0455"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423"
    "\u03bf\u03b1\u03bd\u03c1\u03c4\u03c5\u03b9\u03ba"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u3002\u0131\u0251\u0261\u2019\u2018\u02bc\u2010\u2011\u2012\u2013\u2014\u2212",
    "aeopcxykmthbijsABEKMHOPCTXYoavptuikABEZHIKMNOPTYX.iag'''------",
)
_LETTERS = {
    "ß": "s", "ø": "o", "Ø": "O", "æ": "a", "Æ": "A", "œ": "o", "Œ": "O", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "t", "Þ": "T", "ħ": "h", "Ħ": "H",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """`text` keeps accents, `plain` is the same length in ASCII; both index into the original.

    Character i of the view stands for the characters starts[i]..ends[i] of the original; in a
    `turned` view they are not in order. A view is the `same` when all of its characters are the
    original's own and no chip stands in it.
    """

    text: str
    plain: str
    starts: Sequence[int]
    ends: Sequence[int]
    turned: bool = False
    same: bool = False

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return where start..end of the view lies in the text that was sent."""
        if self.turned:
            return min(self.starts[start:end]), max(self.ends[start:end])
        return self.starts[start], self.ends[end - 1]

    def pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Return what is left of start..end beside the chips of an earlier run."""
        if CHIP not in self.plain[start:end]:
            yield start, end
            return
        for piece in self.plain[start:end].split(CHIP):
            if piece.strip():
                yield start, start + len(piece)
            start += len(piece) + 1


def views_of(text: str) -> list[View]:
    """Return the view of a text, and a second one as displayed when it overrides direction."""
    if text.isascii() and not _CONTROL.search(text):
        hidden = _hide_chips(text)
        return [View(text, hidden, range(len(text)), range(1, len(text) + 1), same=CHIP not in hidden)]
    views = [_view(text, range(len(text)))]
    if _OVERRIDE in text:
        views.append(_view(text, _as_displayed(text), turned=True))
    return views


def plain(text: str) -> str:
    """Return a word in ASCII letters, case kept: the form in which lists are compared."""
    return views_of(text)[0].plain


def folded(words: Iterable[str]) -> Iterator[str]:
    """Return those words that are letters only, in ASCII lower case, as a view writes them."""
    for word in words:
        if word.isascii():
            if word.isalpha():
                yield word
        elif word.isalpha():
            yield "".join(map(_ascii, word)).lower()


def _view(text: str, order: Sequence[int], *, turned: bool = False) -> View:
    """Show the characters of a text in an order, each with the marks that cling to it."""
    seen = [_shown(text[place]) for place in order]
    ends = [place + 1 for place in order]
    if _MARK in seen:
        _compose(seen, ends, text, order)
    shown = "".join(seen)
    starts: Sequence[int] = order
    if len(shown) != len(seen) or "" in seen:
        starts = [place for place, char in zip(order, seen, strict=True) for _ in char]
        ends = [end for end, char in zip(ends, seen, strict=True) for _ in char]
    return View(shown, _hide_chips("".join(map(_ascii, shown))), starts, ends, turned)


def _hide_chips(text: str) -> str:
    """Blank out what an earlier run put in place, so that a second run changes nothing."""
    return _CHIP.sub(lambda found: CHIP * len(found.group()), text) if "[" in text else text


def _compose(seen: list[str], ends: list[int], text: str, order: Sequence[int]) -> None:
    """Let each mark disappear in the character before it, which then reaches over the mark."""
    base = -1
    for index, char in enumerate(seen):
        if char != _MARK:
            base = index if char else base
            continue
        seen[index] = ""
        if base >= 0 and ends[base] == order[index]:
            seen[base] = _composed(seen[base], text[order[index]])
            ends[base] = order[index] + 1


@lru_cache(maxsize=8192)
def _shown(char: str) -> str:
    """Return what a character looks like: none, one or several characters, or `_MARK`."""
    category = unicodedata.category(char)
    if char in _KEPT or (char.isascii() and category != "Cc"):
        return char
    if category in {"Cc", "Cf", "Cs"} or char in _BLANK:
        return ""
    if category in {"Mn", "Me"}:
        return _MARK
    seen = unicodedata.normalize("NFKC", char).translate(_LOOKALIKES)
    return "".join(_digit(each) for each in seen if unicodedata.category(each) not in {"Mn", "Me"})


@lru_cache(maxsize=8192)
def _composed(base: str, mark: str) -> str:
    """Return a letter with its accent where that is a letter of its own; else the letter."""
    joined = unicodedata.normalize("NFC", base + mark)
    return joined if len(joined) == len(base) else base


def _digit(char: str) -> str:
    value = unicodedata.digit(char, None)
    return char if value is None else str(value)


@lru_cache(maxsize=8192)
def _ascii(char: str) -> str:
    if char.isascii():
        return char
    base = _LETTERS.get(char) or unicodedata.normalize("NFKD", char)[0]
    if base.isascii():
        return base
    if char.isalpha():
        return "X" if char.isupper() else "x"
    return " " if char.isspace() else "~"


def _as_displayed(text: str) -> list[int]:
    """Return the places of a text in the order in which overrides show them; they end with the line."""
    order: list[int] = []
    for line in text.splitlines(keepends=True):
        before, *runs = line.split(_OVERRIDE)
        order += range(len(order), len(order) + len(before))
        for run in runs:
            at = len(order)
            turned = 1 + len(run.split(_POP, 1)[0].rstrip("\r\n"))
            order += reversed(range(at, at + turned))
            order += range(at + turned, at + 1 + len(run))
    return order
