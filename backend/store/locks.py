"""Locks of a whole city, or of one account, held until the end of the transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from uuid import UUID

    from backend.store.work import Work

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('farola.releases.' || :city, 0))")

_ACCOUNT = text(
    "select pg_advisory_xact_lock(hashtextextended('farola.account.' || :city || '.' || :account, 0))"
)


def hold_releases(work: Work) -> None:
    """Let only one transaction of a city at a time draw a release, or add to what it counts."""
    work.session.execute(_LOCK, {"city": work.city_id})


def hold_account(work: Work, account_id: UUID) -> None:
    """Let only one transaction at a time change how an account logs in; the staff's login may lock no account's row."""
    work.session.execute(_ACCOUNT, {"city": work.city_id, "account": str(account_id)})
