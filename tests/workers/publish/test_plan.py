"""The plan: public things in, budgets kept on every path, and nothing of the period's own reports."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from backend.domain.cells import ancestor, from_quadkey, zoom
from backend.domain.grid import measured_cells
from backend.domain.layers import AUDIT, CATEGORY, DAYPART, GENDER, LAYERS, MAP, PULSE, SAFE
from backend.domain.periods import period_named
from workers.publish.noise import measure
from workers.publish.plan import SPLIT_AT, plan_layer, roll_up

Q1, Q2, Q4 = (period_named(f"2026-Q{number}") for number in (1, 2, 4))


def period_for(layer):
    return period_named("2026-W40") if layer is PULSE else Q4


@pytest.mark.parametrize("layer", [MAP, CATEGORY, SAFE])
@pytest.mark.parametrize("correction", [False, True])
def test_every_path_from_root_to_leaf_spends_the_layer_share(town, town_maps, layer, correction):
    if correction and layer is not MAP:
        return
    plan = plan_layer(layer, Q4, town, town_maps, correction=correction)
    tree, epsilons = plan.tree, [place.epsilon for place in plan.places]
    for leaf, root in zip(tree.rows, tree.roots, strict=True):
        above = epsilons[tree.tops[root]] if tree.tops[root] >= 0 else Fraction(0)
        assert epsilons[leaf] + above == (layer.reserve if correction else layer.epsilon)


def test_a_corrected_map_spends_at_most_one_over_both_releases(town, town_maps):
    both = [plan_layer(MAP, Q4, town, town_maps, correction=late).epsilon for late in (False, True)]
    assert sum(both) == 1 == MAP.lifetime


@pytest.mark.parametrize("layer", LAYERS.values())
def test_one_report_costs_what_the_layer_may_spend(town, town_maps, layer):
    """Put one report into the table and add up the epsilon of everything it moves."""
    plan = plan_layer(layer, period_for(layer), town, town_maps)
    place = int(measured_cells(town).cells[40]) if plan.grid else town.areas[0].code
    values = plan.values if layer is AUDIT else plan.values[-1:]
    most = [1] + [3] * 9 if layer is AUDIT else [1]
    counts = roll_up(plan, [place] * len(values), values, most)
    cost = sum(
        unit.epsilon * int(number) / unit.sensitivity
        for row, numbers in zip(plan.units, counts, strict=True)
        for unit, number in zip(row, numbers, strict=True)
    )
    assert cost == layer.epsilon


def test_the_cut_covers_the_city_once_and_goes_deeper_where_more_was_seen(town, town_maps):
    plan = plan_layer(MAP, Q4, town, town_maps)
    assert (plan.tree.leaf_of >= 0).all()
    assert len({zoom(from_quadkey(plan.places[row].name)) for row in plan.tree.rows}) > 1
    first = plan_layer(MAP, Q1, town)
    assert {len(place.name) for place in first.places} == {13}
    assert not any(place.split for place in first.places)


def test_cells_are_split_by_the_expected_count(town, town_maps, monkeypatch):
    monkeypatch.setitem(SPLIT_AT, 13, 1e9)
    assert {len(p.name) for p in plan_layer(MAP, Q4, town, town_maps).places} == {13}


def test_the_plan_hears_earlier_releases_only(town, town_maps):
    own = replace(town_maps[0], period=Q4)
    later = replace(town_maps[0], period=period_named("2027-Q1"))
    assert (
        plan_layer(MAP, Q4, town, town_maps).hash == plan_layer(MAP, Q4, town, [*town_maps, own, later]).hash
    )


def test_the_plan_remembers_four_releases(town, town_maps):
    old = [
        replace(town_maps[0], period=period_named(name))
        for name in ("2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4", "2025-Q1")
    ]
    assert plan_layer(MAP, Q1, town, old).hash == plan_layer(MAP, Q1, town, old[1:]).hash
    assert plan_layer(MAP, Q1, town, old[:1]).hash != plan_layer(MAP, Q1, town).hash


def test_a_plan_has_one_hash_and_each_difference_another(town, town_maps):
    plans = [
        plan_layer(MAP, Q4, town, town_maps),
        plan_layer(MAP, Q4, town),
        plan_layer(MAP, Q4, town, town_maps, correction=True),
        plan_layer(MAP, Q2, town),
        plan_layer(SAFE, Q2, town),
        plan_layer(MAP, Q2, replace(town, city="elsewhere")),
        plan_layer(MAP, Q2, town, at_most=Fraction(1, 2)),
    ]
    assert len({plan.hash for plan in plans}) == len(plans)
    assert plan_layer(MAP, Q4, town, town_maps).hash == plans[0].hash


def test_counts_roll_up_by_bit_shift(town, town_maps, make):
    plan = plan_layer(MAP, Q4, town, town_maps)
    cells = make.reports(town, 500, 3)
    counts = roll_up(plan, cells.tolist(), [None] * 500, [1] * 500)
    assert counts[plan.tree.rows].sum() == 500
    for row in plan.tree.tops[plan.tree.tops >= 0]:
        own = np.isin(cells, plan.grid.cells[plan.grid.owners[13] == from_quadkey(plan.places[row].name)])
        assert counts[row, 0] == own.sum()


def test_what_lies_outside_or_has_no_value_is_left_out(town):
    plan = plan_layer(GENDER, Q1, town)
    counts = roll_up(
        plan, [town.areas[0].code, "nowhere", town.areas[0].code], ["women", "men", "?"], [2, 3, 4]
    )
    assert counts.sum() == 2
    plan = plan_layer(MAP, Q1, town)
    assert roll_up(plan, [from_quadkey("0" * 17)], [None], [5]).sum() == 0


def test_zeros_are_measured_too(town, town_maps):
    for layer in LAYERS.values():
        plan = plan_layer(layer, period_for(layer), town, town_maps)
        nothing = roll_up(plan, [], [], [])
        moved = sum(measure(plan, nothing) != 0 for _ in range(60))
        assert nothing.shape == (len(plan.places), len(plan.values))
        assert (moved > 0).all()


def test_areas_are_pooled_until_they_can_show_something(town, make):
    def weeks(number):
        found = []
        for week in ("2026-W02", "2026-W03", "2026-W04"):
            plan = plan_layer(PULSE, period_named(week), town, found)
            each = number // len(town.areas)
            codes = [area.code for area in town.areas]
            counts = roll_up(plan, codes, [None] * len(codes), [each] * len(codes))
            found.append(make.release(plan, counts))
        return found

    few, many = weeks(30), weeks(6000)
    assert [len(pulse.areas) for pulse in few] == [1, 1, 1]
    assert [len(pulse.areas) for pulse in many] == [1, 6, 6]
    # 18,000 reports in three weeks make the quarter's areas stand alone, 90 do not.
    assert len(plan_layer(DAYPART, Q1, town, (), many).areas) == 6
    assert len(plan_layer(DAYPART, Q1, town, (), few).areas) == 1
    for pulse in (*few, *many):
        members = [code for area in pulse.areas for code in area.members]
        assert sorted(members) == sorted(area.code for area in town.areas)


def test_the_first_quarter_listens_to_its_pulse(town, make):
    plan = plan_layer(PULSE, period_named("2026-W02"), town)
    pulse = make.release(plan, roll_up(plan, [town.areas[0].code], [None], [900]))
    assert any(place.split for place in plan_layer(MAP, Q1, town, (), [pulse]).places)
    # A week of another quarter says nothing about this one.
    assert plan_layer(MAP, Q2, town, (), [pulse]).hash == plan_layer(MAP, Q2, town).hash


def test_population_decides_where_the_pulse_is_spread(town, make):
    plan = plan_layer(PULSE, period_named("2026-W02"), town)
    pulse = make.release(plan, roll_up(plan, [town.areas[0].code], [None], [900]))
    home = measured_cells(town).cells[:10]
    lived = replace(town, population={int(cell): 100.0 for cell in home})
    finest = {p.name for p in plan_layer(MAP, Q1, lived, (), [pulse]).places if len(p.name) == 17}
    assert finest
    assert all(ancestor(from_quadkey(name), 15) in home >> 4 for name in finest)
