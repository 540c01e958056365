"""Counts tries to be somebody: a few in a minute for each account, and then none until it has passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert

from backend.domain.factors import TRIES, TRIES_WITHIN
from backend.errors import TooManyTries
from backend.store.models import Tries

if TYPE_CHECKING:
    from backend.store.work import Work, Works


def spend(works: Works, city_id: str, slot: bytes) -> None:
    """Count a try before its outcome is known, in a transaction of its own: failing takes nothing back.

    Raises:
        TooManyTries: there were as many within the last minute as there may be.
    """
    with works.open(city_id) as work:
        used = _counted(work, slot)
    if used > TRIES:
        raise TooManyTries("This was tried too often. Wait a minute, then try again.")


def _counted(work: Work, slot: bytes) -> int:
    now = work.clock.now()
    fresh = insert(Tries).values(city_id=work.city_id, slot=slot, since=now, used=1)
    over = Tries.since <= now - TRIES_WITHIN
    counted = fresh.on_conflict_do_update(
        index_elements=[Tries.city_id, Tries.slot],
        set_={
            "used": case((over, 1), else_=Tries.used + 1),
            "since": case((over, now), else_=Tries.since),
        },
    ).returning(Tries.used)
    return int(work.session.execute(counted).scalar_one())


def forgive(work: Work, slot: bytes) -> None:
    """Forget the tries of who got it right."""
    work.session.execute(delete(Tries).where(Tries.city_id == work.city_id, Tries.slot == slot))
