"""Budgets: in exact rationals, nothing that is ever published costs a report more than 2.0."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain import budgets
from backend.domain.layers import AUDIT, CATEGORY, DAYPART, GENDER, LAYERS, LIFETIME, MAP, PULSE, SAFE
from backend.domain.taxonomy import Kind
from backend.errors import InvalidInput


@pytest.mark.parametrize("kind", Kind)
def test_no_kind_of_report_costs_more_than_promised(kind):
    assert budgets.lifetime(kind) == LIFETIME == 2


def test_the_layers_spend_what_the_design_says():
    spent = {layer: layer.epsilon for layer in LAYERS.values()}
    tenth = Fraction(1, 10)
    assert spent == {
        MAP: 7 * tenth, CATEGORY: 4 * tenth, DAYPART: 2 * tenth, GENDER: 2 * tenth,
        PULSE: 2 * tenth, SAFE: 20 * tenth, AUDIT: 20 * tenth,
    }  # fmt: skip
    assert MAP.reserve == 3 * tenth
    assert not any(layer.reserve for layer in LAYERS.values() if layer is not MAP)


def test_the_map_is_split_as_the_design_says():
    share = budgets.shares(MAP.epsilon)
    assert (share.cut, share.split, share.whole) == (Fraction(63, 100), Fraction(7, 100), Fraction(7, 10))


@given(st.fractions(Fraction(1, 1000), 2))
def test_both_kinds_of_path_spend_exactly_the_layer_share(epsilon):
    share = budgets.shares(epsilon)
    assert share.cut + share.split == share.whole == epsilon


def test_an_audit_shares_its_epsilon_over_the_count_and_nine_sums():
    assert budgets.per_value(AUDIT, AUDIT.epsilon) * 10 == 2
    assert [budgets.sensitivity(AUDIT, value) for value in AUDIT.values] == [1] + [3] * 9
    assert budgets.per_value(GENDER, GENDER.epsilon) == GENDER.epsilon


def test_a_city_may_spend_less_and_never_more():
    assert budgets.spending(MAP, at_most=Fraction(1, 2)) == Fraction(1, 2)
    assert budgets.spending(MAP, correction=True) == Fraction(3, 10)
    for asked in (Fraction(71, 100), Fraction(0), Fraction(-1)):
        with pytest.raises(InvalidInput):
            budgets.spending(MAP, at_most=asked)
    with pytest.raises(InvalidInput):
        budgets.spending(SAFE, correction=True)


def test_a_list_that_spends_too_much_is_refused(monkeypatch):
    budgets.check_layers()
    monkeypatch.setitem(LAYERS, "gender", replace(GENDER, epsilon=Fraction(21, 100)))
    with pytest.raises(InvalidInput):
        budgets.check_layers()
