"""Add staff accounts and importers."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from backend.domain.clock import local_date
from backend.errors import Conflict, NotFound, UnprocessableInput
from backend.store.models import Account, Importer, Role
from backend.store.passwords import HASHER
from backend.store.queries import find_city
from backend.store.secrets import keyed_hash

if TYPE_CHECKING:
    from uuid import UUID

    from backend.store.work import Work

_SHORTEST, _LONGEST = 12, 128


def add_account(work: Work, name: str, pseudonym: str, role: Role, password: str) -> UUID:
    """Add a member of the city's staff.

    Raises:
        UnprocessableInput: the password is too short or too long.
        Conflict: the name or the pseudonym is taken.
    """
    find_city(work.session, work.city_id)
    if not _SHORTEST <= len(password) <= _LONGEST:
        raise UnprocessableInput(f"A password has {_SHORTEST} to {_LONGEST} characters.", field="password")
    account = Account(
        city_id=work.city_id,
        id=uuid4(),
        name=name,
        pseudonym=pseudonym,
        role=role,
        password_hash=HASHER.hash(password),
    )
    work.session.add(account)
    try:
        work.session.flush()
    except IntegrityError as taken:
        raise Conflict("This name or pseudonym is taken in this city.", field="name") from taken
    return account.id


def set_trained(work: Work, name: str, *, trained: bool) -> None:
    """Say whether a member of staff is trained to read what children tell; it holds at once.

    Raises:
        NotFound: there is no open account of that name.
    """
    query = select(Account).where(
        Account.city_id == work.city_id, Account.name == name, Account.disabled_on.is_(None)
    )
    account = work.session.scalar(query)
    if account is None:
        raise NotFound("No account of this name is open in this city.", field="name")
    account.trained = trained


def close_account(work: Work, name: str) -> int:
    """Shut out, from now on, a member of staff or the importers of a name.

    Returns:
        How many accounts and keys were closed.

    Raises:
        NotFound: there is none of that name that is still open.
    """
    today = local_date(work.clock, find_city(work.session, work.city_id).timezone)
    closed = 0
    for table, ended in ((Account, Account.disabled_on), (Importer, Importer.revoked_on)):
        of_name = (table.city_id == work.city_id, table.name == name, ended.is_(None))
        rows = work.session.scalars(select(table).where(*of_name)).all()
        for row in rows:
            setattr(row, ended.key, today)
        closed += len(rows)
    if not closed:
        raise NotFound("No account or importer of this name is open in this city.", field="name")
    return closed


def add_importer(work: Work, pepper: bytes, name: str) -> str:
    """Add an importer and return its key, which is shown once and kept as a hash only."""
    city = find_city(work.session, work.city_id)
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
    work.session.add(
        Importer(
            city_id=work.city_id,
            name=name,
            key_hash=importer_hash(work, pepper, key),
            added_on=local_date(work.clock, city.timezone),
        )
    )
    return key


def importer_hash(work: Work, pepper: bytes, key: str) -> bytes:
    """Return what is stored of an importer's key."""
    return keyed_hash(pepper, "importer", work.city_id, key)
