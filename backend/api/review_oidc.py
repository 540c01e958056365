"""The door where staff log in with an account of the city's own (OpenID Connect): out to the provider, and back."""

from __future__ import annotations

import base64
import json
import secrets
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Response, redirect, request

from backend.api import staff
from backend.api.base import Blueprint
from backend.api.schemas.factors import BackQuery, OutQuery, Ways
from backend.api.services import services
from backend.domain.citystaff import issuer_of
from backend.errors import NotAllowed, SealError, Unauthenticated, Unavailable
from backend.steps import city_login
from backend.store.oidc import Begun, Provider
from backend.store.queries import find_city
from backend.store.seals import Binding, open_sealed, seal
from backend.store.secrets import keyed_hash

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from backend.domain.citystaff import Issuer

blueprint = Blueprint("review_oidc", __name__, url_prefix="/v1/cities/<city:city>/review")
blueprint.after_request(staff.never_kept)

COOKIE = "farola_log_in"
_WITHIN = timedelta(minutes=10)
_LONGEST = 4096


@dataclass(frozen=True)
class _Way:
    """One log-in on its way, which the browser carries sealed; nothing of it is stored here."""

    begun: Begun
    lang: str
    until: float


@blueprint.route("/ways")
@blueprint.response(200, Ways)
@blueprint.problems(404, 503)
def read_ways(city: str) -> dict[str, Any]:
    """Tell how staff of this city log in."""
    with services().works("staff").open(city) as work:
        issuer = issuer_of(find_city(work.session, city).policy)
    return {"oidc": issuer is not None, "oidc_name": issuer.name if issuer else ""}


@blueprint.route("/oidc")
@blueprint.arguments(OutQuery, location="query")
@blueprint.response(302)
@blueprint.problems(404, 503)
def leave_to_city(told: dict[str, Any], city: str) -> Answer:
    """Go to the city's provider to log in there; back to the console where it cannot be reached."""
    begun = Begun(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
    try:
        with closing(_provider(city)) as provider:
            answer = redirect(provider.address(begun), 302)
    except Unavailable:
        return _done(city, _console(told["lang"], "away"))
    until = services().clock.now() + _WITHIN
    kept = _sealed(city, _Way(begun, told["lang"], until.timestamp()))
    # Lax: the way back begins at the provider's site.
    answer.set_cookie(
        COOKIE,
        kept,
        max_age=int(_WITHIN.total_seconds()),
        path=_path(city),
        httponly=True,
        samesite="Lax",
        secure=staff.site().origin.startswith("https:"),
    )
    return answer


@blueprint.route("/oidc/back")
@blueprint.arguments(BackQuery, location="query")
@blueprint.response(302)
@blueprint.problems(401, 403, 404, 503)
def return_from_city(told: dict[str, Any], city: str) -> Answer:
    """Come back from the city's provider, and go on to the console; to no other place, whatever is asked."""
    way = _way(city)
    try:
        _check(told, way.begun)
        login = _entered(city, told, way.begun)
    except (Unauthenticated, NotAllowed):
        return _done(city, _console(way.lang, "refused"))
    except Unavailable:
        return _done(city, _console(way.lang, "away"))
    answer = _done(city, _console(way.lang))
    staff.set_cookie(answer, city, login.token)
    return answer


def _check(told: dict[str, Any], begun: Begun) -> None:
    same = secrets.compare_digest(told["state"].encode(), begun.state.encode())
    if told["error"] or not same:
        raise Unauthenticated("This is not the log-in that was begun here.")


def _entered(city: str, told: dict[str, Any], begun: Begun) -> Any:
    if told["iss"] not in {"", _issuer(city).url}:
        raise Unauthenticated("Another provider answered.")
    with closing(_provider(city)) as provider:
        subject = provider.subject(told["code"], begun)
    return city_login.enter(services().works("staff"), services().sealing_staff, city, subject)


def _issuer(city: str) -> Issuer:
    with services().works("staff").open(city) as work:
        return city_login.issuer(work)


def _provider(city: str) -> Provider:
    file = services().settings.oidc_secrets_dir / f"{city}.secret"
    secret = file.read_text().strip() if file.is_file() else None
    back = f"{staff.site().origin}{_path(city)}/back"
    return Provider(_issuer(city), secret, back, services().well_known)


def _path(city: str) -> str:
    return f"{staff.cookie_path(city)}/oidc"


def _console(lang: str, ended: str = "") -> str:
    """Return where the console goes on; that the way to the provider failed stands behind the `#`."""
    return f"/console?lang={lang}{'#' if ended else ''}{ended}"


def _done(city: str, where: str) -> Response:
    """Lead to a page of our own; what was remembered of the way is good once."""
    answer = Response(status=302, headers={"Location": where})
    answer.delete_cookie(COOKIE, path=_path(city), httponly=True, samesite="Lax")
    return answer


def _seal(city: str) -> tuple[bytes, Binding]:
    return keyed_hash(services().sealing_staff, "log-in", city), Binding(UUID(int=0), "log_in")


def _sealed(city: str, way: _Way) -> str:
    return base64.urlsafe_b64encode(seal(*_seal(city), json.dumps(asdict(way)).encode())).decode()


def _way(city: str) -> _Way:
    """Return the log-in that this browser began.

    Raises:
        Unauthenticated: it began none here, or too long ago.
    """
    try:
        kept = base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")[:_LONGEST])
        told = json.loads(open_sealed(*_seal(city), kept))
    except (SealError, ValueError) as wrong:
        raise Unauthenticated("No log-in with the city's account was begun here.") from wrong
    if told["until"] < services().clock.now().timestamp():
        raise Unauthenticated("That took too long: begin again.")
    return _Way(Begun(**told["begun"]), told["lang"], told["until"])
