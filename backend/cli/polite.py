"""HTTP with patience: what may pass is asked again after growing pauses, what is refused is said once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from http import HTTPStatus
from typing import Any

import httpx

from backend.errors import Unavailable, UnprocessableInput

PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)
# Too many came, or the server is on its way.
PASSING = frozenset(
    {
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
# Also: the same request under the same key is still running.
SAME_KEY = PASSING | {HTTPStatus.CONFLICT}
LONGEST_PAUSE = 30.0


class Refused(UnprocessableInput):
    """The server answered, and the answer is no; `status` and `problem` say why."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.problem = _problem(answer)
        said = self.problem.get("detail") or self.problem.get("title") or answer.reason_phrase
        where = self.problem.get("field")
        super().__init__(f"{self.status}: {said}" + (f" ({where})" if where else ""), field=where)


class Polite:
    """A client of one server that repeats only what is safe to repeat."""

    def __init__(
        self,
        base_url: str,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        # The machine's own proxy settings have no business between a demo and its server.
        self._client = httpx.Client(base_url=base_url, transport=transport, timeout=30, trust_env=False)
        self._sleep = sleep

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def ask(
        self, method: str, url: str, passing: AbstractSet[HTTPStatus] = PASSING, **parts: Any
    ) -> httpx.Response:
        """Ask until there is an answer that is not of the `passing` kind; for what may be repeated.

        Raises:
            Refused: an answer of 400 or above that will not pass.
            Unavailable: no answer after the last pause.
        """
        for pause in (*PAUSES, None):
            answer = self._try(method, url, parts)
            if answer is not None and answer.status_code not in passing:
                return _accepted(answer)
            if pause is not None:
                self._sleep(max(pause, _asked_for(answer)))
        if answer is not None:
            raise Refused(answer)
        raise Unavailable("The server does not answer.")

    def once(self, method: str, url: str, **parts: Any) -> httpx.Response | None:
        """Ask one time; None when the line broke, was busy, or the server stands elsewhere (409)."""
        answer = self._try(method, url, parts)
        if answer is None or answer.status_code in SAME_KEY:
            self._sleep(max(PAUSES[0], _asked_for(answer)))
            return None
        return _accepted(answer)

    def _try(self, method: str, url: str, parts: Mapping[str, Any]) -> httpx.Response | None:
        try:
            return self._client.request(method, url, **parts)
        except httpx.TransportError:
            return None


def _accepted(answer: httpx.Response) -> httpx.Response:
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        raise Refused(answer)
    return answer


def _asked_for(answer: httpx.Response | None) -> float:
    """Return how many seconds the server wants to be left alone, within reason."""
    said = answer.headers.get("Retry-After", "") if answer is not None else ""
    return min(float(said), LONGEST_PAUSE) if said.isdecimal() else 0.0


def _problem(answer: httpx.Response) -> dict[str, Any]:
    """Return the problem document of an answer, empty when it has none."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
