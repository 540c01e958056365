"""Log staff in, recognise them, and log them out."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, or_, select

from backend.domain.clock import local_date
from backend.domain.permissions import Actor
from backend.errors import NotAllowed, Unauthenticated, Unavailable
from backend.store import trail
from backend.store.models import Account, StaffSession
from backend.store.passwords import HASHER
from backend.store.queries import find_city
from backend.store.tokens import derived, fits, new_token, token_hash

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from backend.store.work import Work, Works

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
# A session in use is written anew once a minute, not at every request.
_FRESH = timedelta(minutes=1)
_CSRF = "farola csrf"
_REFUSED = "Name or password is wrong, or the account is closed."
_ENDED = "Nobody is logged in here, or the log-in ran out. Log in again."

# Each check takes 64 MiB and half a second of a core: no more at once than there are cores.
_CHECKS = BoundedSemaphore(os.cpu_count() or 1)
_PATIENCE = 2.0


@dataclass(frozen=True)
class LogIn:
    """A fresh session: its two secrets, which nobody can read again, and when it ends at the latest."""

    token: str
    csrf: str
    expires_at: datetime
    actor: Actor


@cache
def _nobody() -> str:
    """Return a hash to check against when there is no such account, made as all others are."""
    return HASHER.hash(new_token())


def log_in(works: Works, city_id: str, name: str, password: str) -> LogIn:
    """Check a password and open a session.

    The work is the same whether the name is known or not, and no transaction is held while
    the password is hashed. Success and failure both leave an entry in the trail.

    Raises:
        Unauthenticated: unknown name, wrong password or closed account; they are not told apart.
        NotFound: there is no such city. Unavailable: too many log-ins at once.
    """
    with works.open(city_id) as work:
        account = _open_account(work, name)
    right = _matches(account.password_hash if account else _nobody(), password)
    with works.open(city_id) as work:
        if account is not None and right:
            return _begin(work, account)
        trail.append(work, {"what": "log_in_failed", "account": account and account.id})
    raise Unauthenticated(_REFUSED)


def _open_account(work: Work, name: str) -> Account | None:
    today = _today(work)
    account = work.session.scalar(
        select(Account).where(Account.city_id == work.city_id, Account.name == name)
    )
    return None if account is None or _is_closed(account, today) else account


def _today(work: Work) -> date:
    return local_date(work.clock, find_city(work.session, work.city_id).timezone)


def _is_closed(account: Account, today: date) -> bool:
    return account.disabled_on is not None and account.disabled_on <= today


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _CHECKS.acquire(timeout=_PATIENCE):
        raise Unavailable("Many people are logging in right now; please try again.")
    try:
        yield
    finally:
        _CHECKS.release()


def _matches(password_hash: str, password: str) -> bool:
    with _one_of_few():
        try:
            return HASHER.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def _begin(work: Work, account: Account) -> LogIn:
    now, token = work.clock.now(), new_token()
    csrf = derived(token, _CSRF)
    work.session.execute(
        delete(StaffSession).where(
            StaffSession.city_id == work.city_id,
            StaffSession.account_id == account.id,
            or_(StaffSession.idle_until <= now, StaffSession.ends_at <= now),
        )
    )
    work.session.add(
        StaffSession(
            city_id=work.city_id,
            token_hash=token_hash(token),
            csrf_hash=token_hash(csrf),
            account_id=account.id,
            idle_until=now + IDLE,
            ends_at=now + LONGEST,
        )
    )
    trail.append(work, {"what": "logged_in", "account": account.id})
    return LogIn(token, csrf, now + LONGEST, _actor(account))


def _actor(account: Account) -> Actor:
    return Actor(account.id, account.pseudonym, account.role, account.trained)


def resume(work: Work, token: str) -> Actor:
    """Recognise who holds a session's token, and keep the session awake.

    Raises:
        Unauthenticated: unknown, idle for 30 minutes, older than 8 hours, or the account was closed.
    """
    session, account = _session(work, token)
    now = work.clock.now()
    if session.idle_until - now < IDLE - _FRESH:
        session.idle_until = now + IDLE
    return _actor(account)


def _session(work: Work, token: str) -> tuple[StaffSession, Account]:
    session = work.session.get(StaffSession, (work.city_id, token_hash(token)))
    now = work.clock.now()
    if session is None or session.idle_until <= now or session.ends_at <= now:
        raise Unauthenticated(_ENDED)
    account = work.session.get_one(Account, (work.city_id, session.account_id))
    if _is_closed(account, _today(work)):
        raise Unauthenticated(_ENDED)
    return session, account


def check_csrf(work: Work, token: str, csrf: str) -> None:
    """Refuse a change that comes with a cookie alone, as another site could send it.

    Raises:
        NotAllowed: the second secret is missing or belongs to another session.
    """
    session = work.session.get(StaffSession, (work.city_id, token_hash(token)))
    if session is None or not fits(csrf, session.csrf_hash):
        raise NotAllowed("A change needs the header X-CSRF-Token of this session.", field="X-CSRF-Token")


def known(work: Work, token: str) -> LogIn:
    """Return a running session again, as a page that was loaded anew needs it.

    Raises:
        Unauthenticated: as for `resume`.
    """
    session, account = _session(work, token)
    return LogIn(token, derived(token, _CSRF), session.ends_at, _actor(account))


def log_out(work: Work, token: str) -> None:
    """End a session at once."""
    session, account = _session(work, token)
    work.session.delete(session)
    trail.append(work, {"what": "logged_out", "account": account.id})
