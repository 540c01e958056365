"""What holds for every plan and every release, whatever is drawn: budgets, regions, sums, and what a plan may hear."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.budgets import spending
from backend.domain.cells import from_quadkey
from backend.domain.layers import LAYERS, LIFETIME, MAP, PULSE, SAFE, layers_of
from backend.domain.periods import period_named, periods_between
from backend.domain.taxonomy import Kind
from backend.errors import InvalidInput
from workers.publish import draw as drawing
from workers.publish.assemble import build_document
from workers.publish.document import read_document
from workers.publish.due import published_at
from workers.publish.estimate import estimate
from workers.publish.limits import Limits
from workers.publish.plan import plan_layer, roll_up
from workers.publish.verify import cost_of_a_report, spent

Q3, Q4 = period_named("2026-Q3"), period_named("2026-Q4")
WEEK = period_named("2026-W40")
K = Limits.alike(4.0)
seeds = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def towns(make):
    """Cities of different outlines: from less than one z13 cell to some dozen."""
    return [
        make.city(size, columns, rows) for size, columns, rows in ((0.01, 1, 1), (0.05, 2, 2), (0.12, 3, 1))
    ]


def heard(town, layer, seed):
    """An earlier release of any numbers whatever: what a plan reads could say anything, negative counts too."""
    rng = np.random.default_rng(seed)
    made = []
    for period in (period_named("2026-Q2"), Q3):
        plan = plan_layer(layer, period, town, made)
        numbers = rng.choice([-3, 0, 4, 40, 400], (len(plan.places), len(plan.values)))
        made.append(read_document(build_document(plan, numbers, (), 4.0, published_at(period, "UTC"))))
    return made


@settings(max_examples=15, deadline=None)
@given(seed=seeds, at=st.integers(0, 2), correction=st.booleans())
def test_whatever_was_heard_every_path_of_a_map_spends_exactly_its_share(towns, seed, at, correction):
    plan = plan_layer(MAP, Q4, towns[at], heard(towns[at], MAP, seed), correction=correction)
    share = MAP.reserve if correction else MAP.epsilon
    assert plan.epsilon == share
    tree, epsilons = plan.tree, [place.epsilon for place in plan.places]
    for leaf, root in zip(tree.rows, tree.roots, strict=True):
        above = epsilons[tree.tops[root]] if tree.tops[root] >= 0 else Fraction(0)
        assert epsilons[leaf] + above == share
    # Every finest cell is counted in one leaf, every measured place is a leaf or above some.
    assert (tree.leaf_of >= 0).all()
    assert sorted([*tree.rows, *tree.tops[tree.tops >= 0]]) == list(range(len(plan.places)))


@settings(max_examples=15, deadline=None)
@given(seed=seeds, at=st.integers(0, 2), name=st.sampled_from(sorted(LAYERS)))
def test_one_report_anywhere_moves_numbers_worth_the_layers_share(towns, seed, at, name):
    layer, town = LAYERS[name], towns[at]
    period = WEEK if layer is PULSE else Q4
    earlier = heard(town, MAP if layer.name == "category" else layer, seed) if layer.finest else ()
    plan = plan_layer(layer, period, town, earlier)
    rng = np.random.default_rng(seed)
    place = int(rng.choice(plan.grid.cells)) if plan.grid else str(rng.choice([a.code for a in town.areas]))
    values = plan.values if layer.name == "audit" else [plan.values[rng.integers(len(plan.values))]]
    numbers = [1, *[3] * 9] if layer.name == "audit" else [1]
    moved = roll_up(plan, [place] * len(values), list(values), numbers)
    cost = sum(
        (unit.epsilon * int(number) / unit.sensitivity
         for row, told in zip(plan.units, moved, strict=True) for unit, number in zip(row, told, strict=True)),
        Fraction(0),
    )  # fmt: skip
    assert cost == layer.epsilon


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(Kind),
    told=st.lists(st.tuples(st.sampled_from(sorted(LAYERS)), st.integers(0, 5), st.booleans(), st.fractions(0, 2)), max_size=40),
)  # fmt: skip
def test_no_ledger_that_the_rules_allow_costs_a_report_more_than_its_lifetime(kind, told):
    """Any number of releases in any order, each once a layer and period, each with one correction at most."""
    rows = {}
    for name, at, correction, asked in told:
        layer = LAYERS[name]
        try:
            rows[name, f"p{at}", correction] = spending(layer, correction=correction, at_most=asked)
        except InvalidInput:
            allowed = layer.reserve if correction else layer.epsilon
            assert not 0 < asked <= allowed
    cost = cost_of_a_report(kind, [(name, period, epsilon) for (name, period, _), epsilon in rows.items()])
    assert cost <= LIFETIME


@pytest.mark.parametrize("kind", Kind)
def test_a_full_ledger_with_every_correction_costs_exactly_the_lifetime(kind):
    weeks = [week.name for week in periods_between("week", Q4.first, Q4.last)]
    rows = [
        (layer.name, period, epsilon)
        for layer in LAYERS.values()
        for period in (weeks if layer is PULSE else ("2026-Q3", "2026-Q4"))
        for epsilon in filter(None, (layer.epsilon, layer.reserve))
    ]
    assert cost_of_a_report(kind, rows) == LIFETIME == sum(layer.lifetime for layer in layers_of(kind))
    assert (
        cost_of_a_report(kind, [*rows, (layers_of(kind)[0].name, rows[0][1], Fraction(1, 100))]) >= LIFETIME
    )


def _leaves_of(plan, region):
    """Which leaves a region is the sum of."""
    inside = np.zeros(len(plan.grid.cells), dtype=bool)
    for name in region.cells:
        inside |= plan.grid.cells >> 2 * (17 - len(name)) == from_quadkey(name)
    return np.unique(plan.tree.leaf_of[inside])


@settings(max_examples=12, deadline=None)
@given(seed=seeds, at=st.integers(0, 2), layer=st.sampled_from([MAP, SAFE]), number=st.integers(0, 3000))
def test_a_real_release_puts_every_place_in_one_region_and_its_numbers_add_up(towns, seed, at, layer, number):
    town, rng = towns[at], np.random.default_rng(seed)
    plan = plan_layer(layer, Q4, town, heard(town, layer, seed))
    cells = rng.choice(plan.grid.cells[: max(1, len(plan.grid.cells) // 4)], number).tolist()
    data = drawing.draw(plan, [(cell, None, 1) for cell in cells], K, published_at(Q4, "UTC"))
    document = read_document(data)
    assert spent(document) == layer.epsilon
    covered = np.zeros(len(plan.grid.cells), dtype=int)
    for name in (name for region in document.regions for name in region.cells):
        covered += plan.grid.cells >> 2 * (17 - len(name)) == from_quadkey(name)
    assert (covered == 1).all()
    leaves = estimate(plan.tree, np.array([row.values for row in document.measured]), plan.variances)
    told = sum(region.estimate for region in document.regions if region.shown)
    hidden = [
        float(leaves[_leaves_of(plan, region)].sum()) for region in document.regions if not region.shown
    ]
    # Each shown number was rounded once, and none was clipped: shown is only what passes 8.
    assert abs(told + sum(hidden) - leaves.sum()) <= len(document.regions) / 2 + 1e-6
    for region in document.regions:
        assert (region.estimate is not None) == region.shown
        assert 0 <= region.low <= region.high
        assert not region.shown or region.low <= region.estimate <= region.high


@settings(max_examples=10, deadline=None)
@given(seed=seeds, name=st.sampled_from(sorted(LAYERS)))
def test_no_release_of_this_period_or_a_later_one_moves_a_plan(town, town_maps, seed, name):
    """Whatever was counted in this period could only be heard through its own releases: those are not listened to."""
    layer, rng = LAYERS[name], np.random.default_rng(seed)
    period = WEEK if layer is PULSE else Q4
    shaken = [
        replace(
            release,
            layer=other,
            period=when,
            measured=tuple(replace(m, values=tuple(rng.integers(0, 500, len(m.values)).tolist())) for m in release.measured),
        )
        for release in town_maps[-1:]
        for other in (MAP, SAFE)
        for when in (Q4, period_named("2027-Q1"))
    ]  # fmt: skip
    plain = plan_layer(layer, period, town, town_maps)
    assert plan_layer(layer, period, town, [*town_maps, *shaken]).hash == plain.hash
