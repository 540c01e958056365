"""What an attack works on, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from backend.cli.privacy.worlds import Stage
from backend.config import Settings
from backend.store.blobs import Blobs
from backend.store.queue import connect
from workers.publish import release
from workers.runtime import Runtime

AFTER = datetime(2026, 10, 1, 5, tzinfo=UTC)  # the quarter is over and its releases are due


@dataclass(frozen=True)
class Verdict:
    """One attack: whether it failed, as it must, and what it saw."""

    name: str
    held: bool
    saw: str

    @property
    def line(self) -> str:
        """Return the verdict as one line for people."""
        return f"{self.name:<4} {'failed' if self.held else 'GOT THROUGH':<12} {self.saw}"


@dataclass(frozen=True)
class Attacked:
    """What an attack works on: a database of its own, its settings, and how often it may try."""

    stage: Stage
    settings: Settings
    runs: int

    @property
    def runtime(self) -> Runtime:
        """Return a worker process on the stage."""
        worker = self.stage.works["worker"]
        return Runtime(
            self.settings, worker.clock, worker, Blobs(self.settings.blobs_url), self.stage.keyring,
            connect(self.settings.redis),
        )  # fmt: skip

    def shelf(self, city: str) -> Path:
        """Return the folder that outsiders see."""
        return self.settings.releases_dir / city

    def published(self) -> str:
        """Return a city whose quarter is over and released."""
        city = self.stage.city()
        self.stage.clock.at = AFTER
        release.release_city(self.runtime, city)
        return city
