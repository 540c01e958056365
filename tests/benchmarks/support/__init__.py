"""What benchmarks share: runs in turn, medians beside their spread, and the file that keeps them."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[3]
ROUNDS = int(os.environ.get("FAROLA_BENCH_ROUNDS", "5"))
_Seen = TypeVar("_Seen")


def in_turn(rounds: int, *sides: Callable[[], _Seen]) -> list[list[_Seen]]:
    """Run each side once, then each again: A B A B; what each run saw, by side.

    What the machine does meanwhile meets all sides alike, so compare values of the same round.
    """
    seen: list[list[_Seen]] = [[] for _ in sides]
    for number in range(1, rounds + 1):
        say(f"round {number} of {rounds}")
        for side, found in zip(sides, seen, strict=True):
            found.append(side())
    return seen


def say(line: str) -> None:
    """Progress goes to stderr; stdout holds the figures."""
    print(line, file=sys.stderr, flush=True)


def record(
    name: str,
    values: Mapping[str, Sequence[float]],
    versions: Mapping[str, str],
    middle: Callable[[Sequence[float]], float] = statistics.median,
) -> Path:
    """Print the median (or another middle) of each figure; keep them with their spread in var/bench/NAME.json."""
    told = {
        "name": name,
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "figures": {key: _rounded(middle(seen)) for key, seen in values.items()},
        "spread": {key: [_rounded(min(seen)), _rounded(max(seen))] for key, seen in values.items()},
        "command": f"make bench NAME={name}",
        "versions": dict(versions),
    }
    path = ROOT / "var" / "bench" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    for key, figure in told["figures"].items():
        low, high = told["spread"][key]
        print(f"{name}: {key} {figure:g} ({low:g} to {high:g})")
    return path


def _rounded(figure: float) -> float:
    """Four figures that mean something are more than any of these measurements has."""
    return float(f"{figure:.4g}")


def machine() -> dict[str, object]:
    """The machine in a few words, without its name."""
    told = Path("/proc/cpuinfo").read_text().splitlines()
    models = (line.partition(":")[2].strip() for line in told if line.startswith("model name"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": next(models, platform.machine()),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
    }


def of_packages(*names: str) -> dict[str, str]:
    """Versions of Python and of some of its packages."""
    return {"python": platform.python_version()} | {name: version(name) for name in names}


def of_program(*command: str) -> str:
    """The first line of what a program says of its version, on whichever stream it says it."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip().splitlines()[0]
