"""Merging: a report that tells the same as another points at it, never in a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.domain.workflow import State
from backend.errors import Conflict, UnprocessableInput
from backend.store.leases import locked

if TYPE_CHECKING:
    from uuid import UUID

    from backend.domain.permissions import Actor
    from backend.store.models import Report
    from backend.store.work import Work

_NOT_INTO = {State.WITHDRAWN, State.DUPLICATE, State.REJECTED}


def can_take(report: Report) -> bool:
    """Tell whether another report may be merged into this one."""
    return report.state not in _NOT_INTO


def merge(work: Work, actor: Actor, report: Report, into: UUID) -> None:
    """Point a locked report at the one that tells the same.

    The other report's row is locked as well: it must not become a duplicate of this one meanwhile.

    Raises:
        NotFound: there is no such report for this account. UnprocessableInput: it is the same report.
        Conflict: the other one was refused, taken back, or is a duplicate itself.
    """
    if into == report.id:
        raise UnprocessableInput("A report is no duplicate of itself.", field="duplicate_of")
    other = locked(work, actor, into)
    if not can_take(other):
        raise Conflict(
            "The other report was refused, taken back, or is a duplicate itself.", field="duplicate_of"
        )
    report.duplicate_of = into
