"""Where the demo's synthetic past gathers: made-up hot spots with made-up habits, no statement about real places."""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.taxonomy import CATEGORIES, Axis, Kind

_AXIS = {Kind.INCIDENT: Axis.BEHAVIOUR, Kind.CONDITION: Axis.PLACE, Kind.SAFE_PLACE: Axis.GOOD}


@dataclass(frozen=True)
class Habit:
    """What is told of a sort of place: weights of categories and of the four dayparts.

    `comfort` is the middle of the audits' answers there, from 0 (poor) to 3 (good).
    """

    told: dict[str, float]
    dayparts: tuple[float, float, float, float]
    comfort: float

    def codes(self, kind: Kind) -> tuple[list[str], list[float]]:
        """Return the categories of this kind of report and their shares, which sum to 1."""
        axis = _AXIS.get(kind)
        fitting = {code: weight for code, weight in self.told.items() if CATEGORIES[code].axis is axis}
        total = sum(fitting.values())
        return list(fitting), [weight / total for weight in fitting.values()]


@dataclass(frozen=True)
class Spot:
    """A place where reports gather; `spread` is a standard deviation in metres, 0 means anywhere."""

    lon: float
    lat: float
    spread: float
    weight: float
    habit: Habit


_GOOD = {"well_lit": 3.0, "people_around": 3.0, "open_doors": 2.0, "good_path": 1.0, "helpful_staff": 2.0}

NIGHTLIFE = Habit(
    _GOOD
    | {
        "commenting": 6, "following": 4, "ogling": 3, "touching": 3, "robbery": 2, "theft": 3,
        "group_intimidation": 2, "hate_remarks": 1, "physical_assault": 1,
        "badly_lit": 2, "rundown": 2, "no_toilets": 2,
    },
    (0.06, 0.12, 0.27, 0.55),
    1.4,
)  # fmt: skip
STATION = Habit(
    _GOOD
    | {
        "touching": 4, "ogling": 5, "commenting": 4, "photographing": 2, "theft": 4, "following": 3,
        "crowded_transport": 4, "unsafe_stop": 3, "long_wait": 3, "no_step_free": 2, "badly_lit": 1,
    },
    (0.32, 0.26, 0.28, 0.14),
    1.6,
)  # fmt: skip
PARK = Habit(
    _GOOD
    | {
        "exposure": 3, "following": 4, "commenting": 3, "drug_use": 3, "threats": 1,
        "badly_lit": 5, "isolated": 4, "blocked_view": 4, "no_one_around": 3,
    },
    (0.18, 0.22, 0.30, 0.30),
    1.1,
)  # fmt: skip
ESTATE = Habit(
    _GOOD
    | {
        "threats": 3, "commenting": 3, "blocking_way": 3, "drug_use": 3, "vandalism": 4, "hate_remarks": 2,
        "lamp_broken": 5, "poor_path": 4, "rundown": 4, "unsafe_crossing": 3, "unsafe_stop": 2, "long_wait": 2,
    },
    (0.20, 0.24, 0.32, 0.24),
    1.0,
)  # fmt: skip
STREETS = Habit(NIGHTLIFE.told | STATION.told | PARK.told | ESTATE.told, (0.22, 0.26, 0.28, 0.24), 1.8)

SPOTS = (
    Spot(2.1695, 41.3795, 160, 9.0, NIGHTLIFE),
    Spot(2.1765, 41.3820, 180, 7.0, NIGHTLIFE),
    Spot(2.1895, 41.3795, 170, 5.0, NIGHTLIFE),
    Spot(2.1570, 41.4025, 170, 4.0, NIGHTLIFE),
    Spot(2.2005, 41.4000, 190, 3.5, NIGHTLIFE),
    Spot(2.1698, 41.3865, 130, 6.0, STATION),
    Spot(2.1405, 41.3792, 140, 5.0, STATION),
    Spot(2.1870, 41.4035, 150, 4.0, STATION),
    Spot(2.1745, 41.4035, 140, 4.0, STATION),
    Spot(2.1485, 41.3748, 130, 3.5, STATION),
    Spot(2.1610, 41.3675, 260, 3.5, PARK),
    Spot(2.1868, 41.3890, 180, 2.5, PARK),
    Spot(2.1600, 41.4270, 240, 2.5, PARK),
    Spot(2.1750, 41.4470, 210, 4.0, ESTATE),
    Spot(2.2130, 41.4130, 190, 4.0, ESTATE),
    Spot(2.1770, 41.4600, 170, 3.0, ESTATE),
    Spot(2.2000, 41.4330, 200, 2.5, ESTATE),
    Spot(2.1390, 41.3600, 220, 2.5, ESTATE),
    Spot(0.0, 0.0, 0, 28.0, STREETS),
)
# Shares of the background by district, in the order of city.json: a rough guess at how many people are about.
BACKGROUND = (10, 20, 11, 7, 9, 9, 11, 11, 10, 16)
