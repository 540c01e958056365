"""How a layer's epsilon is split over what is measured, in rationals so that sums are exact."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from backend.domain.layers import LAYERS, LIFETIME, Layer, Shape
from backend.domain.taxonomy import Kind
from backend.errors import InvalidInput

CUT_SHARE = Fraction(9, 10)


@dataclass(frozen=True)
class Shares:
    """Epsilon of a cut cell, of a split root above cut cells, and of a root that is not split."""

    cut: Fraction
    split: Fraction
    whole: Fraction


def shares(epsilon: Fraction) -> Shares:
    """Split a layer's epsilon so that every path from root to leaf spends exactly that much.

    At 0.7 a cut cell gets 0.63, the split root above it 0.07, and a root left whole 0.7.
    """
    return Shares(epsilon * CUT_SHARE, epsilon * (1 - CUT_SHARE), epsilon)


def spending(layer: Layer, *, correction: bool = False, at_most: Fraction | None = None) -> Fraction:
    """Return the epsilon of one release of a layer; a city may set less, never more.

    Raises:
        InvalidInput: the layer keeps no reserve, or the city asks for more than the layer's share.
    """
    allowed = layer.reserve if correction else layer.epsilon
    chosen = allowed if at_most is None else at_most
    if allowed == 0:
        raise InvalidInput(f"The {layer.name} layer cannot be corrected.")
    if not 0 < chosen <= allowed:
        raise InvalidInput(f"The {layer.name} layer may spend at most {allowed}.", field="epsilon")
    return chosen


def per_value(layer: Layer, epsilon: Fraction) -> Fraction:
    """Return what each cross value of a place gets.

    A report falls into one cross value, so values run in parallel; an audit answers all its
    questions at once, so they share.
    """
    return epsilon / len(layer.values) if layer.cross is Shape.AUDIT else epsilon


def sensitivity(layer: Layer, value: str | None) -> int:
    """Return how far one report moves one measured number: a sum of 2a - 3 moves by 3."""
    return 3 if layer.cross is Shape.AUDIT and value != layer.values[0] else 1


def variance(epsilon: Fraction, moved: int = 1) -> float:
    """Return the variance of discrete Laplace noise that hides a move of so much at epsilon."""
    ratio = math.exp(-float(epsilon) / moved)
    return 2 * ratio / (1 - ratio) ** 2


def lifetime(kind: Kind) -> Fraction:
    """Return what one counted report of a kind can cost over all layers, corrections included."""
    return sum((layer.lifetime for layer in LAYERS.values() if kind in layer.kinds), Fraction(0))


def check_layers() -> None:
    """Refuse to run with a list of layers that could spend more than was promised.

    Raises:
        InvalidInput: some kind's layers add up to more than the lifetime budget.
    """
    for kind in Kind:
        if lifetime(kind) > LIFETIME:
            raise InvalidInput(f"The layers of {kind} spend more than {LIFETIME}.")
