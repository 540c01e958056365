"""A release's regions as a GeoPackage (OGC 12-128r19), the file that desktop GIS open first."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import shapely
from shapely import MultiPolygon

from workers.publish.about import about, caution, title
from workers.publish.document import canonical

if TYPE_CHECKING:
    from shapely import Geometry

    from workers.publish.mvt import Value
    from workers.publish.shapes import Drawing

_WGS84 = 4326
_APPLICATION, _VERSION = 0x47504B47, 10300  # "GPKG", 1.3
_BOUNDS_XY = 0b011  # of a geometry's header: little endian, with an envelope of x and y
_STANDARD = "https://www.rfc-editor.org/rfc/rfc8259"
_SYSTEMS = """
insert into gpkg_spatial_ref_sys values
 ('Undefined cartesian', -1, 'NONE', -1, 'undefined', null),
 ('Undefined geographic', 0, 'NONE', 0, 'undefined', null),
 ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]', 'longitude and latitude');
"""
_TABLES = """
create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer not null primary key,
 organization text not null, organization_coordsys_id integer not null, definition text not null, description text);
create table gpkg_contents (table_name text not null primary key, data_type text not null, identifier text unique,
 description text default '', last_change datetime not null, min_x double, min_y double, max_x double, max_y double,
 srs_id integer, constraint fk_gc_r_srs_id foreign key (srs_id) references gpkg_spatial_ref_sys(srs_id));
create table gpkg_geometry_columns (table_name text not null, column_name text not null,
 geometry_type_name text not null, srs_id integer not null, z tinyint not null, m tinyint not null,
 constraint pk_geom_cols primary key (table_name, column_name), constraint uk_gc_table_name unique (table_name),
 constraint fk_gc_tn foreign key (table_name) references gpkg_contents(table_name),
 constraint fk_gc_srs foreign key (srs_id) references gpkg_spatial_ref_sys (srs_id));
create table gpkg_extensions (table_name text, column_name text, extension_name text not null,
 definition text not null, scope text not null, constraint ge_tce unique (table_name, column_name, extension_name));
create table gpkg_metadata (id integer constraint m_pk primary key asc not null, md_scope text not null default 'dataset',
 md_standard_uri text not null, mime_type text not null default 'text/xml', metadata text not null default '');
create table gpkg_metadata_reference (reference_scope text not null, table_name text, column_name text,
 row_id_value integer, timestamp datetime not null, md_file_id integer not null, md_parent_id integer,
 constraint crmr_mfi_fk foreign key (md_file_id) references gpkg_metadata(id),
 constraint crmr_mpi_fk foreign key (md_parent_id) references gpkg_metadata(id));
"""
_EXTENDED = "http://www.geopackage.org/spec120/#extension_metadata"


def regions_gpkg(drawing: Drawing) -> bytes:
    """Return a GeoPackage with one table of regions; its metadata say what must be known."""
    database = sqlite3.connect(":memory:")
    try:
        database.executescript(f"pragma application_id = {_APPLICATION}; pragma user_version = {_VERSION};")
        database.executescript(_TABLES + _SYSTEMS)
        _describe(database, drawing)
        _fill(database, drawing)
        database.commit()
        return database.serialize()
    finally:
        database.close()


def _describe(database: sqlite3.Connection, drawing: Drawing) -> None:
    document = drawing.document
    name, when = document.layer.name, document.published_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    bounds = document.boundary.bounds
    contents = (name, "features", title(document), caution(), when, *bounds, _WGS84)
    database.execute("insert into gpkg_contents values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", contents)
    geometry = (name, "geom", "MULTIPOLYGON", _WGS84, 0, 0)
    database.execute("insert into gpkg_geometry_columns values (?, ?, ?, ?, ?, ?)", geometry)
    for table in ("gpkg_metadata", "gpkg_metadata_reference"):
        extension = (table, None, "gpkg_metadata", _EXTENDED, "read-write")
        database.execute("insert into gpkg_extensions values (?, ?, ?, ?, ?)", extension)
    told = (1, "dataset", _STANDARD, "application/json", canonical(about(document)).decode())
    database.execute("insert into gpkg_metadata values (?, ?, ?, ?, ?)", told)
    reference = ("geopackage", None, None, None, when, 1, None)
    database.execute("insert into gpkg_metadata_reference values (?, ?, ?, ?, ?, ?, ?)", reference)


def _fill(database: sqlite3.Connection, drawing: Drawing) -> None:
    columns = drawing.columns
    typed = ", ".join(f"{_quoted(name)} {_type(values)}" for name, values in columns.items())
    table = _quoted(drawing.document.layer.name)
    database.execute(f"create table {table} (fid integer primary key not null, geom multipolygon, {typed})")
    places = ", ".join("?" * (2 + len(columns)))
    database.executemany(f"insert into {table} values ({places})", _rows(drawing))  # noqa: S608 (our own words)


def _rows(drawing: Drawing) -> Iterator[tuple[Any, ...]]:
    told = zip(drawing.degrees, zip(*drawing.columns.values(), strict=True), strict=True)
    for number, (shape, values) in enumerate(told, 1):
        yield number, _geometry(shape), *values


def _geometry(shape: Geometry) -> bytes:
    """Return a geometry as the format keeps it: a header with its bounds, then WKB."""
    whole = MultiPolygon(shapely.get_parts(shape).tolist())
    west, south, east, north = whole.bounds
    head = struct.pack("<2sBBi4d", b"GP", 0, _BOUNDS_XY, _WGS84, west, east, south, north)
    return head + bytes(shapely.to_wkb(whole, byte_order=1))


def _type(values: Sequence[Value | None]) -> str:
    types = {bool: "boolean", int: "integer", str: "text"}
    known = {type(value) for value in values if value is not None}
    return types[known.pop()] if len(known) == 1 and known <= types.keys() else "double"


def _quoted(name: str) -> str:
    return f'"{name}"'
