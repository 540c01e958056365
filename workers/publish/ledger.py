"""The ledger: a layer and period is planned before any count is read, and drawn once."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.domain.periods import release_name, release_named
from backend.store.locks import hold_releases
from backend.store.models import Ledger, LedgerPlan
from workers.publish.document import read_document

if TYPE_CHECKING:
    from backend.domain.layers import Layer
    from backend.domain.periods import Period
    from backend.store.work import Work
    from workers.publish.document import ReleaseDocument
    from workers.publish.plan import Plan

Name = tuple[str, str]
"""A layer, and the name of a release: its period, or that of a correction beside it."""


def enter_plan(work: Work, plan: Plan) -> None:
    """Write the plan's hash before any count is read; entered again after a crash, nothing changes."""
    row = {
        "city_id": work.city_id,
        "layer": plan.layer.name,
        "period": plan.period.name,
        "correction": int(plan.correction),
        "plan_hash": plan.hash,
        "planned_at": work.clock.now(),
    }
    work.session.execute(insert(LedgerPlan.__table__).values(row).on_conflict_do_nothing())  # type: ignore[arg-type]


def hold(work: Work, layer: Layer, period: Period, *, correction: bool = False) -> Ledger | None:
    """Let only one process draw; return the row when the release was drawn before."""
    hold_releases(work)
    return work.session.get(Ledger, (work.city_id, layer.name, period.name, int(correction)))


def enter_release(work: Work, document: ReleaseDocument, data: bytes) -> None:
    """Write the one row of a release, with its bytes."""
    work.session.add(
        Ledger(
            city_id=work.city_id,
            layer=document.layer.name,
            period=document.period.name,
            correction=int(document.correction),
            epsilon=str(document.epsilon),
            plan_hash=document.plan,
            release=data,
            release_hash=hashlib.sha256(data).hexdigest(),
            drawn_at=work.clock.now(),
        )
    )


def drawn(work: Work) -> list[Name]:
    """Return layer and name of every release of a city; one that was withdrawn is never drawn again."""
    query = select(Ledger.layer, Ledger.period, Ledger.correction).where(Ledger.city_id == work.city_id)
    rows = work.session.execute(query.order_by(Ledger.period, Ledger.layer, Ledger.correction))
    return [(layer, release_name(period, correction=bool(number))) for layer, period, number in rows]


def release_bytes(work: Work, layer: str, name: str) -> bytes:
    """Return the release file of one release, as it was drawn."""
    period, correction = release_named(name)
    return bytes(work.session.get_one(Ledger, (work.city_id, layer, period.name, int(correction))).release)


def documents(work: Work) -> list[ReleaseDocument]:
    """Return every release of a city that stands, in one order, read back from the ledger's bytes."""
    query = select(Ledger.release).where(Ledger.city_id == work.city_id, Ledger.withdrawn_at.is_(None))
    rows = work.session.scalars(query.order_by(Ledger.period, Ledger.layer))
    return [_read(bytes(data)) for data in rows]


@lru_cache(maxsize=512)
def _read(release: bytes) -> ReleaseDocument:
    """Read a release once, though every later plan looks at it."""
    return read_document(release)
