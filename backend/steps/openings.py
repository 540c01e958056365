"""Four eyes on what is sealed: one asks to open it, another allows it, and every step leaves an entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import aliased

from backend.domain.openings import ASKED_FOR, OPEN_FOR, REASONS, Sought
from backend.domain.permissions import Permission
from backend.errors import Conflict, NotAllowed, NotFound, UnprocessableInput
from backend.store import trail
from backend.store.leases import locked, only_shown_to
from backend.store.models import Account, Opening, OpeningState, Photo, Report
from backend.store.originals import close_expired, opened_photo, opened_words
from backend.store.seals import KeyClass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from backend.domain.permissions import Actor
    from backend.store.blobs import Blobs
    from backend.store.keyring import KeyRing
    from backend.store.work import Work


@dataclass(frozen=True)
class Told:
    """An opening, and the pseudonyms of the two."""

    opening: Opening
    asked_by: str
    answered_by: str | None


def ask(
    work: Work, actor: Actor, report_id: UUID, what: Sought, *, reason: str, photo: str | None = None
) -> Told:
    """Ask to see words, the exact place or a photo as they were sent.

    Raises:
        NotFound: there is no such report or photo here. UnprocessableInput: the reason is not on the
            list, or a photo is named where none is asked for. Conflict: the same is being asked already.
    """
    actor.need(Permission.REVIEW)
    report = locked(work, actor, report_id)
    close_expired(work)
    if reason not in REASONS:
        raise UnprocessableInput(
            f"A reason to open something is one of: {', '.join(REASONS)}.", field="reason"
        )
    if (what is Sought.PHOTOS) != (photo is not None):
        raise UnprocessableInput("Name the photo when a photo is asked for, and only then.", field="photo")
    if photo is not None and work.session.get(Photo, (work.city_id, report.id, photo)) is None:
        raise NotFound("There is no such photo to look at.")
    opening = Opening(
        city_id=work.city_id, id=uuid4(), report_id=report.id, key_class=KeyClass(what.value), photo=photo,
        reason=reason, state=OpeningState.ASKED, asked_by=actor.account_id, until=work.clock.now() + ASKED_FOR,
    )  # fmt: skip
    _refuse_twice(work, opening)
    work.session.add(opening)
    _note(work, actor, opening, "opening_asked")
    return Told(opening, actor.pseudonym, None)


def _refuse_twice(work: Work, fresh: Opening) -> None:
    query = select(Opening.id).where(
        Opening.city_id == fresh.city_id,
        Opening.report_id == fresh.report_id,
        Opening.key_class == fresh.key_class,
        Opening.photo.is_not_distinct_from(fresh.photo),
        Opening.state.in_((OpeningState.ASKED, OpeningState.GRANTED)),
    )
    if work.session.scalar(query.limit(1)) is not None:
        raise Conflict("This is being asked for already, or is open.")


def pending(work: Work, actor: Actor) -> Sequence[Told]:
    """Return what is asked or open right now, oldest first; only of reports that the account is shown."""
    actor.need(Permission.REVIEW)
    close_expired(work)
    first, second = aliased(Account), aliased(Account)
    query = (
        select(Opening, first.pseudonym, second.pseudonym)
        .join(Report, (Report.city_id == Opening.city_id) & (Report.id == Opening.report_id))
        .join(first, (first.city_id == Opening.city_id) & (first.id == Opening.asked_by))
        .outerjoin(second, (second.city_id == Opening.city_id) & (second.id == Opening.answered_by))
        .where(
            Opening.city_id == work.city_id,
            Opening.state.in_((OpeningState.ASKED, OpeningState.GRANTED)),
            *only_shown_to(actor, work.clock.now()),
        )
        .order_by(Opening.until, Opening.id)
    )
    return [Told(*row) for row in work.session.execute(query)]


def answer(work: Work, actor: Actor, opening_id: UUID, *, grant: bool) -> None:
    """Allow or refuse what somebody else asked for.

    Raises:
        NotFound: there is no such question. NotAllowed: it is one's own, or the account may not.
        Conflict: it was answered already, or too long ago.
    """
    actor.need(Permission.GRANT_OPENING)
    opening = _found(work, actor, opening_id)
    if opening.asked_by == actor.account_id:
        raise NotAllowed("Somebody else has to allow what you asked for.")
    if opening.state is not OpeningState.ASKED:
        raise Conflict("This was answered already, or nobody did in time.")
    opening.state = OpeningState.GRANTED if grant else OpeningState.REFUSED
    opening.answered_by = actor.account_id
    opening.until = work.clock.now() + OPEN_FOR
    _note(work, actor, opening, "opening_granted" if grant else "opening_refused")


def _found(work: Work, actor: Actor, opening_id: UUID) -> Opening:
    close_expired(work)
    opening = work.session.get(Opening, (work.city_id, opening_id), with_for_update=True)
    if opening is None:
        raise NotFound("There is no such opening here.")
    locked(work, actor, opening.report_id)
    return opening


def _open_one(work: Work, actor: Actor, opening_id: UUID, *, photo: bool) -> Opening:
    """Return an opening that stands open for who asked, having noted the look."""
    actor.need(Permission.REVIEW)
    opening = _found(work, actor, opening_id)
    if opening.asked_by != actor.account_id or (opening.photo is not None) != photo:
        raise NotFound("There is no such opening here.")
    if opening.state is not OpeningState.GRANTED:
        raise Conflict("Nobody has allowed this, or the time is over.")
    return opening


def read(work: Work, keyring: KeyRing, actor: Actor, opening_id: UUID) -> dict[str, Any]:
    """Return opened words, or an opened place.

    Raises:
        NotFound: there is no such opening for this account, or nothing is left to open.
        Conflict: it was not allowed, or is closed again.
    """
    opening = _open_one(work, actor, opening_id, photo=False)
    content = opened_words(work, keyring, opening)
    _note(work, actor, opening, "opening_read")
    return content


def read_photo(work: Work, keyring: KeyRing, blobs: Blobs, actor: Actor, opening_id: UUID) -> bytes:
    """Return the bytes of an opened photo.

    Raises:
        NotFound, Conflict: as for `read`.
    """
    opening = _open_one(work, actor, opening_id, photo=True)
    content = opened_photo(work, keyring, blobs, opening)
    _note(work, actor, opening, "opening_read")
    return content


def _note(work: Work, actor: Actor, opening: Opening, what: str) -> None:
    entry = {
        "what": what, "account": actor.account_id, "report": opening.report_id, "opening": opening.id,
        "sought": opening.key_class, "photo": opening.photo, "reason": opening.reason,
    }  # fmt: skip
    trail.append(work, entry)
