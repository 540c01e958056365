"""Make the month keys a city seals to, some time ahead."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.errors import SealError
from backend.store.keyring import public_of
from backend.store.models import CityKey
from backend.store.queries import inserted, month_key, month_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from backend.store.keyring import KeyRing
    from backend.store.work import Work


def _months(now: datetime) -> tuple[str, str]:
    """Return the names of this month and the next."""
    return month_of(now), month_of(now.replace(day=1) + timedelta(days=32))


def ensure_month_keys(work: Work, keyring: KeyRing) -> list[str]:
    """Make this month's and next month's key pair where missing; idempotent.

    The private half is on disk before the public half can be used to seal.

    Returns:
        The months whose public key was added now.
    """
    return [month for month in _months(work.clock.now()) if _add(work, keyring, month)]


def _add(work: Work, keyring: KeyRing, name: str) -> bool:
    """Make a pair unless it is there; say whether its public key was added now."""
    row = {"city_id": work.city_id, "month": name, "public_key": keyring.make(work.city_id, name)}
    made = insert(CityKey.__table__).values(row).on_conflict_do_nothing()  # type: ignore[arg-type]
    return inserted(work.session, made)


def rotate(work: Work, keyring: KeyRing) -> str:
    """Make one more pair for this month, which all is sealed to from now on; return its name.

    The pair before it still opens what was sealed to it, and is destroyed on its day.

    Raises:
        Unavailable: this month has no key yet that could be followed by another.
    """
    month, _, number = month_key(work.session, work.city_id, work.clock.now()).month.partition(".")
    name = f"{month}.{int(number or 1) + 1:02}"
    _add(work, keyring, name)
    return name


def check_keys(work: Work, keys: Mapping[str, bytes]) -> None:
    """See that private keys are those whose public halves a city seals to.

    `keys` are the private keys by `city/month`; those of other cities are left alone.

    Raises:
        SealError: some belong to other public keys, named.
    """
    rows = work.session.scalars(select(CityKey).where(CityKey.city_id == work.city_id)).all()
    public = {f"{row.city_id}/{row.month}": bytes(row.public_key) for row in rows}
    wrong = [name for name, key in keys.items() if name in public and public_of(key) != public[name]]
    if wrong:
        raise SealError(f"This is not the key that reports are sealed to: {', '.join(sorted(wrong))}.")


def check_here(work: Work, keyring: KeyRing, oldest: str) -> None:
    """See that every private key of a city that something may need is here, and is the right one.

    Raises:
        SealError: some are missing, damaged or wrong, named.
    """
    rows = work.session.scalars(select(CityKey.month).where(CityKey.city_id == work.city_id)).all()
    keys = keyring.every()
    missing = [month for month in sorted(rows) if month >= oldest and f"{work.city_id}/{month}" not in keys]
    if missing:
        raise SealError(f"Private keys of {work.city_id} are missing: {', '.join(missing)}.")
    check_keys(work, keys)
