"""Making pictures anew after a moderator added or lifted masks, from the sealed originals while these exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from backend.domain.masks import standing
from backend.store.models import Photo, PhotoState, Report
from backend.store.remakes import waiting_photos
from backend.store.sealed import Opener
from backend.store.seals import Binding, KeyClass, open_sealed
from workers.anonymise.boxes import Mask
from workers.anonymise.originals import chunks_of, open_photo
from workers.anonymise.photo import PhotoWithheld, RedactedPhoto, refill_photo, refill_public
from workers.anonymise.stage import keep_picture
from workers.runtime import current

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from backend.store.models import PhotoChunk
    from backend.store.work import Work
    from workers.runtime import Runtime

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Wanted:
    """A photo whose picture no longer fits its masks, and all that a new one is made from."""

    photo: Photo
    masks: list[dict[str, Any]]
    chunks: Sequence[PhotoChunk]
    sha256: str | None
    key: bytes


def remake_report(city_id: str, report_id: UUID) -> None:
    """Make every picture of a report that waits for it. Safe to run twice.

    Nothing is raised, because RQ would keep the error with all its words: what was not made now is found by
    `workers.remakes`, and until then the photo is not shown.
    """
    try:
        _remake(current(), city_id, report_id)
    except Exception as failure:  # noqa: BLE001 - see above
        log.warning("remake_failed", report=str(report_id), error=type(failure).__name__)


def _remake(runtime: Runtime, city_id: str, report_id: UUID) -> None:
    with runtime.works.open(city_id) as work:
        wanted = [_wanted(runtime, work, photo) for photo in waiting_photos(work, report_id)]
    for each in wanted:
        made, reason = _made(runtime, each)
        with runtime.works.open(city_id) as work:
            old = _keep(runtime, work, each, made, reason)
        runtime.blobs.delete(old)


def _wanted(runtime: Runtime, work: Work, photo: Photo) -> Wanted:
    opener = Opener(work.session, runtime.keyring, work.city_id, photo.report_id)
    chunks = chunks_of(work, photo.report_id, photo.name)
    # The promise is erased together with the original.
    promised = (opener.read("manifest") or {}) if chunks else {}
    key = opener.key_of(KeyClass.PUBLIC)
    return Wanted(photo, list(photo.masks or []), chunks, promised.get(photo.name), key)


def _made(runtime: Runtime, wanted: Wanted) -> tuple[RedactedPhoto | None, str | None]:
    """Make the picture, or say why there is none."""
    try:
        return _refilled(runtime, wanted), None
    except PhotoWithheld as withheld:
        return None, withheld.reason


def _refilled(runtime: Runtime, wanted: Wanted) -> RedactedPhoto | None:
    photo = wanted.photo
    masks = [_mask(mask) for mask in standing(wanted.masks)]
    if wanted.chunks:
        data = open_photo(runtime, wanted.chunks, wanted.sha256)
        return None if data is None else refill_photo(data, masks, (photo.width or 0, photo.height or 0))
    binding = Binding(photo.report_id, f"public_photo:{photo.name}")
    public = open_sealed(wanted.key, binding, runtime.blobs.get(photo.public_blob or ""))
    return refill_public(public, masks)


def _mask(mask: Mapping[str, Any]) -> Mask:
    return Mask(mask["kind"], mask["x0"], mask["y0"], mask["x1"], mask["y1"], mask.get("score", 1.0))


def _keep(
    runtime: Runtime, work: Work, wanted: Wanted, made: RedactedPhoto | None, reason: str | None
) -> list[str]:
    """Write the outcome unless the photo moved on meanwhile; return the blobs that nothing points at now."""
    own = (work.city_id, wanted.photo.report_id)
    report = work.session.get(Report, own, with_for_update=True)
    photo = None if report is None else work.session.get(Photo, (*own, wanted.photo.name))
    if photo is None or photo.state is not PhotoState.RECEIVED or photo.masks != wanted.masks:
        return []
    old = [photo.public_blob] if photo.public_blob else []
    if made is None:
        photo.state, photo.reason, photo.public_blob = PhotoState.WITHHELD, reason or "incomplete", None
    else:
        keep_picture(runtime, photo, wanted.key, made)
    return old
