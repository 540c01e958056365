"""What erasing one item means: keys and ciphertexts are deleted, what is left says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Text, cast, delete, func, select, update

from backend.domain.workflow import State
from backend.store.models import (
    Alert,
    Decision,
    Forward,
    Likeness,
    Message,
    Opening,
    Photo,
    PhotoChunk,
    PhotoPart,
    Report,
    ReportKey,
    Sealed,
    Training,
)
from backend.store.seals import KeyClass
from workers.forgetting.left import closings, staff, tombstone
from workers.forgetting.terms import ended, over

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from uuid import UUID

    from backend.store.work import Work

    # Erases an item of one city; returns how much there was, and the blobs that nobody can read any more.
    Erasing = Callable[[Work, date], tuple[int, list[str]]]

_UNDECIDED = (
    State.AWAITING_PHOTOS,
    State.RECEIVED,
    State.ANONYMISED,
    State.IN_REVIEW,
    State.ASKED,
    State.SECOND_LOOK,
    State.ESCALATED,
    State.APPEALED,
    State.QUARANTINED,
    State.APPROVED,
)
# A tombstone keeps the kind, the state and the days of receipt and of closing.
_BLANK: dict[str, object] = {
    **dict.fromkeys(
        ("cell", "area", "occurred_on", "daypart", "audit", "primary_group", "language", "model")
    ),
    **dict.fromkeys(("reply_key", "due_at", "lease_until", "claimed_by", "claim_token", "claim_until")),
    **dict.fromkeys(("counts", "burst", "appealed"), False),
    "countable_on": None,
    "categories": [],
    "labels": [],
    "flags": [],
    "counted_in": [],
    "urgency": 0,
    "minor": False,
    "forward_consent": False,
    "barred": [],
    "duplicate_of": None,
}


def point(work: Work, today: date) -> tuple[int, list[str]]:
    """Erase exact places."""
    return _class(work, KeyClass.POINT, over("point", today)), []


def words(work: Work, today: date) -> tuple[int, list[str]]:
    """Erase the words as they were sent."""
    return _class(work, KeyClass.WORDS, over("words", today)), []


def photos(work: Work, today: date) -> tuple[int, list[str]]:
    """Erase the photos as they were sent, and what was promised of them."""
    late = over("photos", today)
    blobs = _pieces(work, *_of(work, PhotoChunk, late))
    return _class(work, KeyClass.PHOTOS, late) + len(blobs), blobs


def _pieces(work: Work, *which: ColumnElement[bool]) -> list[str]:
    return list(work.session.scalars(delete(PhotoChunk).where(*which).returning(PhotoChunk.blob)))


def _pictures(work: Work, *which: ColumnElement[bool]) -> list[str | None]:
    return list(work.session.scalars(delete(Photo).where(*which).returning(Photo.public_blob)))


def public_half(work: Work, today: date) -> tuple[int, list[str]]:
    """Erase what moderators could see: redacted words and photos, notes, labels, messages."""
    late = over("public_half", today)
    found = _pictures(work, *_of(work, Photo, late))
    work.session.execute(delete(Likeness).where(*_of(work, Likeness, late)))
    sent = delete(Message).where(*_of(work, Message, late)).returning(Message.number)
    count = _class(work, KeyClass.PUBLIC, late) + len(list(work.session.scalars(sent)))
    return count + len(found), [blob for blob in found if blob is not None]


def training(work: Work, today: date) -> tuple[int, list[str]]:
    """Erase what is kept to learn from; that a report was approved and waits for its release keeps it no longer."""
    late = delete(Training).where(*_of(work, Training, over("training", today)))
    return len(list(work.session.scalars(late.returning(Training.report_id)))), []


def receipt(work: Work, today: date) -> tuple[int, list[str]]:
    """Leave a tombstone: nothing that a receipt opens, nothing of what was told, nor who told it."""
    over_now = (Report.city_id == work.city_id, ended(today))
    ids = list(work.session.scalars(select(Report.id).where(*over_now).with_for_update(skip_locked=True)))
    if not ids:
        return 0, []
    these = (Report.city_id == work.city_id, Report.id.in_(ids))
    work.session.execute(
        update(Report)
        .where(*these, Report.state.in_(_UNDECIDED))
        .values(state=State.WITHDRAWN, closed_on=today)
    )
    merged = (Report.city_id == work.city_id, Report.duplicate_of.in_(ids))
    work.session.execute(update(Report).where(*merged).values(duplicate_of=None))
    blobs = _all_around(work, ids)
    unknown = func.sha256(func.convert_to(cast(func.gen_random_uuid(), Text), "UTF8"))
    work.session.execute(update(Report).where(*these).values(**_BLANK, erased_on=today, receipt_hash=unknown))
    work.session.execute(
        update(Decision)
        .where(Decision.city_id == work.city_id, Decision.report_id.in_(ids))
        .values(categories=[], primary_group=None, undo_until=None)
    )
    return len(ids), blobs


def _all_around(work: Work, ids: Sequence[UUID]) -> list[str]:
    """Delete every row about some reports, whichever came since the item it belongs to was erased.

    Who told an undecided report is in no release, which would have erased it.
    """
    for table in (Sealed, ReportKey, Likeness, Message, PhotoPart, Forward, Alert, Opening, Training):
        work.session.execute(delete(table).where(table.city_id == work.city_id, table.report_id.in_(ids)))
    pieces = _pieces(work, PhotoChunk.city_id == work.city_id, PhotoChunk.report_id.in_(ids))
    pictures = _pictures(work, Photo.city_id == work.city_id, Photo.report_id.in_(ids))
    return [*pieces, *(blob for blob in pictures if blob is not None)]


# The items of the schedule that this job erases; the others end with an event or by themselves.
ERASING: dict[str, Erasing] = {
    "point": point,
    "words": words,
    "photos": photos,
    "public_half": public_half,
    "training": training,
    "receipt": receipt,
    "tombstone": tombstone,
    "staff": staff,
    "closings": closings,
}


def _of(
    work: Work,
    table: type[Likeness | Message | Photo | PhotoChunk | Sealed | ReportKey | Training],
    late: ColumnElement[bool],
) -> tuple[ColumnElement[bool], ...]:
    ids = select(Report.id).where(Report.city_id == work.city_id, Report.erased_on.is_(None), late)
    return table.city_id == work.city_id, table.report_id.in_(ids)


def _class(work: Work, kind: KeyClass, late: ColumnElement[bool]) -> int:
    """Delete the keys of a class and all under them; return how many keys there were."""
    work.session.execute(delete(Sealed).where(*_of(work, Sealed, late), Sealed.key_class == kind))
    keys = delete(ReportKey).where(*_of(work, ReportKey, late), ReportKey.key_class == kind)
    return len(list(work.session.scalars(keys.returning(ReportKey.report_id))))
