"""What was last measured of each city's label model, as the metrics tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.store.models import Drift
from backend.store.queries import city_ids

if TYPE_CHECKING:
    from backend.store.work import Works

MEASURES = ("divergence", "score_shift", "corrected")


def measured(works: Works) -> dict[str, dict[str, float]]:
    """Return the measures of each city by name; those that few reports would make are not there."""
    found = {}
    for city_id in city_ids(works.database):
        with works.database.session(city_id) as session:
            row = session.get(Drift, city_id)
        told = {} if row is None else {name: getattr(row, name) for name in MEASURES}
        found[city_id] = {name: value for name, value in told.items() if value is not None}
    return found
