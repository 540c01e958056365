"""Add staff accounts and importers."""

from __future__ import annotations

import base64
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from backend.domain.citystaff import issuer_of
from backend.domain.clock import local_date
from backend.errors import Conflict, NotFound, UnprocessableInput
from backend.store import trail
from backend.store.locks import hold_account
from backend.store.models import Account, Factor, Importer, Role
from backend.store.passwords import HASHER
from backend.store.queries import find_city
from backend.store.secondfactor import subject_hash
from backend.store.secrets import keyed_hash
from backend.store.sessions import actor_of, end_others

if TYPE_CHECKING:
    from uuid import UUID

    from backend.domain.permissions import Actor
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
    _open_account(work, name).trained = trained


def _open_account(work: Work, name: str) -> Account:
    query = select(Account).where(
        Account.city_id == work.city_id, Account.name == name, Account.disabled_on.is_(None)
    )
    account = work.session.scalar(query)
    if account is None:
        raise NotFound("No account of this name is open in this city.", field="name")
    return account


def acting_as(work: Work, name: str) -> Actor:
    """Return the open account of a name as who acts, for an operator who does something in its name.

    Raises:
        NotFound: there is no open account of that name.
    """
    account = _open_account(work, name)
    return replace(actor_of(account), by_operator=True)


def bind_subject(work: Work, staff_key: bytes, name: str, subject: str) -> None:
    """Bind an account to a subject of the city's OpenID provider; only a keyed hash of it is kept.

    Raises:
        NotFound: there is no open account of that name. Conflict: another account is bound to the subject.
        UnprocessableInput: the city has no provider, or the subject is empty.
    """
    issuer = issuer_of(find_city(work.session, work.city_id).policy)
    if issuer is None or not subject:
        raise UnprocessableInput("This city has no OpenID provider, or no subject was told.", field="subject")
    account = _open_account(work, name)
    hold_account(work, account.id)
    account.subject_hash = subject_hash(staff_key, work.city_id, issuer.url, subject)
    try:
        work.session.flush()
    except IntegrityError as taken:
        raise Conflict("Another account is bound to this subject.", field="subject") from taken
    end_others(work, account)


def reset_factors(work: Work, name: str) -> int:
    """Remove every second factor of who lost them, and end their sessions; the trail says so.

    Returns:
        How many there were.

    Raises:
        NotFound: there is no open account of that name.
    """
    account = _open_account(work, name)
    hold_account(work, account.id)
    own = (Factor.city_id == work.city_id, Factor.account_id == account.id)
    gone = work.session.execute(delete(Factor).where(*own).returning(Factor.id)).all()
    end_others(work, account)
    trail.append(work, {"what": "factors_reset", "account": account.id, "count": len(gone)})
    return len(gone)


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
            if isinstance(row, Account):
                _leave(work, row)
        closed += len(rows)
    if not closed:
        raise NotFound("No account or importer of this name is open in this city.", field="name")
    return closed


def _leave(work: Work, account: Account) -> None:
    """End the sessions of who is shut out, and forget their second factors and who they are at the city."""
    end_others(work, account)
    account.subject_hash = None
    own = (Factor.city_id == work.city_id, Factor.account_id == account.id)
    work.session.execute(delete(Factor).where(*own))


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
