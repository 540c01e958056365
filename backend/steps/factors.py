"""Members of staff add and remove their own second factors, having just proved who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from backend.domain import factors
from backend.domain.citystaff import second_factor_required
from backend.domain.clock import local_date
from backend.domain.factors import FactorKind, Step
from backend.errors import Conflict, NotAllowed, NotFound, UnprocessableInput
from backend.store import sessions, trail
from backend.store.models import Account, Factor, StaffSession
from backend.store.queries import find_city
from backend.store.secondfactor import (
    Site,
    creation_options,
    made_key,
    new_challenge,
    sealed_secret,
    takes_code,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backend.store.sessions import LogIn
    from backend.store.work import Work


@dataclass(frozen=True)
class Offered:
    """A secret for an authenticator app, told once; it counts when a code of it came back."""

    id: UUID
    secret: str
    address: str


@dataclass(frozen=True)
class Mine:
    """An account's second factors, whether its city requires one, and whether they can be changed right now."""

    factors: Sequence[Factor]
    required: bool
    proven: bool


def mine(work: Work, token: str) -> Mine:
    """Return the second factors of whoever is logged in."""
    session, account = sessions.find(work, token)
    required = second_factor_required(find_city(work.session, work.city_id).policy)
    at = session.proven_at
    proven = at is not None and work.clock.now() - at <= factors.FRESH and session.step is not Step.FACTOR
    return Mine(sessions.factors_of(work, account), required, proven)


def offer_app(work: Work, staff_key: bytes, token: str) -> Offered:
    """Make a secret for an authenticator app, in the place of one that was never confirmed.

    Raises:
        NotAllowed: it is too long ago that whoever asks proved who they are.
        Conflict: there are as many factors as there may be.
    """
    _, account = sessions.find_proven(work, token)
    _room(work, account)
    waiting = (Factor.city_id == work.city_id, Factor.account_id == account.id, ~Factor.confirmed)
    work.session.execute(delete(Factor).where(*waiting))
    secret, factor_id = factors.new_secret(), uuid4()
    sealed = sealed_secret(staff_key, factor_id, secret)
    work.session.add(_factor(work, account, FactorKind.TOTP, id=factor_id, sealed=sealed, confirmed=False))
    address = factors.address(secret, account.pseudonym, work.city_id)
    return Offered(factor_id, factors.readable(secret), address)


def confirm_app(work: Work, staff_key: bytes, token: str, factor_id: UUID, code: str) -> LogIn:
    """Let an app count from now on, as a code shows that it holds the secret; other sessions end.

    Raises:
        NotFound: no app of this account waits under that id. NotAllowed: the code is wrong, or as for `offer_app`.
    """
    session, account = sessions.find_proven(work, token)
    factor = _own(work, account, factor_id)
    if factor.confirmed:
        raise Conflict("This app is confirmed already.")
    if not takes_code(staff_key, factor, code, work.clock.now()):
        raise NotAllowed("The code is wrong. Check the time of the phone.", field="code")
    factor.confirmed = True
    return _added(work, session, account, FactorKind.TOTP)


def offer_key(work: Work, site: Site, token: str) -> dict[str, Any]:
    """Return what a browser needs to make a key, and remember the challenge, once.

    Raises:
        NotAllowed, Conflict: as for `offer_app`.
    """
    session, account = sessions.find_proven(work, token)
    _room(work, account)
    session.challenge = new_challenge()
    return creation_options(site, account, sessions.factors_of(work, account), session.challenge)


def add_key(work: Work, site: Site, token: str, made: Mapping[str, str]) -> LogIn:
    """Add a security key that answered the challenge; other sessions end.

    Raises:
        UnprocessableInput: it did not answer the challenge of this session, or not for this site.
        Conflict: the key is known already. NotAllowed: as for `offer_app`.
    """
    session, account = sessions.find_proven(work, token)
    if session.challenge is None:
        raise UnprocessableInput("No key was asked for; begin again.", field="client_data")
    asked, session.challenge = session.challenge, None
    credential_id, public_key, counter = made_key(site, asked, made)
    key = {"credential_id": credential_id, "public_key": public_key, "counter": counter, "confirmed": True}
    work.session.add(_factor(work, account, FactorKind.KEY, id=uuid4(), **key))
    try:
        work.session.flush()
    except IntegrityError as known:
        raise Conflict("This key is known here already.") from known
    return _added(work, session, account, FactorKind.KEY)


def remove(work: Work, token: str, factor_id: UUID) -> None:
    """Remove one of the account's own second factors; other sessions end.

    Raises:
        NotFound: it is not one of this account's. NotAllowed: as for `offer_app`.
        Conflict: it is the last one, and the city requires one.
    """
    session, account = sessions.find_proven(work, token)
    factor = _own(work, account, factor_id)
    required = second_factor_required(find_city(work.session, work.city_id).policy)
    if required and factor.confirmed and len(sessions.factors_of(work, account)) == 1:
        raise Conflict("This city requires a second factor: add another one first.")
    work.session.delete(factor)
    sessions.end_others(work, account, session)
    trail.append(work, {"what": "factor_removed", "account": account.id, "kind": factor.kind.value})


def _room(work: Work, account: Account) -> None:
    own = (Factor.city_id == work.city_id, Factor.account_id == account.id, Factor.confirmed)
    if (work.session.scalar(select(func.count()).where(*own)) or 0) >= factors.MOST:
        raise Conflict(f"There are {factors.MOST} second factors already: remove one first.")


def _own(work: Work, account: Account, factor_id: UUID) -> Factor:
    factor = work.session.get(Factor, (work.city_id, factor_id), with_for_update=True)
    if factor is None or factor.account_id != account.id:
        raise NotFound("There is no such second factor of this account.")
    return factor


def _factor(work: Work, account: Account, kind: FactorKind, **columns: Any) -> Factor:
    today = local_date(work.clock, find_city(work.session, work.city_id).timezone)
    own = {"city_id": work.city_id, "account_id": account.id, "kind": kind, "added_on": today}
    return Factor(**({"counter": 0} | own | columns))


def _added(work: Work, session: StaffSession, account: Account, kind: FactorKind) -> LogIn:
    """End what was open before the factor counted, and go on in a fresh session."""
    sessions.end_others(work, account, session)
    login = sessions.renew(work, session, account, Step.DONE)
    trail.append(work, {"what": "factor_added", "account": account.id, "kind": kind.value})
    return login
