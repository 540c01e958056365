"""Regions and areas of releases as features that can be searched by place, straight from their files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from backend.errors import Unavailable
from backend.store.archives import DAMAGED

if TYPE_CHECKING:
    from backend.store.releases import Release

Box = tuple[float, float, float, float]
_KEPT = 24  # files; a large one holds some ten thousand regions


class Features:
    """The features of one file in their order, found by number, by id or by place.

    Raises:
        Unavailable: the file is no feature collection.
    """

    def __init__(self, path: Path) -> None:
        try:
            data = path.read_bytes()
            self.told: list[dict[str, Any]] = json.loads(data)["features"]
            shapes: Any = shapely.get_parts(shapely.from_geojson(data)) if self.told else []
        except (ValueError, KeyError, TypeError, OSError, shapely.errors.ShapelyError) as error:
            raise Unavailable(DAMAGED) from error
        self._tree = shapely.STRtree(shapes)
        self._by_id = {feature["id"]: number for number, feature in enumerate(self.told)}

    def number_of(self, feature_id: str) -> int | None:
        """Return where a feature stands, if it is here."""
        return self._by_id.get(feature_id)

    def within(self, boxes: Sequence[Box] | None) -> Sequence[int]:
        """Return the features that touch any of some boxes (west, south, east, north), or all of them."""
        if boxes is None:
            return range(len(self.told))
        found = [self._tree.query(shapely.box(*box), predicate="intersects") for box in boxes]
        return [int(number) for number in np.unique(np.concatenate(found))] if found else []


def features_of(release: Release, name: str) -> Features:
    """Return the features of one of a release's files, read once for as long as it is the same.

    Raises:
        NotFound: the release has no such file.
        Unavailable: it is damaged.
    """
    return _read(release.file(name), release.tag(name))


@lru_cache(maxsize=_KEPT)
def _read(path: Path, _tag: str) -> Features:
    return Features(path)
