"""What uploads leave behind: pieces that nobody waits for any more, and blobs that no row knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import and_, delete, or_, select, tuple_, update

from backend.domain.workflow import State
from backend.store.blobs import originals_of, public_of, report_of
from backend.store.models import Photo, PhotoChunk, PhotoPart, PhotoState, Report
from backend.store.queries import city_ids

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select

    from backend.store.work import Work
    from workers.runtime import Runtime

T = TypeVar("T")
# A blob is written before its row; nothing takes a day from the one to the other.
YOUNG = timedelta(days=1)
BETWEEN = timedelta(days=1)


@dataclass
class Leftovers:
    """Clears up in one process: rows at every round, blobs once a day."""

    runtime: Runtime
    _looked: datetime | None = None

    def clear(self) -> None:
        """Delete what is left over in every city."""
        now = self.runtime.clock.now()
        look = self._looked is None or now - self._looked >= BETWEEN
        for city_id in city_ids(self.runtime.works.database):
            clear_rows(self.runtime, city_id)
            if look:
                clear_blobs(self.runtime, city_id)
        self._looked = now if look else self._looked


def clear_rows(runtime: Runtime, city_id: str) -> None:
    """Delete what came of uploads that expired, and parts that no report waits for."""
    with runtime.works.open(city_id) as work:
        blobs = [*_parts(work), *_photos(work)]
    runtime.blobs.delete(blobs)


def _parts(work: Work) -> Sequence[str]:
    waits = Report.state == State.AWAITING_PHOTOS
    late = or_(PhotoPart.expires < work.clock.now(), ~waits)
    query = select(PhotoPart.report_id, PhotoPart.id).join(Report, _same_report(PhotoPart)).where(late)
    found = _locked(work, query)
    ids = [part for _, part in found]
    work.session.execute(delete(PhotoPart).where(PhotoPart.city_id == work.city_id, PhotoPart.id.in_(ids)))
    return _pieces(work, [(report, str(part)) for report, part in found])


def _photos(work: Work) -> Sequence[str]:
    """Forget uploads that expired before they were complete; their photos are still expected."""
    late = (Photo.state == PhotoState.EXPECTED, Photo.upload_expires < work.clock.now())
    query = select(Photo.report_id, Photo.name).join(Report, _same_report(Photo)).where(*late)
    found = _locked(work, query.where(Report.state == State.AWAITING_PHOTOS))
    for report, name in found:
        this = (Photo.city_id == work.city_id, Photo.report_id == report, Photo.name == name)
        work.session.execute(
            update(Photo)
            .where(*this)
            .values(upload_id=None, upload_expires=None, received=0, chunks=0, deferred=False)
        )
    return _pieces(work, found)


def _same_report(table: type[Photo | PhotoPart]) -> ColumnElement[bool]:
    return and_(Report.city_id == table.city_id, Report.id == table.report_id)


def _locked(work: Work, query: Select[UUID, T]) -> list[tuple[UUID, T]]:
    """Lock the reports first, as uploads do; one that is busy is looked at in the next round."""
    held = query.where(Report.city_id == work.city_id).with_for_update(
        of=Report, key_share=True, skip_locked=True
    )
    return [(row[0], row[1]) for row in work.session.execute(held)]


def _pieces(work: Work, of: Sequence[tuple[UUID, str]]) -> Sequence[str]:
    gone = delete(PhotoChunk).where(
        PhotoChunk.city_id == work.city_id, tuple_(PhotoChunk.report_id, PhotoChunk.name).in_(of)
    )
    return work.session.scalars(gone.returning(PhotoChunk.blob)).all()


def clear_blobs(runtime: Runtime, city_id: str) -> None:
    """Delete blobs without a row, such as a process leaves that dies between writing the two."""
    before = runtime.clock.now() - YOUNG
    for folder, table, column in (
        (originals_of(city_id), PhotoChunk, PhotoChunk.blob),
        (public_of(city_id), Photo, Photo.public_blob),
    ):
        for paths in runtime.blobs.older(folder, before):
            reports = {report_of(path) for path in paths}
            known = select(column).where(table.city_id == city_id, table.report_id.in_(reports))
            with runtime.works.open(city_id) as work:
                kept = set(work.session.scalars(known))
            runtime.blobs.delete(set(paths) - kept)
