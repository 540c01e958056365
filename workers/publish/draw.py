"""From counted rows to the bytes of a release: the only place where true counts meet noise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from workers.publish.assemble import build_document
from workers.publish.estimate import estimate
from workers.publish.limits import Limits
from workers.publish.noise import measure
from workers.publish.plan import Plan, roll_up
from workers.publish.show import show
from workers.publish.tree import Counts

Row = tuple[int | str, str | None, int]


def draw(plan: Plan, rows: Sequence[Row], k: Limits, published_at: datetime) -> bytes:
    """Return the bytes of a release; called once for a layer and period, within the ledger's transaction.

    Everything after `measure` reads the noisy numbers and public things only.
    """
    places, values, numbers = [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
    noisy = measure(plan, roll_up(plan, places, values, numbers))
    regions = show(plan, estimate(plan.tree, noisy, plan.variances), k)
    return build_document(plan, noisy, regions, k, published_at)


def measure_often(plan: Plan, counts: Counts, draws: int) -> Counts:
    """Return the measurements of so many releases of one table, on a third axis; only who attacks it has use for it."""
    return measure(plan, np.repeat(counts[..., None], draws, axis=2))
