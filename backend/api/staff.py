"""Who is asking, on the staff's door: a bearer token, or the console's cookie with its second secret."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import after_this_request, request

from backend.api import review_answers
from backend.api.services import services
from backend.errors import Unauthenticated, Unavailable
from backend.steps import sessions
from backend.store.queries import find_city
from backend.store.secondfactor import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Response

    from backend.domain.permissions import Actor
    from backend.store.sessions import LogIn
    from backend.store.work import Work

COOKIE = "farola_session"
# Says that its holder's name has logged in from this browser before; good for nothing but tries of its own.
KNOWN_COOKIE = "farola_known"
_KNOWN_FOR = timedelta(days=180)
CSRF_HEADER = "X-CSRF-Token"
# What a page asks by itself, with nobody in front of it.
UNATTENDED_HEADER = "X-Unattended"
_SAFE = frozenset({"GET", "HEAD"})
_LONGEST = 200
_ON_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


def token() -> tuple[str, bool]:
    """Return the token that came with the request, and whether it came as a cookie.

    Raises:
        Unauthenticated: there is none.
    """
    scheme, _, told = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and 0 < len(told) <= _LONGEST:
        return told.strip(), False
    kept = request.cookies.get(COOKIE, "")
    if 0 < len(kept) <= _LONGEST:
        return kept, True
    raise Unauthenticated("Log in first: send `Authorization: Bearer <token>`.", field="Authorization")


@contextmanager
def acting(city: str, *, unfinished: bool = False) -> Iterator[tuple[Work, Actor]]:
    """Open a transaction as the member of staff who asks.

    A cookie alone is enough to read. To change something it needs the session's second secret,
    which another site cannot know. What completes a log-in takes one that is `unfinished`. A
    request that the header `X-Unattended` calls one keeps no session awake.

    Raises:
        Unauthenticated: nobody is logged in here. NotAllowed: the second secret is wrong.
    """
    told, by_cookie = token()
    with services().works("staff").open(city) as work:
        attended = UNATTENDED_HEADER not in request.headers
        actor = sessions.resume(work, told, unfinished=unfinished, attended=attended)
        if by_cookie and request.method not in _SAFE:
            sessions.check_csrf(work, told, request.headers.get(CSRF_HEADER, "")[:_LONGEST])
        yield work, actor


def site() -> Site:
    """Return where browsers reach this door: as it was configured, or on this machine as it was asked for.

    The name that a request calls us by is not believed elsewhere: keys and log-ins are bound to it.

    Raises:
        Unavailable: it was not configured.
    """
    told = services().settings.staff_origin
    if told is None and urlsplit(request.host_url).hostname in _ON_THIS_MACHINE:
        told = request.host_url.rstrip("/")
    if told is None:
        raise Unavailable("Not set up here: an operator has to set FAROLA_STAFF_ORIGIN.")
    return Site(told)


def begun(city: str, login: LogIn) -> dict[str, Any]:
    """Answer a session under a fresh token, and let the browser keep that as its cookie."""
    with services().works("staff").open(city) as work:
        policy = find_city(work.session, city).policy

    @after_this_request
    def remember(answer: Any) -> Any:
        set_cookie(answer, city, login.token)
        return answer

    return review_answers.session(login, policy, fresh=True)


def never_kept(answer: Response) -> Response:
    """Keep every answer of the staff's door out of caches; for `blueprint.after_request`."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def set_cookie(answer: Response, city: str, told: str) -> None:
    """Let the browser carry a session to this city's review door only, and no script read it.

    Outside the machine itself it travels over TLS only.
    """
    answer.set_cookie(
        COOKIE,
        told,
        path=cookie_path(city),
        httponly=True,
        samesite="Strict",
        secure=urlsplit(request.host_url).hostname not in _ON_THIS_MACHINE,
    )


def mark() -> str:
    """Return what this browser was given when somebody logged in; empty where nobody did."""
    return request.cookies.get(KNOWN_COOKIE, "")[:_LONGEST]


def know_browser(city: str, told: str) -> None:
    """Let the browser keep a mark; it says nothing to who reads it, and goes to the log-in alone."""

    @after_this_request
    def remember(answer: Any) -> Any:
        answer.set_cookie(
            KNOWN_COOKIE,
            told,
            max_age=_KNOWN_FOR,
            path=f"{cookie_path(city)}/session",
            httponly=True,
            samesite="Strict",
            secure=urlsplit(request.host_url).hostname not in _ON_THIS_MACHINE,
        )
        return answer


def cookie_path(city: str) -> str:
    """Return the part of the server that gets a city's cookie."""
    return f"/v1/cities/{city}/review"
