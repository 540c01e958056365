"""How many came lately, in the memory of this process only: what makes proofs of work harder.

Nobody can be told from it. Addresses and tokens are hashed with a random key that is thrown
away with all counts when the day ends (UTC), and the hash is cut to 20 bits, so that many
share a count. Each process counts for itself: with several, the limits are that much softer.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, MutableSequence
from datetime import date, datetime
from threading import Lock

from backend.domain.difficulty import (
    ADDRESS_AN_HOUR,
    BUSY,
    IN_A_BATCH,
    TOKEN_A_DAY,
    TOKEN_AN_HOUR,
    level,
)
from backend.store.secrets import keyed_hash

BITS = 20
MINUTE, HOUR, DAY = 60, 3600, 86400
_FULL = 255  # a byte a bucket: far beyond every limit


class Window:
    """Counts in a fixed number of buckets over a period that slides.

    Kept are the running period and the one before, which weighs less the longer it is over.
    """

    def __init__(self, seconds: int, empty: Callable[[], MutableSequence[int]], most: int) -> None:
        self._seconds, self._empty, self._most = seconds, empty, most
        self._period = 0
        self._now, self._before = empty(), empty()

    def _slide(self, at: float) -> None:
        period = int(at // self._seconds)
        if period == self._period:
            return
        self._before = self._now if period == self._period + 1 else self._empty()
        self._now, self._period = self._empty(), period

    def add(self, at: float, bucket: int, count: int = 1) -> None:
        """Count something; a bucket that is full stays full."""
        self._slide(at)
        self._now[bucket] = min(self._now[bucket] + count, self._most)

    def used(self, at: float, bucket: int) -> float:
        """Return how much was counted in the last period, as well as two counts can tell."""
        self._slide(at)
        return self._now[bucket] + self._before[bucket] * (1 - at % self._seconds / self._seconds)


def _buckets() -> MutableSequence[int]:
    return bytearray(1 << BITS)


def _one() -> MutableSequence[int]:
    return [0]


class Crowd:
    """The counts of one process, and the level of difficulty that they ask for."""

    def __init__(self, busy: int) -> None:
        self._busy = tuple(times * busy for times in BUSY)
        self._lock = Lock()
        self._day: date | None = None
        self._begin(None)

    def _begin(self, day: date | None) -> None:
        self._day, self._key = day, secrets.token_bytes(32)
        self._addresses = Window(HOUR, _buckets, _FULL)
        self._tokens_hour = Window(HOUR, _buckets, _FULL)
        self._tokens_day = Window(DAY, _buckets, _FULL)
        self._reports = Window(MINUTE, _one, 1 << 62)

    def _at(self, now: datetime) -> float:
        """Return the time to count at; with a new day, key and counts begin anew."""
        if now.date() != self._day:
            self._begin(now.date())
        return now.timestamp()

    def _bucket(self, purpose: str, told: bytes) -> int:
        return int.from_bytes(keyed_hash(self._key, purpose, told)[:3]) >> (24 - BITS)

    def came(self, now: datetime, address: bytes, *, busy: bool) -> int:
        """Count a challenge asked for from an address, and return how hard it must be."""
        with self._lock:
            at, bucket = self._at(now), self._bucket("address", address)
            asked = level(self._addresses.used(at, bucket), ADDRESS_AN_HOUR)
            # Rough on purpose: who shares an address must not learn by asking that somebody else was there.
            self._addresses.add(at, bucket, secrets.choice((0, 2)))
            return max(asked, self._load(at), int(busy))

    def needed(self, now: datetime, tokens: Iterable[bytes], reports: int = 1) -> int:
        """Return how hard a proof must be that comes now with reports of these contributors."""
        with self._lock:
            at = self._at(now)
            of_tokens = (self._of_token(at, token) for token in set(tokens))
            return max(self._load(at), level(reports, IN_A_BATCH), *of_tokens, 0)

    def took(self, now: datetime, address: bytes, tokens: Iterable[bytes], reports: int = 1) -> None:
        """Count reports that were taken in; the first of them is in the count of challenges."""
        with self._lock:
            at = self._at(now)
            self._reports.add(at, 0, reports)
            if reports > 1:
                self._addresses.add(at, self._bucket("address", address), reports - 1)
            for token in tokens:
                bucket = self._bucket("token", token)
                self._tokens_hour.add(at, bucket)
                self._tokens_day.add(at, bucket)

    def _of_token(self, at: float, token: bytes) -> int:
        bucket = self._bucket("token", token)
        return max(
            level(self._tokens_hour.used(at, bucket), TOKEN_AN_HOUR),
            level(self._tokens_day.used(at, bucket), TOKEN_A_DAY),
        )

    def _load(self, at: float) -> int:
        return level(self._reports.used(at, 0), self._busy)
