"""Questions asked of the database in more than one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from backend.errors import NotFound, Unavailable
from backend.store.models import City, CityKey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Insert
    from sqlalchemy.orm import Session

    from backend.store.database import Database


@dataclass(frozen=True)
class MonthKey:
    """The public key that this month's reports are sealed to; `month` is its name, `2026-11` or `2026-11.02`."""

    month: str
    public_key: bytes


def find_city(session: Session, city_id: str) -> City:
    """Return a city.

    Raises:
        NotFound: there is no such city.
    """
    city = session.get(City, city_id)
    if city is None:
        raise NotFound("There is no such city here.")
    return city


def city_ids(database: Database) -> Sequence[str]:
    """Return the ids of all cities; which cities there are is public."""
    with database.session("") as session:
        return session.scalars(select(City.city_id).order_by(City.city_id)).all()


def inserted(session: Session, statement: Insert) -> bool:
    """Run an insert that gives way to an existing row; say whether it was the one that wrote."""
    done = session.execute(statement.execution_options(preserve_rowcount=True))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def month_of(instant: datetime) -> str:
    """Return the name of the key month of an instant."""
    return f"{instant:%Y-%m}"


def month_key(session: Session, city_id: str, instant: datetime) -> MonthKey:
    """Return the public key to seal to now: the newest of the month, which may have been rotated within it.

    Raises:
        Unavailable: the key of this month was not made yet.
    """
    month = month_of(instant)
    of_month = (CityKey.city_id == city_id, CityKey.month.startswith(month, autoescape=True))
    found = session.scalars(select(CityKey).where(*of_month).order_by(CityKey.month.desc()).limit(1)).first()
    if found is None:
        raise Unavailable("The keys of this month are not ready; please try again in a minute.")
    return MonthKey(found.month, found.public_key)
