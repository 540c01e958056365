"""Everything that is served of a release, made from its bytes alone."""

from __future__ import annotations

from typing import Any

from pmtiles.tile import TileType

from workers.publish.about import about, caution, title
from workers.publish.archive import write_archive
from workers.publish.document import ReleaseDocument
from workers.publish.downloads import regions_csv, regions_parquet
from workers.publish.geojson import areas_geojson, regions_geojson
from workers.publish.geopackage import regions_gpkg
from workers.publish.images import picture_tiles
from workers.publish.shapes import Drawing
from workers.publish.tiles import vector_tiles


def render(document: ReleaseDocument) -> dict[str, bytes]:
    """Return the files beside `release.json`, by name; the same document gives the same bytes."""
    drawing = Drawing(document)
    bounds, told = document.boundary.bounds, metadata(drawing)
    files = {
        "tiles.pmtiles": write_archive(vector_tiles(drawing), TileType.MVT, bounds, told),
        "images.pmtiles": write_archive(picture_tiles(drawing), TileType.PNG, bounds, told),
        "regions.geojson": regions_geojson(drawing),
        "regions.csv": regions_csv(drawing),
        "regions.parquet": regions_parquet(drawing),
        "regions.gpkg": regions_gpkg(drawing),
    }
    return files | ({"areas.geojson": areas_geojson(document)} if document.areas else {})


def metadata(drawing: Drawing) -> dict[str, Any]:
    """Return an archive's metadata, which say what the layer is and what it is not."""
    document = drawing.document
    return {
        **about(document),
        "name": title(document),
        "description": caution(),
        "type": "overlay",
        "vector_layers": [{"id": document.layer.name, "fields": _fields(drawing)}],
    }


def _fields(drawing: Drawing) -> dict[str, str]:
    kinds = {bool: "Boolean", str: "String"}
    told = {
        name: kinds.get(type(value), "Number")
        for name, values in drawing.columns.items()
        for value in values
        if value is not None
    }
    return dict(sorted(told.items()))
