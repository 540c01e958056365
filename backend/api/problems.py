"""The one table from errors to HTTP: every refusal is a problem document (RFC 9457)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import structlog
from flask import Response, json, request, url_for
from marshmallow import ValidationError
from redis import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from backend import errors
from backend.errors import FarolaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flask import Flask

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
MOST_NAMED = 50  # of what is wrong; a short body can be wrong in thousands of places
UNEXPECTED = "Something went wrong here. It was noted, without what you sent."
_NAMEABLE = re.compile(r"[A-Za-z0-9_.\-]{1,100}", re.ASCII)
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Row:
    """How one error is said in HTTP; `told` is False when its sentence is for operators only."""

    status: int
    name: str
    title: str
    told: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)


ROWS: dict[type[FarolaError], Row] = {
    errors.InvalidInput: Row(400, "invalid-input", "The request cannot be understood"),
    errors.Unauthenticated: Row(
        401, "unauthenticated", "Nobody known is asking", headers={"WWW-Authenticate": "Receipt, Bearer"}
    ),
    errors.NotAllowed: Row(403, "not-allowed", "This is not allowed"),
    errors.NotFound: Row(404, "not-found", "There is no such thing here"),
    errors.Conflict: Row(409, "conflict", "It changed, or somebody else holds it"),
    errors.UnsupportedVersion: Row(412, "unsupported-version", "This protocol version is not spoken here"),
    errors.TooLarge: Row(413, "too-large", "Too many bytes"),
    errors.UnsupportedMedia: Row(415, "unsupported-media", "This kind of body is not taken here"),
    errors.UnprocessableInput: Row(422, "unprocessable-input", "Something in the request is not acceptable"),
    errors.ProofNeeded: Row(422, "proof-needed", "A fresh proof of work is needed"),
    errors.TooManyTries: Row(429, "too-many-tries", "Tried too often", headers={"Retry-After": "60"}),
    errors.ChecksumMismatch: Row(460, "checksum-mismatch", "The bytes changed on the way"),
    errors.Unavailable: Row(503, "unavailable", "Please try again", headers={"Retry-After": "2"}),
    errors.ConfigError: Row(500, "misconfigured", "This installation is not complete", told=False),
    errors.SealError: Row(500, "sealed", "This cannot be opened", told=False),
    errors.ServiceError: Row(500, "unexpected", "Something went wrong here", told=False),
    FarolaError: Row(500, "unexpected", "Something went wrong here", told=False),
}
_UNREACHABLE = (OperationalError, InterfaceError, PoolTimeout, RedisError)
# What else Werkzeug refuses, beyond the statuses that the rows above name.
_REFUSALS = {
    400: errors.InvalidInput("The request cannot be understood."),
    401: errors.Unauthenticated("Nobody known is asking."),
    403: errors.NotAllowed("This is not allowed."),
    404: errors.NotFound("There is nothing at this address."),
    413: errors.TooLarge("The body has more bytes than are taken here."),
    415: errors.UnsupportedMedia("This kind of body is not taken here."),
}
_KEPT_HEADERS = ("Allow", "Content-Range", "Retry-After")


def row_of(kind: type[FarolaError]) -> Row:
    """Return how an error is said; a child without a row of its own is said like its parent."""
    return next(ROWS[parent] for parent in kind.__mro__ if parent in ROWS)


def install(app: Flask) -> None:
    """Let every error of an app leave as a problem document."""
    app.register_error_handler(Exception, problem_of)


def problem_of(error: Exception) -> Response:
    """Answer any exception; what is not meant for the caller is logged under an id and withheld."""
    if isinstance(error, FarolaError):
        return _ours(error)
    if isinstance(error, ValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        return _werkzeug(error)
    if isinstance(error, _UNREACHABLE):
        log.warning("part_unreachable", kind=type(error).__name__, at=_where(error))
        return _ours(errors.Unavailable("A part of the system cannot be reached right now."))
    return _withheld(error, ROWS[FarolaError])


def _ours(error: FarolaError) -> Response:
    row = row_of(type(error))
    if not row.told:
        return _withheld(error, row)
    told = {"field": error.field and _nameable(error.field), "challenge": _challenge(error)}
    return _document(row, error.detail, told)


def _challenge(error: FarolaError) -> str | None:
    """Return where a fresh challenge is to be had, when that is what is missing."""
    city = (request.view_args or {}).get("city")
    if city is None or not isinstance(error, errors.ProofNeeded):
        return None
    return url_for("challenge.get_challenge", city=city, level=error.level or None)


def _withheld(error: Exception, row: Row) -> Response:
    """Note the kind and the line, never the message: it may hold what a resident wrote."""
    noted = uuid4()
    log.error("unexpected", kind=type(error).__name__, at=_where(error), id=str(noted))
    return _document(row, UNEXPECTED, {"instance": noted.urn})


def _werkzeug(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return _withheld(error, ROWS[FarolaError])
    if status in _REFUSALS:
        answer = _ours(_REFUSALS[status])
    else:
        answer = _document(Row(status, _slug(error.name), error.name), f"{error.name}.", {})
    for name, value in error.get_headers():
        if name in _KEPT_HEADERS:
            answer.headers[name] = value
    return answer


def _slug(title: str) -> str:
    return re.sub("[^a-z]+", "-", title.lower()).strip("-")


def _invalid(error: ValidationError) -> Response:
    found = islice(flatten(error.messages), MOST_NAMED)
    row = ROWS[errors.UnprocessableInput]
    named = [{"field": _nameable(name), "detail": detail} for name, detail in found]
    first = named[0]
    return _document(row, first["detail"], {"field": first["field"] or None, "errors": named})


def flatten(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (dotted field, sentence) of marshmallow's nested messages, `""` for the whole body."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from flatten(inner, path if key == "_schema" else f"{path}.{key}" if path else str(key))
    else:
        yield from ((path, str(message)) for message in _listed(messages))


def _listed(messages: Any) -> Iterable[Any]:
    return messages if isinstance(messages, list) else [messages]


def _nameable(name: str) -> str:
    """Return a field's name, unless a client made it up to say something in it."""
    return name if not name or _NAMEABLE.fullmatch(name) else "?"


def _document(row: Row, detail: str, more: Mapping[str, Any]) -> Response:
    told = {
        "type": f"urn:farola:problem:{row.name}",
        "title": row.title,
        "status": row.status,
        "detail": detail,
        **{key: value for key, value in more.items() if value is not None},
    }
    answer = Response(json.dumps(told), row.status, row.headers, mimetype=MEDIA_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _where(error: BaseException) -> str:
    """Return file and line of the innermost own code that an error passed."""
    found, step = "unknown", error.__traceback__
    while step is not None:
        path = Path(step.tb_frame.f_code.co_filename)
        if path.is_relative_to(_ROOT / "backend"):
            found = f"{path.relative_to(_ROOT)}:{step.tb_lineno}"
        step = step.tb_next
    return found
