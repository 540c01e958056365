"""Add a mask to a photo, or lift one; a worker then makes the picture anew, and until it has, nobody sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from backend.domain import masks
from backend.domain.permissions import Permission
from backend.errors import Conflict, NotFound
from backend.store import trail
from backend.store.leases import Hold, held
from backend.store.models import Photo, PhotoState
from backend.store.remakes import original_kept, remake_job

if TYPE_CHECKING:
    from backend.domain.permissions import Actor
    from backend.store.work import Work


class Picture(NamedTuple):
    """A photo of a report, and the proof that the account holds the report."""

    hold: Hold
    name: str


def add(work: Work, actor: Actor, picture: Picture, edges: masks.Edges, reason: str) -> Photo:
    """Cover a rectangle of a photo of a report that the account holds.

    Where the original is erased by now, the worker fills the public picture further.

    Raises:
        NotFound: no such report, or no picture of this name. Conflict: the lease is stale, or there are too many.
        UnprocessableInput: the rectangle does not lie in the picture, or the reason is not on the list.
    """
    photo = _photo(work, actor, picture)
    size = (photo.width or 0, photo.height or 0)
    told = masks.with_added(photo.masks or [], edges, size, reason)
    return _changed(work, actor, photo, told, "mask_added", mask=len(told) - 1, reason=reason)


def lift(work: Work, actor: Actor, picture: Picture, number: int, reason: str) -> Photo:
    """Show again what a mask covers in a photo of a report that the account holds.

    Raises:
        NotFound: no such report, picture or mask. UnprocessableInput: the reason is not on the list.
        Conflict: the lease is stale, the mask was lifted already, or the original is erased.
    """
    photo = _photo(work, actor, picture)
    told = masks.with_lifted(photo.masks or [], number, reason)
    if not original_kept(work, photo):
        raise Conflict("The original of this photo is erased: what a mask covers is gone for good.")
    return _changed(work, actor, photo, told, "mask_lifted", mask=number, reason=reason)


def _photo(work: Work, actor: Actor, picture: Picture) -> Photo:
    actor.need(Permission.MASK)
    report = held(work, actor, picture.hold)
    photo = work.session.get(Photo, (report.city_id, report.id, picture.name))
    if photo is None or photo.public_blob is None or photo.state is PhotoState.WITHHELD:
        raise NotFound("There is no picture of this name to mask.")
    return photo


def _changed(work: Work, actor: Actor, photo: Photo, told: list[Any], what: str, **codes: Any) -> Photo:
    """Hide the old picture and wake a worker, in the transaction that notes who did it and why."""
    photo.masks = told
    photo.state = PhotoState.RECEIVED
    work.outgoing.append(remake_job(work.city_id, photo.report_id))
    entry = {"what": what, "account": actor.account_id, "report": photo.report_id, "photo": photo.name}
    trail.append(work, entry | codes)
    return photo
