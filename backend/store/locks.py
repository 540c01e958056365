"""Locks of a whole city, held until the end of the transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from backend.store.work import Work

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('farola.releases.' || :city, 0))")


def hold_releases(work: Work) -> None:
    """Let only one transaction of a city at a time draw a release, or add to what it counts."""
    work.session.execute(_LOCK, {"city": work.city_id})
