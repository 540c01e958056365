"""The second step of a log-in: a code of an authenticator app, or a security key's signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backend.domain.factors import FactorKind, Step
from backend.errors import Conflict, NotAllowed
from backend.store import sessions, trail
from backend.store.secondfactor import (
    Site,
    credential_name,
    new_challenge,
    request_options,
    slot,
    takes_code,
    takes_signature,
)
from backend.store.tries import forgive, spend

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from backend.store.models import Account, Factor, StaffSession
    from backend.store.sessions import LogIn
    from backend.store.work import Work, Works


@dataclass(frozen=True)
class Signed:
    """What a security key signed, and for which site."""

    site: Site
    parts: Mapping[str, str]


def challenge(work: Work, site: Site, token: str) -> dict[str, Any]:
    """Return what a browser needs to let a key sign, and remember what is to be signed, once.

    Raises:
        Unauthenticated: there is no such session. Conflict: it waits for no second factor.
    """
    session, account = _waiting(work, token)
    session.challenge = new_challenge()
    return request_options(site, sessions.factors_of(work, account), session.challenge)


def with_code(works: Works, staff_key: bytes, city_id: str, token: str, code: str) -> LogIn:
    """Complete a log-in by the code of an app. Each code is taken once.

    Raises:
        NotAllowed: the code is wrong, too old, or was used. TooManyTries: five were wrong within a minute.
        Unauthenticated, Conflict: as for `challenge`.
    """

    def fits(work: Work, _session: StaffSession, mine: Sequence[Factor]) -> bool:
        now = work.clock.now()
        return any(takes_code(staff_key, one, code, now) for one in mine if one.kind is FactorKind.TOTP)

    return _complete(works, staff_key, city_id, token, fits)


def with_key(works: Works, staff_key: bytes, city_id: str, token: str, told: Signed) -> LogIn:
    """Complete a log-in by a key's signature of the challenge. Each challenge is signed once.

    Raises:
        NotAllowed: the signature is not one of the account's keys, or not of this challenge and site.
        TooManyTries, Unauthenticated, Conflict: as for `with_code`.
    """

    def fits(_work: Work, session: StaffSession, mine: Sequence[Factor]) -> bool:
        asked = session.challenge
        key = next((one for one in mine if _is_named(one, told.parts["credential_id"])), None)
        return asked is not None and key is not None and takes_signature(told.site, key, asked, told.parts)

    return _complete(works, staff_key, city_id, token, fits)


def _is_named(factor: Factor, credential_id: str) -> bool:
    return factor.kind is FactorKind.KEY and credential_name(factor) == credential_id


def _complete(
    works: Works,
    staff_key: bytes,
    city_id: str,
    token: str,
    fits: Callable[[Work, StaffSession, Sequence[Factor]], bool],
) -> LogIn:
    with works.open(city_id) as work:
        _, account = _waiting(work, token)
    counted = slot(staff_key, "factor", city_id, str(account.id))
    spend(works, city_id, counted)
    with works.open(city_id) as work:
        session, account = _waiting(work, token)
        right = fits(work, session, sessions.factors_of(work, account))
        session.challenge = None
        if right:
            forgive(work, counted)
            login = sessions.renew(work, session, account, Step.DONE)
            trail.append(work, {"what": "logged_in", "account": account.id})
            return login
        sessions.refused(work, "second_factor_failed", account)
    raise NotAllowed("This second factor is not right, or was used before.", field="code")


def _waiting(work: Work, token: str) -> tuple[StaffSession, Account]:
    session, account = sessions.find_alone(work, token)
    if session.step is not Step.FACTOR:
        raise Conflict("This log-in waits for no second factor.")
    return session, account
