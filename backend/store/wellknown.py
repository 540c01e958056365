"""What OpenID providers publish of themselves: read in bounded time and size, and kept for some minutes."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

import httpx

from backend.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PATIENCE = httpx.Timeout(5.0)
LONGEST_S = 8.0
MOST = 512 * 1024
# A provider that changed its endpoints or keys is believed after ten minutes at the latest.
KEPT_S = 600.0
# What failed is not asked for again by everybody who waits; and keys are not read anew at every bad token.
REST_S = 15.0
# Cities with a provider, two documents each, and room for addresses that changed.
_MOST_KEPT = 1000
LOST = "The city's log-in cannot be reached right now."


class _Measured(httpx.SyncByteStream):
    """The bytes of an answer, up to a length and a moment."""

    def __init__(self, stream: httpx.SyncByteStream, until: float) -> None:
        self._stream, self._until = stream, until

    def __iter__(self) -> Iterator[bytes]:
        read = 0
        for piece in self._stream:
            read += len(piece)
            if read > MOST or time.monotonic() > self._until:
                raise httpx.ReadError("The answer is too long or takes too long.")
            yield piece

    def close(self) -> None:
        self._stream.close()


class Bounded(httpx.HTTPTransport):
    """Sends requests, and gives up on answers that are too long, too slow, or packed."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request, whose answer may be read as long as it keeps within bounds."""
        until = time.monotonic() + LONGEST_S
        # A packed answer may be short on the wire and without an end here.
        request.headers["Accept-Encoding"] = "identity"
        answer = super().handle_request(request)
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            answer.close()
            raise httpx.ReadError("The answer is packed.")
        stream = _Measured(answer.stream, until)  # type: ignore[arg-type]
        return httpx.Response(
            answer.status_code, headers=answer.headers, stream=stream, extensions=answer.extensions
        )


@dataclass(frozen=True)
class _Kept:
    """A document, or None where reading it failed; when it was read, and how long that holds (seconds)."""

    found: Mapping[str, Any] | None
    read_at: float
    holds: float


class WellKnown:
    """The JSON documents of providers, each asked for once in ten minutes, whoever logs in."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._kept: dict[str, _Kept] = {}
        self._reading: defaultdict[str, Lock] = defaultdict(Lock)

    def read(self, address: str, *, anew: bool = False) -> Mapping[str, Any]:
        """Return a document.

        Args:
            address: where it is published.
            anew: what is kept is not enough; it is read again unless that was done just now.

        Raises:
            Unavailable: it cannot be read, could not be a moment ago, or others wait for it already.
        """
        kept = self._usable(address, anew=anew) or self._read(address, anew=anew)
        if kept.found is None:
            raise Unavailable(LOST)
        return kept.found

    def _usable(self, address: str, *, anew: bool) -> _Kept | None:
        kept = self._kept.get(address)
        if kept is None:
            return None
        return kept if self._now() - kept.read_at < (REST_S if anew else kept.holds) else None

    def _read(self, address: str, *, anew: bool) -> _Kept:
        with self._alone(address):
            done = self._usable(address, anew=anew)
            if done is not None:
                return done
            found = _fetched(address)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            kept = _Kept(found, self._now(), REST_S if found is None else KEPT_S)
            self._kept[address] = kept
            return kept

    @contextmanager
    def _alone(self, address: str) -> Iterator[None]:
        """Let one request read; a provider that hangs must not hold every thread of this door."""
        if not self._reading[address].acquire(timeout=1.0):
            raise Unavailable(LOST)
        try:
            yield
        finally:
            self._reading[address].release()


def _fetched(address: str) -> Mapping[str, Any] | None:
    try:
        with httpx.Client(transport=Bounded(), timeout=PATIENCE, trust_env=False) as client:
            answer = client.get(address, follow_redirects=False)
            found = answer.json() if answer.status_code == httpx.codes.OK else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
