"""What a moderator may see of one report: its public half, opened, and never the original."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from backend.errors import NotFound
from backend.store.models import Photo, PhotoState, Report
from backend.store.sealed import Opener
from backend.store.seals import Binding, KeyClass, open_sealed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.store.blobs import Blobs
    from backend.store.keyring import KeyRing
    from backend.store.work import Work

# Beside the words of each label: flags, place type and time of day, proposed with their words. No category's code.
ASIDES = "*asides"


def public_half(work: Work, keyring: KeyRing, report: Report) -> dict[str, Any]:
    """Return redacted words, labels with the words that carried them, and photos.

    The text is None where the report has not been anonymised, or was erased.
    """
    opener = Opener(work.session, keyring, report.city_id, report.id)
    words = opener.read("public_words")
    carried = opener.read("label_words") or {}
    return {
        "text": None if words is None else words.get("text") or "",
        "spans": (words or {}).get("spans", []),
        "setting": (words or {}).get("setting", {}),
        "asides": carried.get(ASIDES, []),
        "labels": [label | {"words": carried.get(label["code"], [])} for label in report.labels],
        "photos": photos(work, report),
    }


def photos(work: Work, report: Report) -> Sequence[Photo]:
    """Return the rows of a report's photos in the order of their names."""
    query = select(Photo).where(Photo.city_id == report.city_id, Photo.report_id == report.id)
    return work.session.scalars(query.order_by(Photo.name)).all()


def redacted_photo(work: Work, keyring: KeyRing, blobs: Blobs, report: Report, name: str) -> bytes:
    """Return the JPEG of a redacted photo.

    Raises:
        NotFound: there is no such photo, or it is withheld, not ready or erased.
    """
    photo = work.session.get(Photo, (report.city_id, report.id, name))
    if photo is None or photo.state is not PhotoState.REDACTED or photo.public_blob is None:
        raise NotFound("There is no such photo to look at.")
    key = Opener(work.session, keyring, report.city_id, report.id).key_of(KeyClass.PUBLIC)
    return open_sealed(key, Binding(report.id, f"public_photo:{name}"), blobs.get(photo.public_blob))
