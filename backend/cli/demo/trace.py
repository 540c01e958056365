"""Follows what was posted to the published map: states by receipt, layers, regions and decoded tiles."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import mapbox_vector_tile

from backend.cli.phone import Phone
from backend.cli.polite import Polite
from backend.domain.cells import cell_at, xyz
from backend.domain.workflow import State

# Decided, one way or the other; COUNTED is what becomes of the approved.
TERMINAL = {State.APPROVED, State.REJECTED, State.DUPLICATE, State.COUNTED}
# Layers in cells are pulled deeper: their smallest cells do not show on coarse tiles.
DEEPEST = {"cell": 14, "area": 11}
MAP, CITY = "map", "city"


@dataclass
class Published:
    """What the publication API answers, in numbers; levels, cells and tiles are of the traced periods."""

    releases: int = 0
    shown: Counter[str] = field(default_factory=Counter)
    cells_shown: int = 0
    levels: set[int] = field(default_factory=set)
    tile_features: int = 0

    @property
    def layers_not_empty(self) -> list[str]:
        """Return the layers in which some place is shown in some period."""
        return sorted(name for name, shown in self.shown.items() if shown)


def states(phone: Phone, secrets: Sequence[bytes]) -> Counter[State]:
    """Return how many reports stand where, asked by their receipts."""
    return Counter(State(phone.state(secret)["state"]) for secret in secrets)


def published(url: str, city: str, traced: Collection[str]) -> Published:
    """Pull what is published over HTTP: all regions, and the tiles of the `traced` periods."""
    puller = _Puller(Polite(url), f"/v1/cities/{city}/layers", traced)
    try:
        return puller.pull()
    finally:
        puller.http.close()


@dataclass
class _Puller:
    """Reads the published layers of one city and adds up what they hold."""

    http: Polite
    address: str
    traced: Collection[str]
    found: Published = field(default_factory=Published)

    def pull(self) -> Published:
        for layer in self.http.ask("GET", self.address).json()["layers"]:
            self.found.releases += len(layer["periods"])
            for period in layer["periods"]:
                self._regions(layer["name"], period)
            for period in set(layer["periods"]) & set(self.traced):
                self._tiles(layer["name"], period, DEEPEST[layer["place"]])
        return self.found

    def _regions(self, layer: str, period: str) -> None:
        features = self.http.ask("GET", f"{self.address}/{layer}/{period}.geojson").json()["features"]
        told = [feature["properties"] for feature in features]
        # The city's own sum is always shown, with its error: it does not make a layer full.
        shown = [one for one in told if one["shown"] and one["part"] != CITY]
        self.found.shown[layer] += len(shown)
        if layer == MAP and period in self.traced:
            self.found.cells_shown += len(shown)
            self.found.levels |= {_level(one["region"]) for one in shown}

    def _tiles(self, layer: str, period: str, deepest: int) -> None:
        told = self.http.ask("GET", f"{self.address}/{layer}/tilejson.json").json()
        for zoom in range(told["minzoom"], min(told["maxzoom"], deepest) + 1):
            for x, y in _over(told["bounds"], zoom):
                tile = self.http.ask("GET", f"{self.address}/{layer}/{period}/{zoom}/{x}/{y}.mvt").content
                self.found.tile_features += _features(tile)


def _features(tile: bytes) -> int:
    decoded = mapbox_vector_tile.decode(tile) if tile else {}
    return sum(len(layer["features"]) for layer in decoded.values())


def _level(region: str) -> int:
    """Return the zoom of a region of cells: its name begins with a quadkey, one digit for each zoom."""
    return len(region.partition("-")[0])


def _over(bounds: Sequence[float], zoom: int) -> Iterator[tuple[int, int]]:
    """Yield the tiles that cover bounds."""
    west, south, east, north = bounds
    _, left, top = xyz(cell_at(west, north, zoom))
    _, right, bottom = xyz(cell_at(east, south, zoom))
    return itertools.product(range(left, right + 1), range(top, bottom + 1))
