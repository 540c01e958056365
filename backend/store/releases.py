"""What is published, read from release files: no database, each file as long as its list says."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any

from backend.domain.layers import LAYERS, layer_named
from backend.domain.periods import release_name, release_named
from backend.domain.withdrawals import NOT_TOLD, NOTES
from backend.errors import InvalidInput, NotFound, Unavailable
from backend.store.archives import DAMAGED, Archive

if TYPE_CHECKING:
    from pathlib import Path

LATEST = "latest"
HEAD, MANIFEST = "release.json", "files.json"
VECTOR, IMAGES, REGIONS, AREAS = "tiles.pmtiles", "images.pmtiles", "regions.geojson", "areas.geojson"
_CITY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_NO_RELEASE = "Nothing is published for this layer and period."
# Large members of a release file, which descriptions of it leave out.
_BULK = frozenset({"areas", "boundary", "measured", "regions"})
_TAG = 32
_WITHDRAWN = ".withdrawn.json"
_SUM = ("estimate", "low", "high", "se")


@dataclass(frozen=True)
class Release:
    """The files of one layer of one period."""

    city: str
    layer: str
    period: str
    folder: Path

    def file(self, name: str) -> Path:
        """Return one of its files.

        Raises:
            NotFound: this release has no such file.
            Unavailable: the file is not as long as it was when it was published.
        """
        path = self.folder / name
        try:
            size = path.stat().st_size
        except OSError:
            raise NotFound(_NO_RELEASE) from None
        if name in self._listed and self._listed[name]["bytes"] != size:
            raise Unavailable(DAMAGED)
        return path

    def has(self, name: str) -> bool:
        """Say whether this release has such a file."""
        return (self.folder / name).is_file()

    @cached_property
    def _listed(self) -> dict[str, Any]:
        """Return length and hash of each file; releases of earlier versions have no list until they get one."""
        path = self.folder / MANIFEST
        return json.loads(path.read_bytes()) if path.exists() else {}

    def tag(self, name: str) -> str:
        """Return the hash of one of its files in 32 hexadecimal digits.

        Raises:
            NotFound, Unavailable: as for `file`.
        """
        path = self.file(name)
        if name not in self._tags:
            listed = self._listed.get(name)
            self._tags[name] = listed["sha256"] if listed else sha256(path.read_bytes()).hexdigest()
        return self._tags[name][:_TAG]

    @cached_property
    def _tags(self) -> dict[str, str]:
        return {}

    @cached_property
    def head(self) -> dict[str, Any]:
        """Return what the release says of itself, without regions and shapes.

        `whole_city` is the noisy sum of all areas as {estimate, low, high, se}, reports; None in
        layers that have no such sum. It lies in no tile, for it has no place of its own.
        """
        told = json.loads(self.file(HEAD).read_bytes())
        kept = {name: value for name, value in told.items() if name not in _BULK}
        whole = next((region for region in told["regions"] if region["part"] == "city"), None)
        return {**kept, "whole_city": whole and {name: whole[name] for name in _SUM}}

    @property
    def withdrawn(self) -> dict[str, Any] | None:
        """Return what is told of a release that was taken back, from beside its folder; None where it stands.

        Where a correction stands and the note has not come yet, the correction itself says so.
        """
        try:
            told: dict[str, Any] = json.loads(_note_of(self.folder).read_bytes())
            return told
        except FileNotFoundError:
            other = _correction_of(self.folder)
        if not (other / HEAD).exists():
            return None
        return {
            "layer": self.layer, "period": self.period, "withdrawn_on": None, "reason": NOT_TOLD,
            "note": NOTES[NOT_TOLD], "corrected_by": other.name,
        }  # fmt: skip

    @cached_property
    def tiles(self) -> Archive:
        """Return the archive of vector tiles."""
        return Archive(self.file(VECTOR))

    @cached_property
    def images(self) -> Archive:
        """Return the archive of drawn tiles."""
        return Archive(self.file(IMAGES))


class Releases:
    """The catalogue: a folder of folders `<city>/<layer>/<period>`, each written once and never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[Path, tuple[tuple[int, ...], Release]] = {}
        self._lock = Lock()

    def cities(self) -> list[str]:
        """Return the cities with a release at least, in the order of their ids."""
        try:
            found = [path.name for path in self._folder.iterdir() if _CITY.fullmatch(path.name)]
        except FileNotFoundError:
            return []
        return sorted(name for name in found if self.layers(name))

    def layers(self, city: str) -> list[str]:
        """Return the layers of a city with a release at least, in the order of the fixed list."""
        return [name for name in LAYERS if self.periods(city, name)]

    def periods(self, city: str, layer: str) -> list[str]:
        """Return the published periods of a layer, oldest first; instead of one that was taken back its correction."""
        folder = self._layer_folder(city, layer)
        return [name for name in self.every(city, layer) if not _is_withdrawn(folder / name)]

    def withdrawn(self, city: str) -> list[Release]:
        """Return the releases of a city that were taken back, in the order of layers and periods."""
        found = [self.find(city, layer, name) for layer in LAYERS for name in self.every(city, layer)]
        return [release for release in found if _is_withdrawn(release.folder)]

    def every(self, city: str, layer: str) -> list[str]:
        """Return the names of all releases of a layer, oldest first, those that were taken back included."""
        folder = self._layer_folder(city, layer)
        try:
            found = [path.parent.name for path in folder.glob(f"*/{HEAD}")]
        except FileNotFoundError:
            return []
        return sorted(name for name in found if _is_period(name))

    def _layer_folder(self, city: str, layer: str) -> Path:
        if not _CITY.fullmatch(city):
            raise NotFound("There is no such city here.")
        return self._folder / city / layer_named(layer).name

    def find(self, city: str, layer: str, period: str) -> Release:
        """Return a release by its period, or the one of the latest.

        Raises:
            NotFound: it does not exist.
        """
        folder = self._layer_folder(city, layer)
        if period == LATEST:
            periods = self.periods(city, layer)
            if not periods:
                raise NotFound(_NO_RELEASE)
            period = periods[-1]
        elif not _is_period(period):
            raise NotFound(_NO_RELEASE)
        return self._opened(city, layer, folder / period)

    def _opened(self, city: str, layer: str, folder: Path) -> Release:
        """Return the release of a folder, opened once for as long as its file is the same."""
        try:
            stat = (folder / HEAD).stat()
        except OSError:
            raise NotFound(_NO_RELEASE) from None
        version = (stat.st_ino, stat.st_mtime_ns, folder.stat().st_mtime_ns)
        known = self._open.get(folder)
        if known is not None and known[0] == version:
            return known[1]
        with self._lock:
            self._open[folder] = version, Release(city, layer, folder.name, folder)
            return self._open[folder][1]


def _note_of(folder: Path) -> Path:
    return folder.with_name(folder.name + _WITHDRAWN)


def _correction_of(folder: Path) -> Path:
    return folder.with_name(release_name(folder.name, correction=True))


def _is_withdrawn(folder: Path) -> bool:
    return _note_of(folder).exists() or (_correction_of(folder) / HEAD).exists()


def _is_period(name: str) -> bool:
    try:
        release_named(name)
    except InvalidInput:
        return False
    return True
