"""The estimate: two passes give what solving the whole least-squares problem gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.layers import MAP
from backend.domain.periods import period_named
from workers.publish.estimate import estimate, root_information
from workers.publish.plan import plan_layer
from workers.publish.show import sift


def dense(plan):
    """The whole problem at once: which leaves each place counts, and the weights."""
    tree = plan.tree
    design = np.zeros((len(plan.places), len(tree.rows)))
    design[tree.rows, np.arange(len(tree.rows))] = 1
    for root, top in enumerate(tree.tops):
        if top >= 0:
            design[top, tree.roots == root] = 1
    return design, 1 / plan.variances


@pytest.fixture(scope="module")
def plan(town, town_maps):
    return plan_layer(MAP, period_named("2026-Q4"), town, town_maps)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_two_passes_solve_generalised_least_squares(plan, seed):
    noisy = np.random.default_rng(seed).integers(-20, 200, (len(plan.places), 2))
    design, weight = dense(plan)
    normal = design.T @ (design * weight[:, None])
    expected = np.linalg.solve(normal, design.T @ (noisy * weight[:, None]))
    assert estimate(plan.tree, noisy, plan.variances) == pytest.approx(expected, abs=1e-8)


def test_standard_errors_are_those_of_least_squares(plan):
    design, weight = dense(plan)
    covariance = np.linalg.inv(design.T @ (design * weight[:, None]))
    leaves = np.zeros((len(plan.tree.rows), 1))
    for result in sift(plan.tree, leaves, plan.variances, k=3.0):
        for node, se in enumerate(result.se[:, 0]):
            own = result.level.node_of_leaf == node
            assert se**2 == pytest.approx(covariance[np.ix_(own, own)].sum())
    assert (root_information(plan.tree, plan.variances) > 0).all()
