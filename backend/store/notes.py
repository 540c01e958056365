"""What moderators note for each other about a report: words, and so sealed with its public half."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from backend.errors import Conflict, NotFound
from backend.store.models import Report, Sealed
from backend.store.sealed import Opener
from backend.store.seals import Binding, KeyClass, open_sealed, seal

if TYPE_CHECKING:
    from backend.store.keyring import KeyRing
    from backend.store.work import Work

FIELD = "note"
PUBLIC = "public_note"  # meant for the resident, once a second person agrees


def write(
    work: Work, keyring: KeyRing, report: Report, sequence: int, words: str, *, field: str = FIELD
) -> None:
    """Seal a note beside the decision of this sequence.

    Raises:
        Conflict: the report has no public half, so there is no key to seal under.
    """
    try:
        key = Opener(work.session, keyring, report.city_id, report.id).key_of(KeyClass.PUBLIC)
    except NotFound as missing:
        raise Conflict("A report that was never anonymised cannot carry a note.", field="note") from missing
    binding = Binding(report.id, field, version=sequence)
    work.session.add(
        Sealed(
            city_id=report.city_id,
            report_id=report.id,
            field=field,
            version=sequence,
            key_class=KeyClass.PUBLIC,
            ciphertext=seal(key, binding, words.encode()),
        )
    )


def read(work: Work, keyring: KeyRing, report: Report, field: str = FIELD) -> dict[int, str]:
    """Return the notes of a report by the sequence of their decisions."""
    query = select(Sealed).where(
        Sealed.city_id == report.city_id, Sealed.report_id == report.id, Sealed.field == field
    )
    rows = work.session.scalars(query).all()
    if not rows:
        return {}
    key = Opener(work.session, keyring, report.city_id, report.id).key_of(KeyClass.PUBLIC)
    return {
        row.version: open_sealed(key, Binding(report.id, field, version=row.version), row.ciphertext).decode()
        for row in rows
    }
