"""The note that tells other commands where the private servers answer: `services.json`, owner only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from backend.cli.servers.place import alone, write_private

if TYPE_CHECKING:
    from pathlib import Path


def read_record(state: Path) -> dict[str, str]:
    """The addresses written down, empty when no private server runs."""
    try:
        found = json.loads((state / "services.json").read_text())
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()}


def note(state: Path, key: str, url: str | None) -> None:
    """Write down one address, or strike it out with None; nothing left means no file."""
    with alone(state / "services.lock"):
        told = read_record(state) | {key: url or ""}
        left = {name: value for name, value in told.items() if value}
        new = state / "services.json.new"
        write_private(new, json.dumps(left))
        new.replace(state / "services.json")
        if not left:
            (state / "services.json").unlink()
