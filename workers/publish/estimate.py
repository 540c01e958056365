"""The best guess from all noisy measurements: generalised least squares in two passes.

After Hay and others, "Boosting the accuracy of differentially private histograms through
consistency" (2010). Only roots and leaves are measured, so one step up and one step down do it.
"""

from __future__ import annotations

import numpy as np

from backend.domain.grid import Floats
from workers.publish.tree import Counts, Tree, lift


def estimate(tree: Tree, noisy: Floats | Counts, variances: Floats) -> Floats:
    """Return the estimates of a plan's leaves: one row a leaf, one column a cross value (or run).

    `noisy` has one row a place and as many columns, `variances` one number a place.

    Up: a root is the inverse-variance mean of its own value and the sum of its leaves.
    Down: the residual is spread over the leaves by their variance.
    """
    leaves, spread = noisy[tree.rows].astype(np.float64), variances[tree.rows][:, None]
    summed, summed_variance = _to_roots(tree, leaves), _to_roots(tree, spread)
    own = np.where(tree.tops[:, None] >= 0, noisy[tree.tops], 0.0)
    weight, summed_weight = 1 / _top_variance(tree, variances)[:, None], 1 / summed_variance
    root = (own * weight + summed * summed_weight) / (weight + summed_weight)
    residual = (root - summed) / summed_variance
    return leaves + residual[tree.roots] * spread


def root_information(tree: Tree, variances: Floats) -> Floats:
    """Return, for each root, the denominator of the leaves' covariance.

    The estimates of leaves i and j of one root covary by v_i [i = j] - v_i v_j / D, where D is the
    sum of the leaves' variances plus that of the root's own measurement (infinite without one).
    """
    return _to_roots(tree, variances[tree.rows]) + _top_variance(tree, variances)


def _to_roots(tree: Tree, values: Floats) -> Floats:
    return lift(values, tree.roots, len(tree.tops))


def _top_variance(tree: Tree, variances: Floats) -> Floats:
    return np.where(tree.tops >= 0, variances[tree.tops], np.inf)
