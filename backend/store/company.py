"""The other reports that a report may tell the same as, as far as an account is shown them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from backend.domain.flags import DUPLICATE
from backend.store.leases import only_shown_to
from backend.store.merging import can_take
from backend.store.models import Report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backend.domain.permissions import Actor
    from backend.store.work import Work


@dataclass(frozen=True)
class Alike:
    """Another report, what was proposed about the two, and whether it can be merged into."""

    report: Report
    proposal: Mapping[str, Any]
    can_merge: bool


def alike(work: Work, actor: Actor, asides: Sequence[Mapping[str, Any]]) -> list[Alike]:
    """Return what is proposed as telling the same, the likeliest first; what is gone or not shown is left out."""
    told = {UUID(aside["reports"][0]): aside for aside in asides if aside["about"] == DUPLICATE}
    query = select(Report).where(
        Report.city_id == work.city_id,
        Report.id.in_(told),
        Report.erased_on.is_(None),
        *only_shown_to(actor, work.clock.now()),
    )
    rows = {row.id: row for row in work.session.scalars(query)} if told else {}
    return [Alike(rows[one], aside, can_take(rows[one])) for one, aside in told.items() if one in rows]
