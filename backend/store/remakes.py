"""Photos that wait to be made anew: received before, masked, and not shown until a worker has been there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from backend.domain.workflow import Stage
from backend.store.models import Photo, PhotoState
from backend.store.work import Job

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from backend.store.work import Work

_AT_ONCE = 500
_ORIGINAL = text("select farola.original_kept(:report, :name)")


def remake_job(city_id: str, report_id: UUID) -> Job:
    """The job that makes a report's pictures anew; it stands in the queue of those who anonymise."""
    return Job(Stage.ANONYMISE, city_id, report_id, 0, task="remake")


def waiting_photos(work: Work, report_id: UUID | None = None) -> Sequence[Photo]:
    """Return photos of the city, or of one report, whose picture no longer fits their masks."""
    query = select(Photo).where(
        Photo.city_id == work.city_id, Photo.state == PhotoState.RECEIVED, Photo.masks.is_not(None)
    )
    if report_id is not None:
        query = query.where(Photo.report_id == report_id)
    return work.session.scalars(query.order_by(Photo.report_id, Photo.name).limit(_AT_ONCE)).all()


def original_kept(work: Work, photo: Photo) -> bool:
    """Tell whether the sealed original of a photo still exists, to a process that may not read it."""
    return bool(work.session.scalar(_ORIGINAL, {"report": photo.report_id, "name": photo.name}))
