"""A demo moderator: signs in, claims one report after another and decides, all through the review API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from backend.cli.demo.material import Ruling
from backend.cli.polite import Polite
from backend.domain.workflow import State, Verdict
from backend.errors import ServiceError

JPEG = b"\xff\xd8\xff"
REDACTED = "redacted"
FACE = "face"


@dataclass
class Seen:
    """What a moderator saw and did, in numbers."""

    decided: Counter[Verdict] = field(default_factory=Counter)
    photos_published: int = 0
    photos_with_filled_face: int = 0


@dataclass
class Moderator:
    """One signed-in moderator of one city."""

    http: Polite
    city: str
    token: str

    def decide_all(self, rulings: Mapping[str, Ruling], seen: Seen) -> Seen:
        """Claim and decide until nothing waits for this account; `rulings` say by report id how.

        What is sensitive stays for a second one, who agrees.
        """
        while (claim := self.claim_next()) is not None:
            self._decide(claim, rulings, seen)
        return seen

    def claim_next(self) -> dict[str, Any] | None:
        """Take the first report that nobody holds; None when the queue is empty."""
        answer = self._ask("POST", "claim-next")
        return dict(answer.json()) if answer.content else None

    def _decide(self, claim: dict[str, Any], rulings: Mapping[str, Ruling], seen: Seen) -> None:
        report = claim["report"]
        ruling = rulings[report["id"]]
        first = report["state"] != State.SECOND_LOOK
        if ruling.verdict is Verdict.APPROVE and first:
            self._look(report, seen)  # photos are shown while the report is held
        told = {"lease": claim["lease"]["token"], "verdict": ruling.verdict, "reason": ruling.reason}
        answer = self._ask("POST", f"reports/{report['id']}/decision", json=told).json()
        seen.decided[ruling.verdict] += answer["state"] != State.SECOND_LOOK

    def _look(self, report: dict[str, Any], seen: Seen) -> None:
        """Fetch every photo of a report to approve that was redacted, as the console would show it."""
        for photo in report["photos"]:
            if photo["state"] != REDACTED:
                continue
            if not self.photo(report, photo).startswith(JPEG):
                raise ServiceError("A redacted photo is no JPEG.")
            seen.photos_published += 1
            seen.photos_with_filled_face += any(mask["kind"] == FACE for mask in photo["masks"] or ())

    def photo(self, report: dict[str, Any], photo: dict[str, Any]) -> bytes:
        """Return a redacted photo of a report that is held."""
        return bytes(self._ask("GET", f"reports/{report['id']}/photos/{photo['name']}").content)

    def _ask(self, method: str, path: str, **parts: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.http.ask(method, f"/v1/cities/{self.city}/review/{path}", headers=headers, **parts)


@contextmanager
def sign_in(url: str, city: str, name: str, password: str) -> Iterator[Moderator]:
    """Open a session, and end it afterwards."""
    http = Polite(url)
    address = f"/v1/cities/{city}/review/session"
    session = http.ask("POST", address, json={"name": name, "password": password}).json()
    try:
        yield Moderator(http, city, session["token"])
        http.ask("DELETE", address, headers={"Authorization": f"Bearer {session['token']}"})
    finally:
        http.close()
