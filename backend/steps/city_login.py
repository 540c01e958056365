"""Log staff in whom the city's own OpenID provider knows; accounts are made and bound by an operator first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from backend.domain.citystaff import Issuer, issuer_of
from backend.domain.factors import Step
from backend.errors import NotAllowed, NotFound
from backend.store import sessions, trail
from backend.store.locks import hold_account
from backend.store.models import Account
from backend.store.queries import find_city
from backend.store.secondfactor import subject_hash

if TYPE_CHECKING:
    from backend.store.sessions import LogIn
    from backend.store.work import Work, Works


def issuer(work: Work) -> Issuer:
    """Return the city's OpenID provider.

    Raises:
        NotFound: there is no such city, or it has no provider.
    """
    found = issuer_of(find_city(work.session, work.city_id).policy)
    if found is None:
        raise NotFound("This city has no log-in of its own.")
    return found


def enter(works: Works, staff_key: bytes, city_id: str, subject: str) -> LogIn:
    """Open a session for the account that a subject is bound to.

    Nobody is added: who may do what is decided here and not by the provider.

    Raises:
        NotAllowed: no open account is bound to the subject.
    """
    with works.open(city_id) as work:
        kept = subject_hash(staff_key, city_id, issuer(work).url, subject)
        account = work.session.scalar(
            select(Account).where(Account.city_id == city_id, Account.subject_hash == kept)
        )
        if account is not None and not sessions.is_closed(work, account):
            hold_account(work, account.id)
            login = sessions.begin(work, account, sessions.next_step(work, account, by_password=False))
            if login.step is Step.DONE:
                trail.append(work, {"what": "logged_in", "account": account.id, "by": "oidc"})
            return login
        sessions.refused(work, "log_in_failed", account)
    raise NotAllowed("No account here is bound to who the city says you are.")
