"""Agreement against figures that others published, and shares that are only told of enough."""

from __future__ import annotations

import pytest

from backend.domain.agreement import agreement, share

# The example of "Computing Krippendorff's alpha-reliability" (2011), section C: four observers,
# twelve units, nominal alpha 0.743.
OBSERVERS = {
    "a": "1 2 3 3 2 1 4 1 2 . . .",
    "b": "1 2 3 3 2 2 4 1 2 5 . 3",
    "c": ". 3 3 3 2 3 4 2 2 5 1 .",
    "d": "1 2 3 3 2 4 4 1 2 5 1 .",
}


def published():
    found = {}
    for who, line in OBSERVERS.items():
        for number, told in enumerate(line.split()):
            if told != ".":
                found.setdefault(str(number), {})[who] = told
    return found


def test_alpha_is_that_of_the_published_example():
    told = agreement(published())
    assert told.alpha == pytest.approx(0.743, abs=0.0005)
    assert told.low < told.alpha < told.high <= 1
    assert (told.people, told.cases) == (4, 11)  # one unit has one observer only
    assert agreement(published()) == told


def test_full_agreement_is_one_and_chance_is_about_nothing():
    cases = {str(one): {"a": one % 2, "b": one % 2, "c": one % 2} for one in range(20)}
    assert agreement(cases).alpha == 1
    apart = {str(one): {"a": one % 2, "b": one // 2 % 2, "c": one // 4 % 2} for one in range(80)}
    assert abs(agreement(apart).alpha) < 0.05


def test_too_few_tell_nothing():
    cases = {str(one): {"a": one % 2, "b": one % 2} for one in range(20)}
    assert agreement(cases) is None
    assert agreement(cases, fewest=2).people == 2
    few = {str(one): {"a": 1, "b": 2, "c": one % 2} for one in range(9)}
    assert agreement(few) is None
    same = {str(one): {"a": 1, "b": 1, "c": 1} for one in range(20)}
    assert agreement(same) is None
    assert agreement({}) is None


def test_a_share_has_wilsons_interval_and_is_not_told_of_few():
    told = share(8, 10)
    assert (told.share, round(told.low, 3), round(told.high, 3)) == (0.8, 0.490, 0.943)
    assert share(0, 40).low == 0
    assert share(40, 40).high == 1
    assert share(9, 9) is None
