"""Take a report to read it, keep it, give it back; nobody gets what another holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from backend.domain.permissions import Permission
from backend.domain.workflow import REVIEW_LEASE
from backend.errors import Conflict
from backend.store import notes, trail
from backend.store.company import Alike, alike
from backend.store.leases import Hold, Lease, drop, give, held, holder, locked
from backend.store.messages import messages_of
from backend.store.models import Account, Area, Decision, Report
from backend.store.public_half import public_half, redacted_photo
from backend.store.queries import find_city
from backend.store.waiting import near, next_free
from backend.store.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from backend.domain.permissions import Actor
    from backend.store.blobs import Blobs
    from backend.store.keyring import KeyRing
    from backend.store.work import Work


@dataclass(frozen=True)
class Past:
    """An earlier decision, who took it, and what they noted for their colleagues."""

    decision: Decision
    pseudonym: str
    note: str | None


@dataclass(frozen=True)
class Reading:
    """A report as its moderator sees it: the row, the opened public half, and what is around it."""

    lease: Lease
    report: Report
    half: dict[str, Any]
    area_name: str | None
    alike: Sequence[Alike]
    near: int
    messages: int
    history: Sequence[Past]
    policy: Mapping[str, Any]


def claim(work: Work, keyring: KeyRing, actor: Actor, report_id: UUID) -> Reading:
    """Take one report of the queue.

    Raises:
        NotFound: there is no such report. Conflict: somebody else holds it, or it does not wait.
    """
    actor.need(Permission.REVIEW)
    return _take(work, keyring, actor, locked(work, actor, report_id))


def claim_next(work: Work, keyring: KeyRing, actor: Actor, wanted: Wanted) -> Reading | None:
    """Take the first report that nobody holds; None when there is none."""
    actor.need(Permission.REVIEW)
    report = next_free(work, actor, wanted)
    return None if report is None else _take(work, keyring, actor, report)


def _take(work: Work, keyring: KeyRing, actor: Actor, report: Report) -> Reading:
    lease, half = give(work, actor, report), public_half(work, keyring, report)
    reading = Reading(
        lease,
        report,
        half,
        _area_name(work, report),
        alike(work, actor, half["asides"]),
        near(work, actor, report),
        messages_of(work, [report.id]).get(report.id, 0),
        _history(work, keyring, report),
        find_city(work.session, work.city_id).policy,
    )
    trail.append(work, {"what": "claimed", "account": actor.account_id, "report": report.id})
    return reading


def _area_name(work: Work, report: Report) -> str | None:
    return work.session.scalar(
        select(Area.name).where(Area.city_id == report.city_id, Area.code == report.area)
    )


def _history(work: Work, keyring: KeyRing, report: Report) -> Sequence[Past]:
    """Return earlier decisions with the pseudonyms of who took them, oldest first."""
    query = (
        select(Decision, Account.pseudonym)
        .join(Account, (Account.city_id == Decision.city_id) & (Account.id == Decision.account_id))
        .where(Decision.city_id == report.city_id, Decision.report_id == report.id)
        .order_by(Decision.sequence)
    )
    told = notes.read(work, keyring, report)
    return [Past(row, pseudonym, told.get(row.sequence)) for row, pseudonym in work.session.execute(query)]


def heartbeat(work: Work, actor: Actor, hold: Hold) -> datetime:
    """Hold a report for another five minutes; return until when.

    Raises:
        NotFound, Conflict: as for `held`.
    """
    actor.need(Permission.REVIEW)
    report = held(work, actor, hold)
    report.claim_until = work.clock.now() + REVIEW_LEASE
    return report.claim_until


def release(work: Work, actor: Actor, hold: Hold) -> None:
    """Give a report back to the queue undecided.

    Raises:
        NotFound, Conflict: as for `held`.
    """
    actor.need(Permission.REVIEW)
    report = held(work, actor, hold)
    drop(report)
    trail.append(work, {"what": "released", "account": actor.account_id, "report": report.id})


def look_at_photo(
    work: Work, keyring: KeyRing, blobs: Blobs, actor: Actor, *, report_id: UUID, name: str
) -> bytes:
    """Return a redacted photo of a report that the account holds; every look leaves an entry.

    Raises:
        NotFound: no such report or photo here. Conflict: the report is not held by this account.
    """
    actor.need(Permission.REVIEW)
    report = locked(work, actor, report_id)
    if holder(report, work.clock.now()) != actor.account_id:
        raise Conflict("Claim the report before you look at its photos.")
    jpeg = redacted_photo(work, keyring, blobs, report, name)
    seen = {"what": "photo_seen", "account": actor.account_id, "report": report.id, "photo": name}
    trail.append(work, seen)
    return jpeg
