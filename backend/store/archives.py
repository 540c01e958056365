"""PMTiles files mapped into memory: one look into a table finds a tile."""

from __future__ import annotations

import gzip
import json
import mmap
from array import array
from bisect import bisect_right
from functools import cached_property, lru_cache
from operator import add
from typing import TYPE_CHECKING, Any

from pmtiles.tile import Compression, Entry, deserialize_directory, deserialize_header, zxy_to_tileid

from backend.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KEPT = 1024  # unpacked tiles; each holds a few kilobytes
_HEADER = 127
_SECTIONS = ("root", "metadata", "leaf_directory", "tile_data")
_NO_TILE = "There is no tile at this address."
DAMAGED = "This release is damaged where it is stored; it cannot be read until it is put back."
_NOTHING = gzip.compress(b"", 6, mtime=0)


class Archive:
    """One PMTiles file mapped into memory, its directory decoded once.

    Raises:
        Unavailable: the file is no archive, or half of one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._open()
        except Exception as error:
            # Whatever a library makes of bytes that are none of an archive.
            raise Unavailable(DAMAGED) from error

    def _open(self) -> None:
        with self.path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header: dict[str, Any] = dict(deserialize_header(self._bytes[:_HEADER]))
        ends = [header[f"{section}_offset"] + header[f"{section}_length"] for section in _SECTIONS]
        if max(ends) > len(self._bytes):
            raise ValueError(self.path.name)
        self._header = header
        self.zooms = range(header["min_zoom"], header["max_zoom"] + 1)
        self._is_gzip = header["tile_compression"] is Compression.GZIP
        self._data = header["tile_data_offset"]
        self._leaves = header["leaf_directory_offset"]
        self._decode(self._entries(header["root_offset"], header["root_length"]))
        # What few ask for is kept: tiles unpacked, or packed where the archive's are not.
        self.plain = lru_cache(maxsize=_KEPT)(self._plain)
        self.packed = self._stored if self._is_gzip else lru_cache(maxsize=_KEPT)(self._packed)

    def _entries(self, offset: int, length: int) -> Iterator[Entry]:
        """Yield the tiles of a directory and of the leaves below it."""
        for entry in deserialize_directory(self._bytes[offset : offset + length]):
            if entry.run_length:
                yield entry
            else:
                yield from self._entries(self._leaves + entry.offset, entry.length)

    def _decode(self, entries: Iterator[Entry]) -> None:
        table = [(entry.tile_id, entry.run_length, entry.offset, entry.length) for entry in entries]
        self._first, self._run, self._offset, self._length = (
            array("Q", column) for column in (zip(*table, strict=True) if table else ((),) * 4)
        )
        if max(map(add, self._offset, self._length), default=0) > self._header["tile_data_length"]:
            raise ValueError(self.path.name)

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """Return what the archive says of itself."""
        start, length = (self._header[f"metadata_{part}"] for part in ("offset", "length"))
        told: dict[str, Any] = json.loads(gzip.decompress(self._bytes[start : start + length]))
        return told

    def tile(self, z: int, x: int, y: int) -> bytes:
        """Return a tile as it is stored, empty when the archive leaves it out.

        Raises:
            NotFound: the address is outside the quadtree or the archive's zooms.
        """
        if z not in self.zooms or x >> z or y >> z:
            raise NotFound(_NO_TILE)
        tile_id = zxy_to_tileid(z, x, y)
        at = bisect_right(self._first, tile_id) - 1
        if at < 0 or tile_id - self._first[at] >= self._run[at]:
            return b""
        start = self._data + self._offset[at]
        return self._bytes[start : start + self._length[at]]

    def _plain(self, z: int, x: int, y: int) -> bytes:
        """Return a tile for a reader that unpacks nothing."""
        stored = self.tile(z, x, y)
        return gzip.decompress(stored) if stored and self._is_gzip else stored

    def _stored(self, z: int, x: int, y: int) -> bytes:
        return self.tile(z, x, y) or _NOTHING

    def _packed(self, z: int, x: int, y: int) -> bytes:
        return gzip.compress(self.tile(z, x, y), 6, mtime=0)
