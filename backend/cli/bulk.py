"""Posts many stories as many phones would, and waits until moderators could read each of them."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from backend.cli.phone import Phone, draft
from backend.cli.polite import Refused
from backend.cli.sources import Place
from backend.domain import receipts
from backend.domain.taxonomy import Daypart, Kind
from backend.domain.workflow import State
from backend.errors import Unavailable

# Not yet where a moderator could read it; everything else is in review or further.
UNDER_WAY = {State.AWAITING_PHOTOS, State.RECEIVED, State.ANONYMISED}
PAUSE = 1.0
LOOK_AT = 60  # reports asked about in one round
_OUTSIDE = "location.coordinates"
_SPREAD = 14  # days over which the stories are spread

Say = Callable[[str], None]


@dataclass
class Tally:
    """What became of an import; holds row numbers and secrets of receipts, never words."""

    posted: list[bytes] = field(default_factory=list, repr=False)
    refused: list[dict[str, Any]] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    photos: int = 0
    states: Counter[str] = field(default_factory=Counter)


@dataclass
class Posting:
    """One import: whose phone, where, since when, and which photos go with every n-th report."""

    phone: Phone
    places: Iterator[Place | None]
    today: date
    photos: Sequence[Path] = ()
    photo_every: int = 10
    tally: Tally = field(default_factory=Tally)

    def post(self, stories: Iterable[tuple[int, str]], say: Say) -> Tally:
        """Post every story at the next place that the city takes; refusals are noted by row."""
        for number, words in stories:
            self._one(number, words)
            done = len(self.tally.posted) + len(self.tally.refused)
            if done % 50 == 0:
                say(f"{len(self.tally.posted)} posted, {len(self.tally.refused)} refused")
        return self.tally

    def _one(self, number: int, words: str) -> None:
        photos = self._photos(number)
        for place in self.places:
            refused = "no point" if place is None else self._send(place, number, words, photos)
            if refused is None:
                return
            if isinstance(refused, Refused):
                self.tally.refused.append({"row": number, "reason": _reason(refused)})
                return
            self.tally.skipped[refused] += 1
        self.tally.refused.append({"row": number, "reason": "no place left in the city"})

    def _send(self, place: Place, number: int, words: str, photos: list[bytes]) -> Refused | str | None:
        """Return None when it was taken, a word when the place was wrong, else the refusal."""
        try:
            sent = self.phone.send(draft(self._body(place, number, words), photos))
        except Refused as refused:
            return "outside the city" if refused.field == _OUTSIDE else refused
        self.tally.posted.append(sent.secret)
        self.tally.photos += len(photos)
        return None

    def _body(self, place: Place, number: int, words: str) -> dict[str, Any]:
        return {
            "kind": Kind.INCIDENT,
            "location": {"type": "Point", "coordinates": [place.lon, place.lat]},
            "occurred_on": (self.today - timedelta(days=number % _SPREAD)).isoformat(),
            "daypart": place.daypart or list(Daypart)[number % len(Daypart)],
            "text": words,
            # Every story is another resident's.
            "contributor": receipts.base64url(secrets.token_bytes(16)),
        }

    def _photos(self, number: int) -> list[bytes]:
        if not self.photos or number % self.photo_every:
            return []
        return [self.photos[number // self.photo_every % len(self.photos)].read_bytes()]


def wait(phone: Phone, tally: Tally, patience: float, say: Say, pause: float = PAUSE) -> None:
    """Ask about every report until none is under way; the tally then knows their states.

    Raises:
        Unavailable: some are still under way when patience (seconds) ends.
    """
    waiting, end = list(tally.posted), time.monotonic() + patience
    while waiting:
        asked = [(secret, State(phone.state(secret)["state"])) for secret in waiting[:LOOK_AT]]
        tally.states.update(state.value for _, state in asked if state not in UNDER_WAY)
        waiting = waiting[LOOK_AT:] + [secret for secret, state in asked if state in UNDER_WAY]
        if time.monotonic() > end and waiting:
            raise Unavailable(f"{len(waiting)} of {len(tally.posted)} reports are still under way.")
        if any(state in UNDER_WAY for _, state in asked):
            say(f"{len(waiting)} of {len(tally.posted)} under way")
            time.sleep(pause)


def _reason(refused: Refused) -> str:
    """Return a reason without any of the resident's words: status, problem and field."""
    problem = str(refused.problem.get("type", "")).rsplit(":", 1)[-1]
    return " ".join(filter(None, (str(refused.status), problem, refused.field or "")))
