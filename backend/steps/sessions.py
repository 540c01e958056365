"""Log staff in, recognise them, and log them out."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from backend.domain.factors import Step
from backend.errors import NotAllowed, Unauthenticated, Unavailable
from backend.store import sessions, trail
from backend.store.knownbrowsers import again_slot, log_in_slot
from backend.store.locks import hold_account
from backend.store.models import Account, StaffSession
from backend.store.passwords import HASHER
from backend.store.queries import find_city
from backend.store.sessions import LogIn
from backend.store.tokens import fits, new_token, token_hash
from backend.store.tries import forgive, spend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.domain.permissions import Actor
    from backend.store.work import Work, Works

IDLE, LONGEST = sessions.IDLE, sessions.LONGEST
# A session in use is written anew once a minute, not at every request.
_FRESH = timedelta(minutes=1)
_REFUSED = "Name or password is wrong, or the account is closed."
_UNFINISHED = "Finish logging in first: the second factor is still to come."

# Each check takes 64 MiB and half a second of a core: no more at once than there are cores.
_CHECKS = BoundedSemaphore(os.cpu_count() or 1)
_PATIENCE = 2.0


@cache
def _nobody() -> str:
    """Return a hash to check against when there is no such account, made as all others are."""
    return HASHER.hash(new_token())


def log_in(
    works: Works, staff_key: bytes, city_id: str, name: str, password: str, *, mark: str = ""
) -> LogIn:
    """Check a password and open a session; where a second factor is due it is good for that alone.

    The work is the same whether the name is known or not, and no transaction is held while
    the password is hashed. Success and failure both leave an entry in the trail. `mark` is that of
    a browser in which the name logged in before, which has tries of its own.

    Raises:
        Unauthenticated: unknown name, wrong password or closed account; they are not told apart.
        NotFound: there is no such city. Unavailable: too many log-ins at once.
        TooManyTries: this name, known or not, was tried too often in the last minute, in this browser or in others.
    """
    with works.open(city_id) as work:
        account = _open_account(work, name)
    counted = log_in_slot(staff_key, city_id, name, mark)
    spend(works, city_id, counted)
    right = _matches(account.password_hash if account else _nobody(), password)
    with works.open(city_id) as work:
        if account is not None and right:
            forgive(work, counted)
            hold_account(work, account.id)
            return _begin(work, account)
        sessions.refused(work, "log_in_failed", account)
    raise Unauthenticated(_REFUSED)


def _open_account(work: Work, name: str) -> Account | None:
    find_city(work.session, work.city_id)
    account = work.session.scalar(
        select(Account).where(Account.city_id == work.city_id, Account.name == name)
    )
    return None if account is None or sessions.is_closed(work, account) else account


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
    login = sessions.begin(work, account, sessions.next_step(work, account, by_password=True))
    if login.step is not Step.FACTOR:
        trail.append(work, {"what": "logged_in", "account": account.id})
    return login


def say_again(works: Works, staff_key: bytes, city_id: str, token: str, password: str) -> LogIn:
    """Let whoever is logged in prove anew who they are, before they change how they log in.

    Who has a second factor is asked for it next.

    Raises:
        Unauthenticated: as for `resume`, or the password is wrong. TooManyTries: as for `log_in`.
    """
    with works.open(city_id) as work:
        _, account = sessions.find(work, token)
    counted = again_slot(staff_key, city_id, account.id)
    spend(works, city_id, counted)
    right = _matches(account.password_hash, password)
    with works.open(city_id) as work:
        session, account = sessions.find_alone(work, token)
        if right:
            forgive(work, counted)
            step = sessions.next_step(work, account, by_password=True)
            return sessions.renew(work, session, account, step)
        sessions.refused(work, "log_in_failed", account)
    raise NotAllowed("The password is wrong.", field="password")


def resume(work: Work, token: str, *, unfinished: bool = False, attended: bool = True) -> Actor:
    """Recognise who holds a session's token, and keep the session awake if a person is behind the request.

    Raises:
        Unauthenticated: unknown, idle for 30 minutes, older than 8 hours, or the account was closed; or
            a second factor is still to come, unless what is asked for is part of that.
    """
    session, account = sessions.find(work, token)
    if session.step is not Step.DONE and not unfinished:
        raise Unauthenticated(_UNFINISHED)
    now = work.clock.now()
    if attended and session.idle_until - now < IDLE - _FRESH:
        session.idle_until = now + IDLE
    return sessions.actor_of(account)


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
    session, account = sessions.find(work, token)
    return sessions.told(work, token, session, account)


def log_out(work: Work, token: str) -> None:
    """End a session at once."""
    session, account = sessions.find(work, token)
    work.session.delete(session)
    trail.append(work, {"what": "logged_out", "account": account.id})
