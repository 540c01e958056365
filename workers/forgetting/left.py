"""What is left when all that was told is erased: tombstones, and accounts of those who left, for two years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, text

from backend.domain.retention import kept
from backend.store.models import Account, Closing, Importer

if TYPE_CHECKING:
    from datetime import date

    from backend.store.work import Work

_TOMBSTONES = text("select farola.forget_tombstones(:came_by)")


def tombstone(work: Work, today: date) -> tuple[int, list[str]]:
    """Delete tombstones, and with them what was decided: nothing tells any more that there was a report."""
    came_by = today - kept("tombstone", "receipt")
    return work.session.execute(_TOMBSTONES, {"came_by": came_by}).scalar_one(), []


def closings(work: Work, today: date) -> tuple[int, list[str]]:
    """Delete the counts of months that ended too long ago."""
    last = today - kept("closings", "month_end")
    late = delete(Closing).where(
        Closing.city_id == work.city_id, Closing.month != "", Closing.month < f"{last:%Y-%m}"
    )
    return len(list(work.session.scalars(late.returning(Closing.value)))), []


def staff(work: Work, today: date) -> tuple[int, list[str]]:
    """Delete closed accounts and keys of importers; what they did stands for as long by their number alone."""
    last = today - kept("staff", "leaving")
    people = delete(Account).where(Account.city_id == work.city_id, Account.disabled_on <= last)
    importers = delete(Importer).where(Importer.city_id == work.city_id, Importer.revoked_on <= last)
    gone = [
        *work.session.scalars(people.returning(Account.id)),
        *work.session.scalars(importers.returning(Importer.id)),
    ]
    return len(gone), []
