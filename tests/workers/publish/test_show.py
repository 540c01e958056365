"""What is shown: every place in one region, sums that add up, and hardly ever a false region."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.cells import from_quadkey, zoom
from backend.domain.layers import AUDIT, CATEGORY, GENDER, MAP, PULSE
from backend.domain.periods import period_named
from workers.publish.estimate import estimate
from workers.publish.limits import SHARES, SIZES, Limits, size_class
from workers.publish.noise import measure
from workers.publish.plan import plan_layer, roll_up
from workers.publish.show import show, sift
from workers.publish.threshold import FALSE_REGIONS, k_of, noise_runs

Q4 = period_named("2026-Q4")


@pytest.fixture(scope="module", params=[MAP, CATEGORY], ids=lambda layer: layer.name)
def plan(request, town, town_maps):
    return plan_layer(request.param, Q4, town, town_maps)


@pytest.fixture(scope="module")
def deep(town, town_maps):
    return plan_layer(MAP, Q4, town, town_maps)


def finest(plan, region):
    """Which finest cells of the city a region covers."""
    covered = np.zeros(len(plan.grid.cells), dtype=int)
    for name in region.cells:
        cell = from_quadkey(name)
        covered += plan.grid.cells >> 2 * (17 - zoom(cell)) == cell
    return covered


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), k=st.floats(1, 8))
def test_every_place_lies_in_exactly_one_region(plan, seed, k):
    rng = np.random.default_rng(seed)
    noisy = rng.poisson(rng.choice([0.5, 5, 40], (len(plan.places), len(plan.values))))
    regions = show(plan, estimate(plan.tree, noisy, plan.variances), k)
    for value in plan.values:
        covered = sum(finest(plan, region) for region in regions if region.cross == value)
        assert (covered == 1).all()
    assert len({region.id for region in regions}) == len(regions)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), k=st.floats(1, 8))
def test_shown_children_and_rest_add_up_to_their_parent(deep, seed, k):
    rng = np.random.default_rng(seed)
    leaves = estimate(deep.tree, rng.poisson(rng.choice([0.5, 5, 40], (len(deep.places), 1))), deep.variances)
    results = list(sift(deep.tree, leaves, deep.variances, k))
    told = sum(float(result.rest[result.passes].sum()) for result in results)
    left = float(results[-1].rest[~results[-1].passes].sum())
    assert told + left == pytest.approx(leaves.sum())
    for result in results:
        passed = result.rest[result.passes]
        assert (passed >= np.maximum(8, np.ceil(k * result.se[result.passes]))).all()


def test_only_what_passes_before_rounding_is_shown(deep, make, town):
    cells = make.reports(town, 900, 5)
    noisy = measure(deep, roll_up(deep, cells.tolist(), [None] * 900, [1] * 900))
    k = k_of(deep)
    regions = show(deep, estimate(deep.tree, noisy, deep.variances), k)
    assert {"cell", "rest"} >= {region.part for region in regions}
    for region in regions:
        assert (region.estimate is not None) == region.shown
        assert not region.shown or region.estimate >= max(8, math.floor(k.ks[-1] * region.se))
        assert 0 <= region.low <= region.high


def test_k_keeps_false_regions_rare_on_fresh_noise(plan):
    """Fresh noise, another seed: at k few enough, a little below it too many."""
    limits = k_of(plan)
    fresh = noise_runs(plan, seed=20261120)
    assert fresh.false_regions(limits) <= FALSE_REGIONS
    assert fresh.false_regions(Limits((limits.single - 1.0, *limits.ks[1:]))) > FALSE_REGIONS


def test_k_falls_with_the_number_of_places_that_a_region_is_the_sum_of(deep):
    limits = k_of(deep)
    assert list(limits.ks) == sorted(limits.ks, reverse=True)
    assert limits.ks[0] > limits.ks[2]
    assert limits.of(np.array([0, 1, 2, 4, 5, 16, 17, 400])).tolist() == [
        limits.ks[at] for at in (0, 0, 1, 1, 2, 2, 3, 4)
    ]


def test_each_size_of_sums_has_only_its_share_of_false_regions(deep):
    """Counted on its own, no class of sums shows more of nothing than all together may."""
    limits = k_of(deep)
    fresh = noise_runs(deep, seed=5)
    results = list(sift(deep.tree, fresh.estimates, deep.variances, limits))
    classes = np.concatenate([size_class(r.sizes)[r.passes] for r in results])
    seen = np.bincount(classes, minlength=len(SIZES)) / fresh.runs
    assert (seen <= 1.5 * FALSE_REGIONS * np.maximum(SHARES, 0.2)).all()


@pytest.mark.parametrize("layer", [GENDER, PULSE, AUDIT], ids=lambda layer: layer.name)
def test_k_keeps_false_areas_rare_too(town, layer, monkeypatch):
    monkeypatch.setattr("workers.publish.pools.FLOOR", 0)
    period = period_named("2026-W40") if layer is PULSE else Q4
    plan = plan_layer(layer, period, town)
    assert len(plan.areas) == len(town.areas)
    k = k_of(plan)
    assert noise_runs(plan, seed=7).false_regions(k) <= FALSE_REGIONS


def test_k_is_public_and_repeatable(plan):
    assert k_of(plan) == k_of(plan)


def test_the_sampler_of_the_release_gives_false_regions_no_more_often(deep):
    """The noise really used, not the simulated one: 400 empty releases show about 18 or fewer."""
    k, nothing = k_of(deep), np.zeros((len(deep.places), 400), dtype=np.int64)
    from workers.publish.noise import add_noise

    for row, place in enumerate(deep.places):
        nothing[row] = add_noise(nothing[row], place.epsilon, 1)
    results = sift(deep.tree, estimate(deep.tree, nothing, deep.variances), deep.variances, k)
    assert sum(int(result.passes.sum()) for result in results) < 50  # 20 expected; 50 once in 1e8


def test_the_pulse_always_tells_the_city_with_its_error(town):
    plan = plan_layer(PULSE, period_named("2026-W40"), town)
    noisy = np.full((len(plan.places), 1), 2)
    city, *areas = show(plan, noisy.astype(float), k=3.0)
    assert (city.part, city.shown, city.estimate) == ("city", True, int(noisy.sum()))
    assert city.se == pytest.approx(np.sqrt(plan.variances.sum()), abs=0.01)
    assert not any(area.shown for area in areas)


def test_an_audit_tells_means_where_its_count_is_shown(town):
    plan = plan_layer(AUDIT, Q4, town)
    answers = np.zeros((len(plan.places), 10))
    answers[0] = [400, 1200, -1200, 0, *[400] * 6]  # 2a - 3 summed: all 3, all 0, even, all 2
    region = next(region for region in show(plan, answers, k=3.0) if region.shown)
    assert [mean for mean, _ in region.means.values()] == [3, 0, 1.5, *[2] * 6]
    assert region.means["openness"][1] > region.means["visibility"][1] > 0
    assert region.cross is None
