"""wrk, driven with prepared requests: what it counted, and at which times answers came."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = Path(__file__).with_name("requests.lua")
_THREADS = 2


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw. A report that was not taken in makes a run worthless."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds


def run_wrk(
    url: str, file: Path, lines: Iterable[str], *, connections: int, seconds: float, rate: float = 0
) -> Load:
    """Send the requests of some lines, each once, for a time or until they are used up.

    With a rate, so many a second are sent in all, on a schedule; a time that an answer took is
    measured from when its request was sent, not from when it was due.
    """
    file.write_text("".join(f"{line}\n" for line in lines))
    command = [
        "wrk",
        "-t",
        str(_THREADS),
        "-c",
        str(connections),
        "-d",
        f"{seconds:.0f}s",
        "--timeout",
        "10s",
    ]
    arguments = ["-s", str(_SCRIPT), url, "--", str(file), str(rate), str(_THREADS)]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    if told["refused"] or told["broken"]:
        raise SystemExit(
            f"wrk: {told['refused']} reports were refused and {told['broken']} answers never came."
        )
    return Load(told["requests"], told["microseconds"] / 1e6, told["p50_ms"], told["p99_ms"])
