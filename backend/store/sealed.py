"""The sealed parts of one report: written with public keys, read with private ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert

from backend.errors import NotFound
from backend.store.models import ReportKey, Sealed
from backend.store.seals import Binding, KeyClass, new_key, open_sealed, seal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from backend.store.keyring import KeyRing
    from backend.store.queries import MonthKey

# Which key each sealed field stands under: fields of one class are erased together.
CLASS_OF = {
    "point": KeyClass.POINT,
    "words": KeyClass.WORDS,
    "manifest": KeyClass.PHOTOS,
    "about_me": KeyClass.ABOUT_ME,
    "public_words": KeyClass.PUBLIC,
    "label_words": KeyClass.PUBLIC,
    "forwarded": KeyClass.PUBLIC,
}

Rows = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def sealed_rows(city_id: str, report_id: UUID, key: MonthKey, contents: Mapping[str, Any]) -> Rows:
    """Seal JSON contents by field; return rows of keys and of ciphertexts.

    Fields of one class share a fresh key. The keys leave memory with this call.
    """
    made = {kind: new_key(key.public_key) for kind in {CLASS_OF[field] for field in contents}}
    own = {"city_id": city_id, "report_id": report_id}
    keys = [
        own | {"key_class": kind, "month": key.month, "wrapped": fresh.wrapped}
        for kind, fresh in made.items()
    ]
    ciphertexts = [
        own
        | {
            "field": field,
            "version": 1,
            "key_class": CLASS_OF[field],
            "ciphertext": seal(made[CLASS_OF[field]].key, Binding(report_id, field), _bytes(content)),
        }
        for field, content in contents.items()
    ]
    return keys, ciphertexts


def _bytes(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def write_sealed(
    session: Session, city_id: str, report_id: UUID, key: MonthKey, contents: Mapping[str, Any]
) -> None:
    """Seal and insert; a login that cannot read these tables may call it."""
    if contents:
        keys, ciphertexts = sealed_rows(city_id, report_id, key, contents)
        session.execute(insert(ReportKey.__table__), keys)  # type: ignore[arg-type]
        session.execute(insert(Sealed.__table__), ciphertexts)  # type: ignore[arg-type]


def erase_class(session: Session, city_id: str, report_id: UUID, kind: KeyClass) -> None:
    """Delete a key and everything under it: the erasure of that class."""
    for table in (Sealed, ReportKey):
        session.execute(
            delete(table).where(
                table.city_id == city_id, table.report_id == report_id, table.key_class == kind
            )
        )


class Opener:
    """Opens the sealed parts of one report for a process that holds the private keys."""

    def __init__(self, session: Session, keyring: KeyRing, city_id: str, report_id: UUID) -> None:
        self._session = session
        self._keyring = keyring
        self._city_id = city_id
        self._report_id = report_id

    def _row(self, field: str) -> Sealed | None:
        return self._session.get(Sealed, (self._city_id, self._report_id, field, 1))

    def key_of(self, kind: KeyClass) -> bytes:
        """Return the content key of a class.

        Raises:
            NotFound: it was erased. SealError: the private key does not fit.
        """
        row = self._session.get(ReportKey, (self._city_id, self._report_id, kind))
        if row is None:
            raise NotFound("This part of the report was erased.")
        return self._keyring.unwrap(self._city_id, row.month, row.wrapped)

    def add(self, field: str, content: object) -> None:
        """Seal a field under a key the report already has, replacing what was there."""
        key_class = CLASS_OF[field]
        ciphertext = seal(self.key_of(key_class), Binding(self._report_id, field), _bytes(content))
        self._session.merge(
            Sealed(
                city_id=self._city_id,
                report_id=self._report_id,
                field=field,
                version=1,
                key_class=key_class,
                ciphertext=ciphertext,
            )
        )

    def read(self, field: str) -> Any | None:
        """Return the JSON content of a field, None when there is none or it was erased."""
        row = self._row(field)
        if row is None:
            return None
        key = self.key_of(row.key_class)
        return json.loads(open_sealed(key, Binding(self._report_id, field), row.ciphertext))
