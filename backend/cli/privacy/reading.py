"""Reading what is published the way an outsider does: through the door, and tile by tile."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path
from typing import Any

import mapbox_vector_tile
from pmtiles.reader import MmapSource, Reader, all_tiles

from backend.app import create_app
from backend.config import load_settings
from workers.publish.document import read_document

_ZOOM = 12
_NOWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}


def tile_bytes(releases: Path, city: str, period: str) -> bytes:
    """Fetch one tile through the residents' door, with the database and Redis out of reach."""
    client, address = _client(releases), f"/v1/cities/{city}/layers/map/{period}"
    z, x, y = _somewhere(releases / city / "map" / period)
    data: bytes = client.get(f"{address}/{z}/{x}/{y}.mvt").data
    return data


@lru_cache
def _client(releases: Path) -> Any:
    environ = {"FAROLA_STATE_DIR": str(releases.parent), "FAROLA_RELEASES_DIR": str(releases), **_NOWHERE}
    return create_app(load_settings(environ), "residents").test_client()


@lru_cache
def _somewhere(folder: Path) -> tuple[int, int, int]:
    """Return the address of the largest tile of a middle zoom."""
    _, address = max((len(data), address) for address, data in _tiles(folder) if address[0] == _ZOOM)
    return address


def _tiles(folder: Path) -> list[tuple[tuple[int, int, int], bytes]]:
    """Return address and plain bytes of every tile of a release."""
    with (folder / "tiles.pmtiles").open("rb") as file:
        source: Any = MmapSource(file)  # type: ignore[no-untyped-call]
        packed = Reader(source).header()["tile_compression"].name == "GZIP"  # type: ignore[no-untyped-call]
        found = list(all_tiles(source))  # type: ignore[no-untyped-call]
    return [(address, gzip.decompress(data) if packed else data) for address, data in found]


def regions_in_tiles(folder: Path) -> tuple[set[str], int]:
    """Return what tiles name that the release does not hold with the same numbers, and how many tiles there are."""
    document = read_document((folder / "release.json").read_bytes())
    known = {(one.id, one.shown, one.estimate) for one in document.regions}
    tiles = _tiles(folder)
    strange = {str(one) for _, data in tiles for one in _named(data) - known}
    return strange, len(tiles)


def _named(data: bytes) -> set[tuple[str, bool, int | None]]:
    told = [
        feature["properties"]
        for layer in mapbox_vector_tile.decode(data).values()
        for feature in layer["features"]
    ]
    return {(one["region"], one["shown"], one.get("estimate")) for one in told if "region" in one}
