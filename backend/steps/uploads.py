"""Take in photos piece by piece, whole or in parts that are put together later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import text

from backend.domain.retention import kept
from backend.domain.workflow import State
from backend.errors import NotFound
from backend.store.queries import month_of
from backend.store.uploads import UNKNOWN, Upload, call, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from backend.store.pieces import Piece
    from backend.store.work import Work

MOST_PARTS = 32  # of one report at a time
MOST_PIECES = 4000  # of one upload: 15 MB, less than 4 kB at a time
UNEXPECTED = "This report expects no such photo of this size."

# The newest key of the month: it may have been rotated within it.
_FIND = text("""
    select u.*, k.name as month
    from (select coalesce(max(c.month), :month) as name from city_keys c
          where c.city_id = :city and c.month like :month || '%') k,
        upload_find(:receipt, :upload, k.name) u
""")


@dataclass(frozen=True)
class Promise:
    """Which expected photo an upload is for; without a size, the phone says it later."""

    report_id: UUID
    name: str
    size: int | None


@dataclass(frozen=True)
class Started:
    """An upload that can begin, and the blobs of what had to make room for it."""

    id: UUID
    expires: datetime
    gone: Sequence[str]


def create(work: Work, receipt: bytes, promise: Promise) -> Started:
    """Start (or start over) the upload of an expected photo.

    Args:
        work: the transaction.
        receipt: the keyed hash of the receipt.
        promise: the photo as the report announced it.

    Raises:
        NotFound: the report expects no such photo of this size, or the receipt is another's.
    """
    asked = {"report": promise.report_id, "name": promise.name, "size": promise.size}
    return _started(work, "upload_start(:receipt, :report, :name, :size, :upload, :ends)", receipt, asked)


def create_part(work: Work, receipt: bytes, size: int | None) -> Started:
    """Start a part of a photo; which photo is said when the parts are put together.

    Raises:
        NotFound: the receipt is unknown, or its report expects less than this.
    """
    asked = {"size": size, "most": MOST_PARTS}
    return _started(work, "part_start(:receipt, :size, :upload, :ends, :most)", receipt, asked)


def _started(work: Work, function: str, receipt: bytes, asked: dict[str, Any]) -> Started:
    upload_id, expires = uuid4(), work.clock.now() + kept("uploads")
    known = {"receipt": receipt, "upload": upload_id, "ends": expires}
    gone: list[str] | None = work.session.scalar(text(f"select {function}"), known | asked)
    if gone is None:
        raise NotFound(UNEXPECTED)
    return Started(upload_id, expires, gone)


def join(work: Work, receipt: bytes, promise: Promise, parts: Sequence[UUID]) -> Started:
    """Put an expected photo together from finished parts; asked again, the answer is the same.

    Raises:
        NotFound: the photo is not expected, or a part is unknown. Conflict: a part is not
            finished. InvalidInput: together they are not as long as the photo.
    """
    expires = work.clock.now() + kept("uploads")
    row = call(
        work,
        "upload_join(:receipt, :report, :name, :parts, :upload, :ends, :now)",
        {"receipt": receipt, "report": promise.report_id, "name": promise.name, "parts": list(parts)}
        | {"upload": uuid4(), "ends": expires},
    )
    if row.outcome not in {"joined", "again"}:
        refuse(row.outcome)
    _wake(work, row.ready)
    return Started(row.upload, expires, row.gone or ())


def find(work: Work, receipt: bytes, upload_id: UUID) -> Upload:
    """Tell how far an upload has come.

    Raises:
        NotFound: unknown, expired before it was complete, or another receipt's.
    """
    now = work.clock.now()
    told = {"city": work.city_id, "receipt": receipt, "upload": upload_id, "month": month_of(now)}
    row = work.session.execute(_FIND, told).one_or_none()
    if row is None or (row.expires < now and row.received != row.size):
        raise NotFound(UNKNOWN)
    parts = None if row.parts is None else tuple(row.parts)
    return Upload(**row._asdict() | {"id": upload_id, "parts": parts})


def check_room(upload: Upload, offset: int, coming: int) -> None:
    """Refuse bytes that an upload cannot take, before they are read.

    Raises:
        NotAllowed: it was put together. Conflict: it stands elsewhere, or the report went on.
        TooLarge: it would be longer than announced.
    """
    if upload.parts is not None:
        refuse("whole")
    if offset != upload.received:
        refuse("moved")
    if upload.size is not None and offset + coming > upload.size:
        refuse("large")
    if coming and not upload.open:
        refuse("closed")


def take(
    work: Work, receipt: bytes, upload: Upload, *, at: int, told: int | None, pieces: Sequence[Piece]
) -> int:
    """Note pieces that are sealed and stored, and wake the workers after the last byte.

    Args:
        work: the transaction.
        receipt: the keyed hash of the receipt.
        upload: as it was found when the pieces were sealed.
        at: the offset of the first piece.
        told: the length, where the phone says it only now.
        pieces: what follows at that offset.

    Returns:
        The new offset.

    Raises:
        Conflict: another request was first, or the report went on. TooLarge: too many bytes.
        InvalidInput: another length than announced. NotFound: it was ended meanwhile.
    """
    row = call(
        work,
        "upload_take(:receipt, :upload, :at, :told, :month, cast(:sizes as bigint[]), "
        "cast(:wraps as bytea[]), cast(:blobs as text[]), :most, :now)",
        {"receipt": receipt, "upload": upload.id, "at": at, "told": told, "month": upload.month}
        | {
            "sizes": [piece.size for piece in pieces],
            "wraps": [piece.wrapped for piece in pieces],
            "blobs": [piece.blob for piece in pieces],
            "most": MOST_PIECES,
        },
    )
    if row.outcome != "taken":
        refuse(row.outcome)
    _wake(work, row.ready)
    return at + sum(piece.size for piece in pieces)


def end(work: Work, receipt: bytes, upload_id: UUID) -> Sequence[str]:
    """End an upload; its photo is expected again.

    Returns:
        The blobs that are left over.

    Raises:
        NotFound: as for `find`. Conflict: the report went on with the photo.
    """
    row = call(work, "upload_end(:receipt, :upload)", {"receipt": receipt, "upload": upload_id})
    if row.outcome != "ended":
        refuse(row.outcome)
    gone: list[str] = row.gone
    return gone


def _wake(work: Work, ready: UUID | None) -> None:
    if ready is not None:
        work.wake(ready, State.RECEIVED)
