"""Strict reading of what clients send, before any schema sees it: JSON bodies and query parameters."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from flask import request
from webargs.flaskparser import FlaskParser

from backend.errors import InvalidInput, UnprocessableInput, UnsupportedMedia

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Request
    from marshmallow import Schema, ValidationError

MAX_BODY = 64 * 1024
MAX_DEPTH = 32
MAX_DIGITS = 40
# Values and members in one body: 50 full reports have some 3,000. Each costs work before anybody proved any.
MAX_PARTS = 5000
# Strings are skipped whole, so that brackets inside them do not count; possessive, so linear.
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]|,', re.DOTALL)
_DEEPER = {"[": 1, "{": 1, "]": -1, "}": -1}
_MORE = frozenset("[{,")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class _Refused:
    """Stands in the tree where something was that JSON readers disagree about."""

    why: str
    key: str | None = None


def read_json(body: bytes) -> Any:
    """Return the one value that every JSON reader would see in a body.

    Raises:
        InvalidInput: not UTF-8, not JSON, nested deeper than 32, more than 5,000 parts, a number of
            more than 40 digits or none that is finite, a member twice, a NUL or half a character in a string.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise InvalidInput("The body is not valid UTF-8.") from None
    _check_shape(text)
    try:
        told = json.loads(
            text, object_pairs_hook=_object, parse_int=_int, parse_float=_float, parse_constant=_constant
        )
    except ValueError:
        raise InvalidInput("The body is not valid JSON.") from None
    _check(told, ())
    return told


def _check_shape(text: str) -> None:
    # Strings counted along, there are at least as many as there are; few enough of these need no closer look.
    opened = text.count("[") + text.count("{")
    if opened > MAX_DEPTH or opened + text.count(",") > MAX_PARTS:
        _check_closely(text)


def _check_closely(text: str) -> None:
    depth = parts = 0
    for token in _TOKENS.finditer(text):
        depth += _DEEPER.get(token[0], 0)
        parts += token[0] in _MORE
        if depth > MAX_DEPTH:
            raise InvalidInput("The body is nested too deeply.")
        if parts > MAX_PARTS:
            raise InvalidInput("The body has too many parts.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Refused:
    told = dict(pairs)
    if len(told) == len(pairs):
        return told
    names = [name for name, _ in pairs]
    twice = next(name for at, name in enumerate(names) if name in names[:at])
    return _Refused("This member is there twice.", twice)


def _int(digits: str) -> int | _Refused:
    return int(digits) if len(digits) <= MAX_DIGITS else _Refused("This number has too many digits.")


def _float(digits: str) -> float | _Refused:
    number = float(digits) if len(digits) <= MAX_DIGITS else math.inf
    return number if math.isfinite(number) else _Refused("This number is too long or too large.")


def _constant(_name: str) -> _Refused:
    return _Refused("This is not a number in JSON.")


def _check(told: Any, path: tuple[str, ...]) -> None:
    # Names may be long and many: they are put together only where something is wrong.
    if isinstance(told, _Refused):
        raise InvalidInput(told.why, field=_dotted((*path, told.key or "")) or None)
    if isinstance(told, str):
        _check_inner(told, path)
    elif isinstance(told, dict):
        for key, inner in told.items():
            _check_inner(key, path)
            _check(inner, (*path, key))
    elif isinstance(told, list):
        for at, inner in enumerate(told):
            _check(inner, (*path, str(at)))


def _check_inner(text: str, path: tuple[str, ...]) -> None:
    if _UNSTORABLE.search(text):
        check_text(text, _dotted(path))


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(part for part in path if part)


def check_text(text: str, field: str) -> None:
    """Refuse what no database and no UTF-8 file can hold.

    Raises:
        InvalidInput: there is a NUL or half of a surrogate pair in it.
    """
    if _UNSTORABLE.search(text):
        raise InvalidInput("There is a NUL or half a character in a text.", field=field or None)


def needed(name: str, told: str | None) -> str:
    """Return what a header says that must be there; a schema would call its absence unprocessable.

    Raises:
        InvalidInput: it is not there.
    """
    if told is None:
        raise InvalidInput("This header is needed.", field=name)
    return told


def parameters() -> Mapping[str, str]:
    """Return the query parameters of this request, each of which may be there once.

    Raises:
        InvalidInput: a parameter is there twice, or holds what cannot be text.
    """
    for name, values in request.args.lists():
        if len(values) > 1:
            raise InvalidInput("This parameter is there twice.", field=name)
        check_text(name + values[0], name)
    return request.args


def refuse_parameters() -> None:
    """Refuse any query parameter, where none is known.

    Raises:
        UnprocessableInput: there is one; a misspelled filter must not look as if it worked.
    """
    for name in parameters():
        raise UnprocessableInput("This parameter is not known here.", field=name)


def json_body() -> Any:
    """Return the JSON body of this request.

    Raises:
        UnsupportedMedia: it says that it is something else than JSON in UTF-8.
        InvalidInput: fewer bytes came than were announced; else as for `read_json`.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in {"utf-8", "utf8"}:
        raise UnsupportedMedia("The body must be application/json, in UTF-8.")
    body = request.get_data(cache=False)
    if request.content_length != len(body):
        # A connection that broke must not look like a report that ended there.
        raise InvalidInput("The body was cut off, or its length was not said.", field="Content-Length")
    return read_json(body)


class StrictParser(FlaskParser):
    """Hands schemas only what is safe to look at; unknown members are the schema's to refuse."""

    def __init__(self) -> None:
        super().__init__(unknown=None)

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Return the body read strictly."""
        del req, schema
        return json_body()

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Return the query parameters read strictly."""
        del req, schema
        return dict(parameters())

    def _on_validation_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        raise error
