"""Where releases stand: immutable folders, complete or not there at all."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from backend.errors import Conflict
from workers.publish.document import canonical, read_document
from workers.publish.render import render

if TYPE_CHECKING:
    from pathlib import Path

RELEASE_FILE, MANIFEST = "release.json", "files.json"
WITHDRAWN = ".withdrawn.json"
"""How the note on a release that was taken back ends; it stands beside the folder, never in it."""


class Shelf:
    """The releases of one city, below `<releases_dir>/<city>/<layer>/<period>/`."""

    def __init__(self, releases_dir: Path, city_id: str) -> None:
        self._folder = releases_dir / city_id

    def read(self, layer: str, period: str) -> bytes | None:
        """Return a release file that is published, if it is."""
        try:
            return (self._folder / layer / period / RELEASE_FILE).read_bytes()
        except FileNotFoundError:
            return None

    def names(self) -> list[tuple[str, str]]:
        """Return layer and period of every release that stands here."""
        found = self._folder.glob(f"[!.]*/[!.]*/{RELEASE_FILE}")
        return sorted((path.parent.parent.name, path.parent.name) for path in found)

    def holds(self, layer: str, period: str) -> bool:
        """Say whether a release stands here with everything made from it."""
        folder = self._folder / layer / period
        return (folder / RELEASE_FILE).exists() and (folder / MANIFEST).exists()

    def withdrawn(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return the notes on releases that were taken back, by layer and period."""
        found = self._folder.glob(f"[!.]*/[!.]*{WITHDRAWN}")
        return {
            (path.parent.name, path.name.removesuffix(WITHDRAWN)): json.loads(path.read_bytes())
            for path in found
        }

    def annotate(self, layer: str, period: str, note: bytes) -> None:
        """Put a note beside a release that was taken back; one that stands there is never replaced."""
        path = self._folder / layer / f"{period}{WITHDRAWN}"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _add(path, note)

    def place(self, layer: str, period: str, data: bytes) -> bool:
        """Publish a release with everything made from it; done before, only what is missing is added.

        The folder appears under its name in one step, so a reader never sees half of it.

        Returns:
            Whether it was published now.

        Raises:
            Conflict: another release stands there; what is published is never replaced.
        """
        folder = self._folder / layer / period
        published = self.read(layer, period)
        if published is not None:
            if published != data:
                raise Conflict(f"Another release of {layer} {period} is published already.")
            if not self.holds(layer, period):
                _complete(folder, data)
            return False
        fresh = self._folder / layer / f".{period}.{uuid4().hex}"
        fresh.mkdir(parents=True)
        try:
            _fill(fresh, data)
            fresh.rename(folder)
        except BaseException:
            shutil.rmtree(fresh)
            raise
        return True


def _fill(fresh: Path, data: bytes) -> None:
    for name, content in {RELEASE_FILE: data, **render(read_document(data))}.items():
        _write(fresh / name, content)
    _write(fresh / MANIFEST, _manifest(fresh))


def _complete(folder: Path, data: bytes) -> None:
    """Add the files that a release drawn by an earlier version lacks; those it has are not touched."""
    for name, content in render(read_document(data)).items():
        if not (folder / name).exists():
            _add(folder / name, content)
    _add(folder / MANIFEST, _manifest(folder))


def _add(path: Path, content: bytes) -> None:
    """Let a whole file appear in one step; one that came meanwhile stays."""
    half = path.with_name(f".{path.name}.{uuid4().hex}")
    _write(half, content)
    with suppress(FileExistsError):
        path.hardlink_to(half)
    half.unlink()


def _manifest(folder: Path) -> bytes:
    """Return how long each file has to be and its hash, so that a reader knows half of one from a whole."""
    files = (path for path in sorted(folder.iterdir()) if not path.name.startswith("."))
    told = {path.name: path.read_bytes() for path in files}
    return canonical(
        {name: {"bytes": len(data), "sha256": sha256(data).hexdigest()} for name, data in told.items()}
    )


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
