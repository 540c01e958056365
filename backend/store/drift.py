"""What was last measured of each city's label model, as the metrics tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

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
            query = select(*(getattr(Drift, name) for name in MEASURES)).where(Drift.city_id == city_id)
            row = session.execute(query).first()
        told = {} if row is None else dict(zip(MEASURES, row, strict=True))
        found[city_id] = {name: value for name, value in told.items() if value is not None}
    return found
