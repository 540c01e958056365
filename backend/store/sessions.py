"""Sessions of staff as they are stored: begun, found, renewed and ended; only hashes of their secrets are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select

from backend.domain.citystaff import second_factor_required
from backend.domain.clock import local_date
from backend.domain.factors import FRESH, FactorKind, Step
from backend.domain.permissions import Actor
from backend.errors import NotAllowed, Unauthenticated
from backend.store import trail
from backend.store.locks import hold_account
from backend.store.models import Account, Factor, StaffSession
from backend.store.queries import find_city
from backend.store.tokens import derived, new_token, token_hash

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from backend.store.work import Work

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
CSRF = "farola csrf"
ENDED = "Nobody is logged in here, or the log-in ran out. Log in again."


@dataclass(frozen=True)
class LogIn:
    """A session: its two secrets, which nobody can read again, when it ends at the latest, and how far it has come."""

    token: str
    csrf: str
    expires_at: datetime
    actor: Actor
    step: Step = Step.DONE
    factors: Sequence[FactorKind] = ()


def is_closed(work: Work, account: Account) -> bool:
    """Tell whether an account is shut out."""
    today = local_date(work.clock, find_city(work.session, work.city_id).timezone)
    return account.disabled_on is not None and account.disabled_on <= today


def actor_of(account: Account) -> Actor:
    """Return who an account is."""
    return Actor(account.id, account.pseudonym, account.role, account.trained)


def factors_of(work: Work, account: Account) -> Sequence[Factor]:
    """Return the second factors of an account that count."""
    query = select(Factor).where(
        Factor.city_id == work.city_id, Factor.account_id == account.id, Factor.confirmed
    )
    return work.session.scalars(query.order_by(Factor.added_on, Factor.id)).all()


def next_step(work: Work, account: Account, *, by_password: bool) -> Step:
    """Return what a log-in still needs; a city's own log-in has seen to a second factor already."""
    if factors_of(work, account):
        return Step.FACTOR
    policy = find_city(work.session, work.city_id).policy
    return Step.ENROL if by_password and second_factor_required(policy) else Step.DONE


def begin(work: Work, account: Account, step: Step, ends_at: datetime | None = None) -> LogIn:
    """Open a session under a fresh token; sessions of the account that ran out go.

    Whoever opens one by who somebody is holds the account first (`hold_account`).
    """
    now, token = work.clock.now(), new_token()
    csrf, ends_at = derived(token, CSRF), ends_at or now + LONGEST
    _sweep(work, account)
    session = StaffSession(
        city_id=work.city_id,
        token_hash=token_hash(token),
        csrf_hash=token_hash(csrf),
        account_id=account.id,
        idle_until=min(now + IDLE, ends_at),
        ends_at=ends_at,
        step=step,
        proven_at=now,
    )
    work.session.add(session)
    return told(work, token, session, account)


def _sweep(work: Work, account: Account) -> None:
    now = work.clock.now()
    over = or_(StaffSession.idle_until <= now, StaffSession.ends_at <= now)
    mine = (StaffSession.city_id == work.city_id, StaffSession.account_id == account.id)
    work.session.execute(delete(StaffSession).where(*mine, over))


def told(work: Work, token: str, session: StaffSession, account: Account) -> LogIn:
    """Return a session as its holder is told it."""
    kinds = sorted({factor.kind for factor in factors_of(work, account)})
    return LogIn(token, derived(token, CSRF), session.ends_at, actor_of(account), session.step, kinds)


def find(work: Work, token: str) -> tuple[StaffSession, Account]:
    """Return a session that is still good, and whose it is.

    Raises:
        Unauthenticated: unknown, idle for 30 minutes, older than 8 hours, or the account was closed.
    """
    session = work.session.get(StaffSession, (work.city_id, token_hash(token)))
    now = work.clock.now()
    if session is None or session.idle_until <= now or session.ends_at <= now:
        raise Unauthenticated(ENDED)
    account = work.session.get_one(Account, (work.city_id, session.account_id))
    if is_closed(work, account):
        raise Unauthenticated(ENDED)
    return session, account


def find_alone(work: Work, token: str) -> tuple[StaffSession, Account]:
    """Return a session as `find` does, while nobody else changes the account's sessions and factors.

    What was read of the session before is read again: who waited may find it ended, or its challenge used.

    Raises:
        Unauthenticated: as for `find`.
    """
    session, account = find(work, token)
    awake = session.idle_until
    # The session may have been kept awake a moment ago: written before the lock is held, that would lock its row.
    with work.session.no_autoflush:
        hold_account(work, account.id)
    work.session.expire(session)
    work.session.expire(account)
    session, account = find(work, token)
    session.idle_until = max(awake, session.idle_until)
    return session, account


def find_proven(work: Work, token: str) -> tuple[StaffSession, Account]:
    """Return a session whose holder proved within the last minutes who they are, as `find_alone` does.

    Raises:
        Unauthenticated: as for `find`, or a second factor is still to come. NotAllowed: it is too long ago.
    """
    session, account = find_alone(work, token)
    if session.step is Step.FACTOR:
        raise Unauthenticated(ENDED)
    if session.proven_at is None or work.clock.now() - session.proven_at > FRESH:
        raise NotAllowed("Say again who you are first: this changes how you log in.", field="password")
    return session, account


def renew(work: Work, session: StaffSession, account: Account, step: Step) -> LogIn:
    """Put a session with a fresh token in the place of one, as somebody has just proved who they are."""
    work.session.delete(session)
    work.session.flush()
    return begin(work, account, step, session.ends_at)


def end_others(work: Work, account: Account, kept: StaffSession | None = None) -> None:
    """End every session of an account but one, at once."""
    mine = delete(StaffSession).where(
        StaffSession.city_id == work.city_id, StaffSession.account_id == account.id
    )
    work.session.execute(mine if kept is None else mine.where(StaffSession.token_hash != kept.token_hash))


def refused(work: Work, what: str, account: Account | None) -> None:
    """Note in the trail that somebody failed to be an account."""
    trail.append(work, {"what": what, "account": account and account.id})
