"""The fixed list of what is ever published, and each layer's share of the privacy budget."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from backend.domain.audit import QUESTIONS
from backend.domain.periods import PeriodKind
from backend.domain.taxonomy import Daypart, Gender, Group, Kind
from backend.errors import NotFound

LIFETIME = Fraction(2)  # epsilon per counted report, over all layers, corrections included


class Place(StrEnum):
    """What a layer counts in."""

    CELL = "cell"
    AREA = "area"


class Shape(StrEnum):
    """How a table of counts is crossed."""

    TOTAL = "total"
    CATEGORY = "category"
    DAYPART = "daypart"
    GENDER = "gender"
    AUDIT = "audit"


@dataclass(frozen=True)
class Layer:
    """One published table of counts.

    `epsilon` is spent by the regular release; `reserve` is kept for its one corrective
    release. `values` are the cross values in order, empty for a plain total. `finest` is the
    deepest zoom that a cell layer may be cut to.
    """

    name: str
    period: PeriodKind
    place: Place
    cross: Shape
    values: tuple[str, ...]
    kinds: frozenset[Kind]
    epsilon: Fraction
    reserve: Fraction = Fraction(0)
    finest: int | None = None

    @property
    def lifetime(self) -> Fraction:
        """Return what one report can cost in this layer, a correction included."""
        return self.epsilon + self.reserve


COUNT = "count"
"""The audit layer's first value: how many audits; its other values are the nine questions."""

GENDERS = {Gender.WOMAN: "women", Gender.MAN: "men", Gender.OTHER: "other"}
_UNSAFE = frozenset({Kind.INCIDENT, Kind.CONDITION})
_QUARTER, _WEEK = PeriodKind.QUARTER, PeriodKind.WEEK
_FIFTH = Fraction(1, 5)

MAP = Layer(
    "map", _QUARTER, Place.CELL, Shape.TOTAL, (), _UNSAFE,
    Fraction(7, 10), reserve=Fraction(3, 10), finest=17,
)  # fmt: skip
CATEGORY = Layer(
    "category", _QUARTER, Place.CELL, Shape.CATEGORY, tuple(Group), _UNSAFE, 2 * _FIFTH, finest=15
)
DAYPART = Layer("daypart", _QUARTER, Place.AREA, Shape.DAYPART, tuple(Daypart), _UNSAFE, _FIFTH)
GENDER = Layer("gender", _QUARTER, Place.AREA, Shape.GENDER, tuple(GENDERS.values()), _UNSAFE, _FIFTH)
PULSE = Layer("pulse", _WEEK, Place.AREA, Shape.TOTAL, (), _UNSAFE, _FIFTH)
SAFE = Layer("safe", _QUARTER, Place.CELL, Shape.TOTAL, (), frozenset({Kind.SAFE_PLACE}), LIFETIME, finest=17)
AUDIT = Layer(
    "audit", _QUARTER, Place.AREA, Shape.AUDIT, (COUNT, *QUESTIONS), frozenset({Kind.AUDIT}), LIFETIME
)

LAYERS = {layer.name: layer for layer in (MAP, CATEGORY, DAYPART, GENDER, PULSE, SAFE, AUDIT)}


def layer_named(name: str) -> Layer:
    """Return a layer by its name.

    Raises:
        NotFound: nothing of that name is ever published.
    """
    try:
        return LAYERS[name]
    except KeyError:
        raise NotFound("There is no layer of that name.") from None


def layers_of(kind: Kind) -> tuple[Layer, ...]:
    """Return the layers that count reports of a kind."""
    return tuple(layer for layer in LAYERS.values() if kind in layer.kinds)


def gender_value(gender: Gender | str | None) -> str:
    """Return the gender layer's value for what a resident said, or did not say."""
    return GENDERS[Gender(gender)] if gender else GENDERS[Gender.OTHER]
