"""Tiles of named periods, answered in front of Flask: the same bytes, headers and errors, sooner.

Only the plain question is answered here: GET of a tile that may be kept for ever, without
parameters, with at most one ETag that the asker knows. Whatever else is asked, and whatever goes
wrong, is Flask's.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from time import time
from typing import TYPE_CHECKING, Any, NamedTuple

from werkzeug.datastructures import Accept
from werkzeug.http import http_date, parse_accept_header

from backend.api.headers import DATA_ONLY, EVERYWHERE, OPEN, kept_for
from backend.api.tiles import CLEAR, MINUTES, MVT, PNG, YEAR, is_immutable
from backend.errors import FarolaError
from backend.store.releases import HEAD, IMAGES, VECTOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from backend.config import Settings
    from backend.store.archives import Archive
    from backend.store.releases import Release, Releases

    Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

_TILE = re.compile(
    r"/v1/cities/([a-z0-9](?:[a-z0-9-]{0,62}))/layers/([a-z][a-z_]{0,31})/([0-9]{4}-(?:W[0-9]{2}|Q[1-4](?:-corrected)?))"
    r"/(0|[1-9][0-9]{0,9})/(0|[1-9][0-9]{0,9})/(0|[1-9][0-9]{0,9})\.(mvt|png)",
    re.ASCII,
)
_OF_FLASK = ("HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_TRANSFER_ENCODING")
Headers = list[tuple[str, str]]


class _Served(NamedTuple):
    """One archive as it is served: what finds a tile, what stands for none, and the headers of all answers."""

    archive: Archive
    packed: bool
    nothing: bytes
    etag: str
    headers: Headers
    unchanged: Headers


class _Known(NamedTuple):
    """A release that was found, and by what to see that its folder is still the same."""

    path: str
    version: tuple[int, int]
    served: Mapping[str, _Served]


class TileFront:
    """A WSGI application around another that answers the plainest of its questions."""

    def __init__(self, inner: Wsgi, releases: Releases, settings: Settings) -> None:
        self._inner = inner
        self._releases = releases
        self._cache = kept_for(YEAR, immutable=True) if is_immutable(settings) else kept_for(MINUTES)
        self._known: dict[tuple[str, str, str], _Known] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer, or let the inner application do it."""
        found = _TILE.fullmatch(environ["PATH_INFO"]) if environ["REQUEST_METHOD"] == "GET" else None
        if found is None or environ.get("QUERY_STRING") or any(name in environ for name in _OF_FLASK):
            return self._inner(environ, start_response)
        city, layer, period, z, x, y, kind = found.groups()
        packed = kind == "mvt" and takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        try:
            served = self._find((city, layer, period)).served["packed" if packed else kind]
            told = environ.get("HTTP_IF_NONE_MATCH", "")
            if told and told != served.etag:
                return self._inner(environ, start_response)
            body = _tile(served, int(z), int(x), int(y))
        except FarolaError:
            return self._inner(environ, start_response)
        date = ("Date", _date(int(time())))
        if told:
            start_response("304 NOT MODIFIED", [*served.unchanged, date])
            return []
        start_response("200 OK", [*served.headers, ("Content-Length", str(len(body))), date])
        return [body]

    def _find(self, name: tuple[str, str, str]) -> _Known:
        known = self._known.get(name)
        if known is None or _version(known.path) != known.version:
            release = self._releases.find(*name)
            path = str(release.folder / HEAD)
            known = self._known[name] = _Known(path, _version(path), self._served(release))
        return known

    def _served(self, release: Release) -> Mapping[str, _Served]:
        vector, images = release.tag(VECTOR), release.tag(IMAGES)
        varied = [("Vary", "Accept-Encoding")]
        gzip = [*varied, ("Content-Encoding", "gzip")]
        return {
            "mvt": self._one(release.tiles, MVT, vector, varied),
            "packed": self._one(release.tiles, MVT, f"{vector}-gzip", gzip, packed=True),
            "png": self._one(release.images, PNG, images, [], nothing=CLEAR),
        }

    def _one(
        self,
        archive: Archive,
        kind: str,
        tag: str,
        more: Headers,
        *,
        packed: bool = False,
        nothing: bytes = b"",
    ) -> _Served:
        etag = f'"{tag}"'
        shared = [("ETag", etag), ("Cache-Control", self._cache), ("Content-Security-Policy", DATA_ONLY)]
        shared += [*EVERYWHERE.items(), *OPEN.items(), *more]
        # An answer without a body says nothing about one.
        unchanged = [header for header in shared if header[0] != "Content-Encoding"]
        return _Served(archive, packed, nothing, etag, [("Content-Type", kind), *shared], unchanged)


def _tile(served: _Served, z: int, x: int, y: int) -> bytes:
    if served.packed:
        return served.archive.packed(z, x, y)
    return served.archive.plain(z, x, y) or served.nothing


def _version(path: str) -> tuple[int, int]:
    try:
        told = os.stat(path)  # noqa: PTH116 - asked for every tile
    except OSError:
        return 0, 0
    return told.st_ino, told.st_mtime_ns


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return http_date(second)


@lru_cache(maxsize=256)
def takes_gzip(told: str) -> bool:
    """Say whether who sent this `Accept-Encoding` takes gzip, as Flask would."""
    accepted: Accept = parse_accept_header(told, Accept)
    return accepted["gzip"] > 0
