"""What can be reported: kinds, dayparts, the two axes of categories and the six groups.

The categories merge what StreetSafe (UK Home Office) and Safecity ask for, on two axes:
what somebody did, and what the place is like (`crosswalk.py` has both lists, item by item).
No category describes a suspect.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from backend.errors import UnprocessableInput

if TYPE_CHECKING:
    from collections.abc import Iterable


class Kind(StrEnum):
    """What sort of account a report is."""

    INCIDENT = "incident"
    CONDITION = "condition"
    SAFE_PLACE = "safe_place"
    AUDIT = "audit"


class Form(StrEnum):
    """Which form a report was filled in with: the usual one, or the simpler one for children."""

    STANDARD = "standard"
    CHILD = "child"


class Daypart(StrEnum):
    """The four time bands; a phone never sends a clock time."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


class Gender(StrEnum):
    """How a resident may describe themself; saying nothing is as good."""

    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"


class AgeBand(StrEnum):
    """Age in bands wide enough to hide in."""

    UNDER_18 = "under-18"
    FROM_18 = "18-24"
    FROM_25 = "25-34"
    FROM_35 = "35-44"
    FROM_45 = "45-64"
    FROM_65 = "65-plus"


class Group(StrEnum):
    """The six groups of the category layer, gravest first."""

    VIOLENCE = "violence"
    INTIMIDATION = "intimidation"
    HARASSMENT = "harassment"
    CRIME = "crime"
    UPKEEP = "upkeep"
    ACCESS = "access"


class Axis(StrEnum):
    """Whether a category is about behaviour, about the place, or about what is good there."""

    BEHAVIOUR = "behaviour"
    PLACE = "place"
    GOOD = "good"


@dataclass(frozen=True)
class Category:
    """One thing that can be reported.

    `iccs` is the matching class of the International Classification of Crime for
    Statistical Purposes (UNODC 2015) where there is one; `sensitive` marks the
    gravest against a person's body or freedom.
    """

    code: str
    axis: Axis
    group: Group | None
    iccs: str | None = None
    sensitive: bool = False


def _behaviour(code: str, group: Group, iccs: str | None, *, sensitive: bool = False) -> Category:
    return Category(code, Axis.BEHAVIOUR, group, iccs, sensitive)


def _place(code: str, group: Group) -> Category:
    return Category(code, Axis.PLACE, group)


_ALL = (
    _behaviour("rape_assault", Group.VIOLENCE, "0301", sensitive=True),
    _behaviour("touching", Group.VIOLENCE, "03012", sensitive=True),
    _behaviour("physical_assault", Group.VIOLENCE, "0201", sensitive=True),
    _behaviour("exposure", Group.VIOLENCE, "0802", sensitive=True),
    _behaviour("domestic_violence", Group.VIOLENCE, "0201", sensitive=True),
    _behaviour("trafficking", Group.VIOLENCE, "0204", sensitive=True),
    _behaviour("following", Group.INTIMIDATION, "0208"),
    _behaviour("threats", Group.INTIMIDATION, "0201"),
    _behaviour("blocking_way", Group.INTIMIDATION, "0208"),
    _behaviour("group_intimidation", Group.INTIMIDATION, "0208"),
    _behaviour("photographing", Group.INTIMIDATION, "0208"),
    _behaviour("commenting", Group.HARASSMENT, "0208"),
    _behaviour("ogling", Group.HARASSMENT, "0208"),
    _behaviour("gestures", Group.HARASSMENT, "0208"),
    _behaviour("showing_pornography", Group.HARASSMENT, "0208", sensitive=True),
    _behaviour("hate_remarks", Group.HARASSMENT, "0209"),
    # What fits nowhere else counts with the mildest group of what people do to each other.
    _behaviour("other_behaviour", Group.HARASSMENT, None),
    _behaviour("robbery", Group.CRIME, "0401"),
    _behaviour("theft", Group.CRIME, "0502"),
    _behaviour("drug_use", Group.CRIME, "0601"),
    _behaviour("vandalism", Group.CRIME, "0504"),
    _place("badly_lit", Group.UPKEEP),
    _place("lamp_broken", Group.UPKEEP),
    _place("isolated", Group.UPKEEP),
    _place("blocked_view", Group.UPKEEP),
    _place("rundown", Group.UPKEEP),
    _place("drug_alcohol_signs", Group.UPKEEP),
    _place("poor_path", Group.UPKEEP),
    _place("no_one_around", Group.UPKEEP),
    _place("no_cctv", Group.UPKEEP),
    _place("other_place", Group.UPKEEP),
    _place("unsafe_crossing", Group.ACCESS),
    _place("unsafe_stop", Group.ACCESS),
    _place("long_wait", Group.ACCESS),
    _place("crowded_transport", Group.ACCESS),
    _place("no_step_free", Group.ACCESS),
    _place("no_toilets", Group.ACCESS),
    Category("well_lit", Axis.GOOD, None),
    Category("people_around", Axis.GOOD, None),
    Category("open_doors", Axis.GOOD, None),
    Category("good_path", Axis.GOOD, None),
    Category("helpful_staff", Axis.GOOD, None),
)
CATEGORIES = {category.code: category for category in _ALL}

# What the children's form asks, in words of its own (`child.category.*` of the locales).
CHILD_KINDS = (Kind.INCIDENT, Kind.CONDITION, Kind.SAFE_PLACE)
CHILD_CATEGORIES = (
    "touching",
    "physical_assault",
    "exposure",
    "following",
    "threats",
    "group_intimidation",
    "photographing",
    "commenting",
    "ogling",
    "theft",
    "other_behaviour",
    "badly_lit",
    "no_one_around",
    "blocked_view",
    "rundown",
    "drug_alcohol_signs",
    "poor_path",
    "unsafe_crossing",
    "unsafe_stop",
    "crowded_transport",
    "other_place",
    "well_lit",
    "people_around",
    "open_doors",
    "good_path",
    "helpful_staff",
)

AXES_OF_KIND = {
    Kind.INCIDENT: {Axis.BEHAVIOUR, Axis.PLACE},
    Kind.CONDITION: {Axis.PLACE},
    Kind.SAFE_PLACE: {Axis.GOOD},
    Kind.AUDIT: {Axis.PLACE, Axis.GOOD},
}

PLACE_TYPES = (
    "street",
    "park",
    "transport_stop",
    "on_transport",
    "underpass",
    "car_park",
    "school_surroundings",
    "market",
    "bar_or_club",
    "stairway",
    "other",
)
TRANSPORT_MODES = ("walking", "bicycle", "bus", "tram", "metro", "train", "taxi", "car", "other")


def categories_for(kind: Kind) -> list[Category]:
    """Return the categories that a report of this kind may carry."""
    return [category for category in _ALL if category.axis in AXES_OF_KIND[kind]]


def check_categories(kind: Kind, codes: Iterable[str]) -> None:
    """Refuse categories that a report of this kind may not carry.

    Raises:
        UnprocessableInput: one is unknown, or for another kind.
    """
    allowed = {category.code for category in categories_for(kind)}
    for position, code in enumerate(codes):
        if code not in allowed:
            known = "is not for this kind of report" if code in CATEGORIES else "is not known"
            raise UnprocessableInput(f"This category {known}.", field=f"categories.{position}")


def primary_group(codes: Iterable[str]) -> Group | None:
    """Return the gravest group among category codes, None when no code has a group."""
    groups = {CATEGORIES[code].group for code in codes}
    return next((group for group in Group if group in groups), None)
