"""The clocks that tell real time: the system's, and one that the demo and the tests can move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from backend.domain.clock import Clock


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


class FileClock:
    """The machine's time plus the seconds written in a file, read anew at every question.

    Several processes share one moved clock this way; production never configures it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """Return the moved instant in UTC."""
        try:
            shift = float(self._path.read_text())
        except FileNotFoundError:
            shift = 0.0
        return datetime.now(UTC) + timedelta(seconds=shift)

    def move_to(self, instant: datetime) -> None:
        """Move every process that shares the file to an instant; time goes on from there."""
        shift = (instant - datetime.now(UTC)).total_seconds()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(str(shift))
        fresh.replace(self._path)


def clock_for(path: Path | None) -> Clock:
    """Return the moved clock when a file is configured, else the system's."""
    return SystemClock() if path is None else FileClock(path)
