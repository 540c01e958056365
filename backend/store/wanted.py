"""Which part of the queue somebody wants to see, as a door was told it and as statements take it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import text

from backend.store.models import Report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import ColumnElement

    from backend.domain.workflow import State

# A category without a term of its own has the city's usual one, and the shortest holds.
IS_OVERDUE = """received_on + coalesce(
        (select min(coalesce((cast(:terms as jsonb) ->> c)::integer, (cast(:terms as jsonb) ->> 'default')::integer))
         from unnest(categories) c),
        (cast(:terms as jsonb) ->> 'default')::integer
    ) < cast(:due_before as date)"""
IS_FLAGGED = "(flags @> array[cast(:flag as text)] or (cast(:flag as text) = 'minor' and minor))"


def _sql(condition: str, **told: Any) -> ColumnElement[bool]:
    return cast("ColumnElement[bool]", text(condition).bindparams(**told))


@dataclass(frozen=True)
class Wanted:
    """Which part of the queue somebody wants to see; nothing set means all of it."""

    language: str | None = None
    category: str | None = None
    area: str | None = None
    state: State | None = None
    received_from: date | None = None
    received_until: date | None = None
    urgency_from: int | None = None
    flag: str | None = None
    due_before: date | None = None
    terms: Mapping[str, int] | None = None

    def conditions(self, city_id: str) -> list[ColumnElement[bool]]:
        """Return what a report of this part has to meet."""
        return [
            Report.city_id == city_id,
            *([Report.language == self.language] if self.language else []),
            *([Report.categories.contains([self.category])] if self.category else []),
            *([Report.area == self.area] if self.area else []),
            *([Report.state == self.state] if self.state else []),
            *([Report.received_on >= self.received_from] if self.received_from else []),
            *([Report.received_on <= self.received_until] if self.received_until else []),
            *([Report.urgency >= self.urgency_from] if self.urgency_from else []),
            *([_sql(IS_FLAGGED, flag=self.flag)] if self.flag else []),
            *([_sql(IS_OVERDUE, **self.due())] if self.due_before else []),
        ]

    def due(self) -> dict[str, Any]:
        """Return what tells whether a report is overdue, as the statements take it."""
        return {"due_before": self.due_before, "terms": json.dumps(self.terms or {})}
