"""The trail of what staff did: one hash chain a city, appended to and never edited.

Each digest is SHA-256 over the digest before it and the entry in canonical JSON, with the
city, the sequence and the time. Changing, removing or reordering any entry breaks the chain
from there on; a cut-off end shows against a head that was noted elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select, text

from backend.store.models import Account, Trail

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from backend.store.work import Work

START = bytes(hashlib.sha256().digest_size)
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
_SHORTEN = text("select the_sequence, the_digest from farola.trail_shorten(:before)")
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('farola.trail.' || :city, 0))")


@dataclass(frozen=True)
class Head:
    """The newest entry of a chain; whoever notes it elsewhere can later prove that nothing was cut off."""

    sequence: int
    digest: bytes


def append(work: Work, entry: Mapping[str, Any]) -> Head:
    """Add an entry of ids and codes as the last act of a transaction.

    A lock of the city's chain, held until the commit, keeps two writers from forking it.

    Raises:
        ValueError: the entry holds something that may be words.
    """
    told = {key: _code(value) for key, value in entry.items() if value is not None}
    work.session.flush()
    work.session.execute(_LOCK, {"city": work.city_id})
    last = head(work.session, work.city_id)
    row = Trail(
        city_id=work.city_id,
        sequence=last.sequence + 1,
        at=work.clock.now(),
        entry=told,
        previous=last.digest,
        digest=b"",
    )
    row.digest = digest_of(row)
    work.session.add(row)
    work.session.flush()
    return Head(row.sequence, row.digest)


def _code(value: Any) -> Any:
    """Return an id, a code, a number or a list of them as JSON holds it; nothing else may be noted."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple):
        return [_code(inner) for inner in value]
    if not isinstance(value, str | UUID) or not _CODE.fullmatch(str(value)):
        raise ValueError("The trail holds ids and codes only.")
    return str(value)


def head(session: Session, city_id: str) -> Head:
    """Return the newest entry of a city's chain; sequence 0 before the first."""
    found = session.execute(
        select(Trail.sequence, Trail.digest)
        .where(Trail.city_id == city_id)
        .order_by(Trail.sequence.desc())
        .limit(1)
    ).one_or_none()
    return Head(0, START) if found is None else Head(found.sequence, found.digest)


def first(session: Session, city_id: str) -> int:
    """Return the sequence of the oldest entry that is kept; 1 before there is any."""
    return session.scalar(select(func.min(Trail.sequence)).where(Trail.city_id == city_id)) or 1


def newest(session: Session, city_id: str, before: int | None, limit: int) -> Sequence[Trail]:
    """Return the newest entries of a city's chain, or those before a sequence, newest first."""
    query = select(Trail).where(Trail.city_id == city_id)
    if before is not None:
        query = query.where(Trail.sequence < before)
    return session.scalars(query.order_by(Trail.sequence.desc()).limit(limit)).all()


def pseudonyms(session: Session, city_id: str, rows: Sequence[Trail]) -> dict[str, str]:
    """Return who some entries are of, by the id of the account; accounts that were forgotten are missing."""
    ids = {UUID(told) for row in rows if (told := row.entry.get("account"))}
    query = select(Account.id, Account.pseudonym).where(Account.city_id == city_id, Account.id.in_(ids))
    return {str(one): pseudonym for one, pseudonym in session.execute(query)} if ids else {}


def digest_of(row: Trail) -> bytes:
    """Return what the digest of an entry must be."""
    told = {"city": row.city_id, "sequence": row.sequence, "at": _instant(row.at), "entry": row.entry}
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(row.previous + canonical.encode()).digest()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def shorten(work: Work, before: datetime) -> Head | None:
    """Remove what is older than a moment from the beginning of a city's chain; the newest entry stays.

    Returns:
        The last entry that went: whoever verifies has to know it; None where nothing went.
    """
    found = work.session.execute(_SHORTEN, {"before": before}).one_or_none()
    return None if found is None else Head(found.the_sequence, bytes(found.the_digest))


def verify(session: Session, city_id: str, *noted: Head, cuts: Collection[Head] = ()) -> int | None:
    """Walk a city's chain; return the sequence of the first entry that is wrong or missing, else None.

    `noted` are heads seen earlier: the chain must still hold them. Where a chain fits in itself and
    not to such a head, it was written anew, from the head before at the earliest: that is what is told.
    `cuts` are the only entries after which a chain may begin whose beginning was removed on its day.
    """
    query = select(Trail).where(Trail.city_id == city_id).order_by(Trail.sequence)
    with closing(session.scalars(query.execution_options(yield_per=1000))) as rows:
        return _first_bad(rows, {head.sequence: head for head in noted}, cuts)


def _first_bad(rows: Iterable[Trail], noted: Mapping[int, Head], cuts: Collection[Head] = ()) -> int | None:
    last = fits = Head(0, START)
    for row in rows:
        before = Head(row.sequence - 1, row.previous)
        if last.sequence == 0 and before in cuts:
            last = fits = before
        if row.sequence != last.sequence + 1 or row.previous != last.digest or row.digest != digest_of(row):
            return last.sequence + 1
        last = Head(row.sequence, row.digest)
        if noted.get(last.sequence, last) != last:
            return fits.sequence + 1
        fits = last if last.sequence in noted else fits
    return last.sequence + 1 if max(noted, default=0) > last.sequence else None
