"""What moderators decided, kept to learn from: redacted words and labels under a key pair of their own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_once

from backend.domain.workflow import State
from backend.store.models import Report, Training, TrainingKey
from backend.store.queries import inserted, month_of
from backend.store.sealed import Opener
from backend.store.seals import Binding, new_key, open_sealed, seal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.store.keyring import KeyRing
    from backend.store.work import Work

_FIELD = "training"


@dataclass(frozen=True)
class Correction:
    """One decision to learn from: the redacted text and the labels a person settled on.

    `language` and `area` are what the report still says of itself, None where it is blanked by now.
    """

    report_id: UUID
    text: str
    labels: frozenset[str]
    language: str | None
    area: str | None


def keep(work: Work, keyring: KeyRing, report: Report) -> bool:
    """Seal the redacted words and the labels of a report that is approved; say whether it was kept.

    Nothing is kept where the city has no training key, where there are no words, or of what a child tells
    or is told of, which only who is trained for it may read.
    """
    if report.state is not State.APPROVED or report.minor:
        return False
    newest = select(TrainingKey).where(TrainingKey.city_id == work.city_id)
    key = work.session.scalars(newest.order_by(TrainingKey.month.desc()).limit(1)).first()
    if key is None:
        return False
    told = Opener(work.session, keyring, work.city_id, report.id).read("public_words") or {}
    if not told.get("text"):
        return False
    # Who decides reads no row of this table: the one before is put away unseen.
    drop(work, report.id)
    fresh = new_key(key.public_key)
    content = json.dumps({"text": told["text"], "labels": sorted(report.categories)}, ensure_ascii=False)
    row = {
        "city_id": work.city_id, "report_id": report.id, "month": key.month, "wrapped": fresh.wrapped,
        "ciphertext": seal(fresh.key, Binding(report.id, _FIELD), content.encode()),
    }  # fmt: skip
    work.session.execute(insert(Training.__table__).values(row))  # type: ignore[arg-type]
    return True


def drop(work: Work, report_id: UUID) -> None:
    """Erase what is kept of a report to learn from."""
    work.session.execute(
        delete(Training).where(Training.city_id == work.city_id, Training.report_id == report_id)
    )


def corrections(work: Work, training: KeyRing) -> Iterator[Correction]:
    """Open what is kept of a city, in the order of report ids; `training` holds the training keys.

    Raises:
        SealError: the private key of a month is not here, or a row was changed.
    """
    rows = (
        select(Training, Report.language, Report.area)
        .join(Report, (Report.city_id == Training.city_id) & (Report.id == Training.report_id))
        .where(Training.city_id == work.city_id)
        .order_by(Training.report_id)
    )
    for row, language, area in work.session.execute(rows):
        key = training.unwrap(work.city_id, row.month, row.wrapped)
        told = json.loads(open_sealed(key, Binding(row.report_id, _FIELD), row.ciphertext))
        yield Correction(row.report_id, told["text"], frozenset(told["labels"]), language, area)


def renew_key(work: Work, training: KeyRing) -> tuple[str, list[str]]:
    """Make this month's training pair where missing, and destroy those that open nothing any more.

    Returns:
        The month that is sealed to from now on, and the months whose private key was destroyed.
    """
    month = month_of(work.clock.now())
    row = {"city_id": work.city_id, "month": month, "public_key": training.make(work.city_id, month)}
    made = insert_once(TrainingKey.__table__).values(row).on_conflict_do_nothing()  # type: ignore[arg-type]
    inserted(work.session, made)
    needed = {month, *work.session.scalars(select(Training.month).where(Training.city_id == work.city_id))}
    late = [one for one in training.months(work.city_id) if one not in needed]
    work.session.execute(
        delete(TrainingKey).where(TrainingKey.city_id == work.city_id, TrainingKey.month.in_(late))
    )
    for one in late:
        training.destroy(work.city_id, one)
    return month, late
