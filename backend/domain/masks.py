"""Masks of a photo as data: found by a worker, added or lifted by a moderator, never removed from the list.

A mask is a JSON object: `kind`, the edges `x0`, `y0`, `x1`, `y1` in whole pixels of the public picture, and `score`
where a detector found it. One that a moderator added is of the kind `added` and has the code `reason`; one that was
lifted keeps its place in the list and has the code `lifted`. So a mask's number is its place, for good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from backend.errors import Conflict, NotFound, UnprocessableInput

ADDED = "added"
# Why something is covered that no detector found, and why something is shown that one did.
TO_ADD = ("face", "person", "plate", "text", "home", "other")
TO_LIFT = ("nobody", "not_a_plate", "no_text", "public_sign", "misplaced")
# Far more than any picture needs; the list is kept for good.
MOST = 200

Mask = Mapping[str, Any]


class Edges(NamedTuple):
    """A rectangle in whole pixels: x to the right, y down, the far edges outside."""

    x0: int
    y0: int
    x1: int
    y1: int


def with_added(masks: Sequence[Mask], edges: Edges, size: tuple[int, int], reason: str) -> list[Mask]:
    """Return the masks and one more; `size` is the picture's (width, height).

    Raises:
        UnprocessableInput: the rectangle does not lie in the picture, or the reason is not on the list.
        Conflict: there are too many already.
    """
    _check_reason(reason, TO_ADD)
    if not (0 <= edges.x0 < edges.x1 <= size[0]):
        raise UnprocessableInput("A mask lies inside the picture and has a width.", field="x1")
    if not (0 <= edges.y0 < edges.y1 <= size[1]):
        raise UnprocessableInput("A mask lies inside the picture and has a height.", field="y1")
    if len(masks) >= MOST:
        raise Conflict("This picture has too many masks already; reject the photo instead.")
    return [*masks, {"kind": ADDED, **edges._asdict(), "reason": reason}]


def with_lifted(masks: Sequence[Mask], number: int, reason: str) -> list[Mask]:
    """Return the masks with one lifted; it stays on the list.

    Raises:
        NotFound: there is no mask of this number. Conflict: it was lifted already.
        UnprocessableInput: the reason is not on the list.
    """
    _check_reason(reason, TO_LIFT)
    if not 0 <= number < len(masks):
        raise NotFound("There is no such mask.")
    if "lifted" in masks[number]:
        raise Conflict("This mask was lifted already.")
    return [{**mask, "lifted": reason} if place == number else mask for place, mask in enumerate(masks)]


def standing(masks: Sequence[Mask]) -> list[Mask]:
    """Return the masks that are filled in the picture."""
    return [mask for mask in masks if "lifted" not in mask]


def _check_reason(reason: str, known: Sequence[str]) -> None:
    if reason not in known:
        raise UnprocessableInput(f"Choose one of these reasons: {', '.join(known)}.", field="reason")
