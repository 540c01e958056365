"""A phone without a phone: makes the secrets, posts a report, uploads its photos and asks for news.

It does what the residents' app does and knows nothing that the published interface does
not say, so whatever it can do anybody can do.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import altcha
import httpx
from nacl.public import PrivateKey

from backend.cli.polite import SAME_KEY, Polite, Refused
from backend.domain import receipts
from backend.errors import Unavailable

CHUNK = 256 * 1024
PATIENCE = 8  # pieces in a row that bring a photo no further
SOLVING = 600.0  # seconds after which a challenge is worth nothing
PROOF = "Altcha"
PROOFS = 3  # for one request: the first may come too late, the second in a rush
TUS = {"Tus-Resumable": "1.0.0"}


@dataclass(frozen=True)
class Photo:
    """One photo that goes with a report; the name is the phone's own and says nothing."""

    name: str
    content: bytes

    def promise(self) -> dict[str, Any]:
        """Return what the report says about the photo before it comes."""
        return {
            "name": self.name,
            "size": len(self.content),
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }


@dataclass(frozen=True)
class Draft:
    """A report on the phone, complete with its secret and its key, so that sending it twice is harmless."""

    body: Mapping[str, Any]
    photos: tuple[Photo, ...] = ()
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(receipts.SECRET_BYTES), repr=False)
    key: str = field(default_factory=lambda: str(uuid.uuid4()))

    def wire(self) -> dict[str, Any]:
        """Return the JSON members that are sent."""
        reply = PrivateKey(receipts.derive(self.secret, receipts.REPLY_INFO)).public_key
        members = dict(self.body) | {
            "receipt": receipts.shown_to_server(self.secret),
            "reply_key": receipts.base64url(bytes(reply)),
        }
        return members | ({"photos": [photo.promise() for photo in self.photos]} if self.photos else {})


@dataclass(frozen=True)
class Sent:
    """A report that the server has acknowledged."""

    id: str
    secret: bytes = field(repr=False)
    answer: Mapping[str, Any]


def draft(body: Mapping[str, Any], photos: Sequence[bytes] = ()) -> Draft:
    """Return a report ready to send, with a fresh secret; photos are named 1, 2, 3 ..."""
    named = (Photo(str(number), content) for number, content in enumerate(photos, start=1))
    return Draft(body, tuple(named))


def show_receipt(secret: bytes) -> str:
    """Return the receipt as the resident writes it down."""
    return receipts.grouped(receipts.encode(secret))


class Phone:
    """Speaks to one city's residents' API; use it as a context manager.

    `importer_key` stands in for proof of work and rate limits, never for validation.
    """

    def __init__(
        self,
        base_url: str,
        city: str,
        importer_key: str | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = Polite(base_url, transport=transport, sleep=sleep)
        self._city = f"/v1/cities/{city}"
        self._who = {"Authorization": f"Importer {importer_key}"} if importer_key else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def send(self, report: Draft) -> Sent:
        """Post a report, then its photos; what fails on the way is tried again under the same key.

        Raises:
            Refused: the server will not have it.
            Unavailable: the server cannot be reached.
        """
        answer = self._post("/reports", report.wire(), {"Idempotency-Key": f'"{report.key}"'}).json()
        for photo in report.photos:
            self._upload(answer["id"], photo, report.secret)
        return Sent(answer["id"], report.secret, answer)

    def state(self, secret: bytes) -> dict[str, Any]:
        """Return what the server says about a report to the holder of its receipt."""
        answer = self._http.ask("GET", f"{self._city}/receipt", headers=_bearer(secret))
        return dict(answer.json())

    def withdraw(self, secret: bytes) -> None:
        """Take a report back."""
        self._http.ask("DELETE", f"{self._city}/receipt", headers=_bearer(secret))

    def _post(self, path: str, told: Mapping[str, Any], headers: Mapping[str, str]) -> httpx.Response:
        """Post something with a proof of work; when another is asked for, with that one."""
        challenge = f"{self._city}/challenge"
        for _ in range(PROOFS - 1):
            try:
                return self._proven(path, told, headers, challenge)
            except Refused as refused:
                if refused.field != PROOF:
                    raise
                challenge = str(refused.problem.get("challenge") or challenge)
        return self._proven(path, told, headers, challenge)

    def _proven(
        self, path: str, told: Mapping[str, Any], headers: Mapping[str, str], challenge: str
    ) -> httpx.Response:
        proof = self._who or {PROOF: solved(self._http.ask("GET", challenge).json())}
        return self._http.ask("POST", self._city + path, SAME_KEY, headers={**headers, **proof}, json=told)

    def _upload(self, report_id: str, photo: Photo, secret: bytes) -> None:
        """Bring one photo over in pieces; after an interruption go on where the server stands."""
        headers = _bearer(secret) | TUS
        place = self._create(report_id, photo, headers)
        at, stalls = 0, 0
        while at < len(photo.content):
            was, at = at, self._piece(place, photo.content, at, headers)
            stalls = stalls + 1 if at <= was else 0
            if stalls > PATIENCE:
                raise Unavailable("The server takes no more of a photo.")

    def _create(self, report_id: str, photo: Photo, headers: Mapping[str, str]) -> str:
        named = ",".join((_member("report", report_id), _member("name", photo.name)))
        asked = {"Upload-Length": str(len(photo.content)), "Upload-Metadata": named}
        answer = self._http.ask("POST", f"{self._city}/uploads", headers={**headers, **asked})
        return str(answer.headers["Location"])

    def _piece(self, place: str, content: bytes, at: int, headers: Mapping[str, str]) -> int:
        """Send one piece and return the offset that the server confirms."""
        asked = {"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
        piece = content[at : at + CHUNK]
        answer = self._http.once("PATCH", place, headers={**headers, **asked}, content=piece)
        if answer is None:
            answer = self._http.ask("HEAD", place, headers=headers)
        return int(answer.headers["Upload-Offset"])


def solved(challenge: Mapping[str, Any]) -> str:
    """Return the header that proves the work a challenge asks for.

    Raises:
        Unavailable: it took longer than anybody waits; the challenge has expired by then.
    """
    found = altcha.solve_challenge(altcha.Challenge.from_dict(dict(challenge)), timeout=SOLVING)
    if found is None:
        raise Unavailable("The proof of work that the server asks for takes too long.")
    told = {"challenge": challenge, "solution": found.to_dict()}
    return b64encode(json.dumps(told).encode()).decode("ascii")


def _bearer(secret: bytes) -> dict[str, str]:
    return {"Authorization": f"Receipt {receipts.shown_to_server(secret)}"}


def _member(name: str, value: str) -> str:
    return f"{name} {b64encode(value.encode()).decode('ascii')}"
