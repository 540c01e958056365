"""Downloads: the same regions in every format, read back by programs of others, with what must be known."""

import csv
import io
import json
import math
import sqlite3

import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from backend.domain.layers import AUDIT, GENDER
from backend.domain.periods import period_named
from backend.errors import Conflict
from workers.publish.document import write_document
from workers.publish.plan import plan_layer, roll_up
from workers.publish.render import render
from workers.publish.shapes import Drawing
from workers.publish.shelf import Shelf

MUST_BE_KNOWN = ("period", "epsilon", "k", "regions_withheld", "notes")


@pytest.fixture(scope="module")
def release(town_maps):
    return town_maps[-1]


@pytest.fixture(scope="module")
def files(release, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    for name, data in render(release).items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def gender(town, make):
    plan = plan_layer(GENDER, period_named("2026-Q1"), town)
    codes = [area.code for area in town.areas]
    return make.release(plan, roll_up(plan, codes, ["women"] * len(codes), [90] * len(codes)))


def regions(release):
    """What a release says of each region, in the words of downloads."""
    return {one.id: (one.shown, one.estimate, one.low, one.high, one.se) for one in release.regions}


def told(release):
    return {
        "period": release.period.name,
        "epsilon": str(release.epsilon),
        "k": release.k,
        "regions_withheld": release.withheld,
        "notes": {"what": "reported, not verified", "not": "not a crime rate, not SDG 11.7.2"},
    }


def known(about):
    return {name: about[name] for name in MUST_BE_KNOWN}


def test_gdal_reads_the_geopackage_with_all_that_must_be_known(files, release):
    path = files / "regions.gpkg"
    about = pyogrio.read_info(path)
    assert (about["crs"], about["geometry_type"]) == ("EPSG:4326", "MultiPolygon")
    assert about["layer_name"] == "map"
    meta, _, shapes, columns = pyogrio.raw.read(path)
    found = dict(zip(meta["fields"], columns, strict=True))
    rows = zip(*(found[name] for name in ("region", "shown", "estimate", "low", "high", "se")), strict=True)
    for region, shown, estimate, low, high, se in rows:
        expected = regions(release)[region]
        assert (bool(shown), int(low), int(high), float(se)) == (expected[0], *expected[2:])
        assert estimate == expected[1] if shown else math.isnan(estimate)
    assert len(shapes) == len(release.regions)
    assert all(
        shapely.from_wkb(shape).equals(drawn)
        for shape, drawn in zip(shapes, Drawing(release).degrees, strict=True)
    )


def test_the_geopackage_is_one_by_its_own_rules(files, release):
    with sqlite3.connect(files / "regions.gpkg") as database:
        assert database.execute("pragma application_id").fetchone() == (0x47504B47,)
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        assert database.execute("pragma foreign_key_check").fetchall() == []
        [(about,)] = database.execute("select metadata from gpkg_metadata")
        [(scope,)] = database.execute("select reference_scope from gpkg_metadata_reference")
        [(description,)] = database.execute("select description from gpkg_contents")
    database.close()
    assert known(json.loads(about)) == told(release)
    assert scope == "geopackage"
    assert "reported, not verified" in description


def test_the_parquet_file_says_where_things_are_and_what_they_are_not(files, release):
    table = pq.read_table(files / "regions.parquet")
    geo = json.loads(table.schema.metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    assert set(geo["columns"]["geometry"]["geometry_types"]) <= {"Polygon", "MultiPolygon"}
    assert known(json.loads(table.schema.metadata[b"farola"])) == told(release)
    rows = {row["region"]: row for row in table.to_pylist()}
    for name, (shown, estimate, low, high, se) in regions(release).items():
        row = rows[name]
        assert (row["shown"], row["estimate"], row["low"], row["high"], row["se"]) == (
            shown, estimate, low, high, se,
        )  # fmt: skip
        assert shapely.from_wkb(row["geometry"]).is_valid


def test_every_row_of_the_csv_says_what_must_be_known(files, release):
    rows = list(csv.DictReader(io.StringIO((files / "regions.csv").read_text("utf-8"), newline="")))
    assert [row["region"] for row in rows] == [region.id for region in release.regions]
    for row in rows:
        shown, estimate, low, high, _ = regions(release)[row["region"]]
        assert (row["shown"], row["low"], row["high"]) == (str(shown).lower(), str(low), str(high))
        assert row["estimate"] == ("" if estimate is None else str(estimate))
        assert (row["period"], row["epsilon"], row["k"]) == ("2026-Q3", "7/10", str(release.k))
        assert row["regions_withheld"] == str(release.withheld)
        assert row["note"] == "reported, not verified; not a crime rate, not SDG 11.7.2"
        assert shapely.from_wkt(row["wkt"]).is_valid


def test_geojson_and_archives_say_it_too(files, release):
    from pmtiles.reader import MemorySource, Reader

    assert known(json.loads((files / "regions.geojson").read_bytes())["farola"]) == told(release)
    for name in ("tiles", "images"):
        reader = Reader(MemorySource((files / f"{name}.pmtiles").read_bytes()))
        assert known(reader.metadata()) == told(release)


def test_gdal_reads_every_format_alike(files, release):
    shapes = {}
    for name in ("regions.gpkg", "regions.geojson"):
        meta, _, found, columns = pyogrio.raw.read(files / name)
        named = columns[list(meta["fields"]).index("region")]
        shapes[name] = {one: shapely.from_wkb(wkb) for one, wkb in zip(named, found, strict=True)}
    assert shapes["regions.gpkg"].keys() == shapes["regions.geojson"].keys() == set(regions(release))
    for one, shape in shapes["regions.gpkg"].items():
        assert shape.equals(shapes["regions.geojson"][one])


def test_gdal_reads_a_tile_and_finds_the_regions(files, release, tmp_path):
    from pmtiles.reader import MemorySource, all_tiles

    archive = MemorySource((files / "tiles.pmtiles").read_bytes())
    seen = set()
    for (z, x, y), data in all_tiles(archive):
        path = tmp_path / str(z) / str(x) / f"{y}.mvt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        meta, _, shapes, columns = pyogrio.raw.read(f"MVT:{path}")
        seen |= set(columns[list(meta["fields"]).index("region")])
        assert all(shapely.from_wkb(shape).is_valid for shape in shapes)
    assert seen == set(regions(release))


def test_areas_have_their_names_and_a_file_of_their_own(gender):
    made = render(gender)
    areas = json.loads(made["areas.geojson"])
    assert [one["id"] for one in areas["features"]] == [area.code for area in gender.areas]
    assert areas["features"][0]["properties"]["members"] == list(gender.areas[0].members)
    first = json.loads(made["regions.geojson"])["features"][0]["properties"]
    assert first["name"] == gender.areas[0].name


def test_an_audit_has_a_column_for_every_mean(town, make):
    plan = plan_layer(AUDIT, period_named("2026-Q4"), town)
    import numpy as np

    release = make.release(plan, np.full((len(plan.places), 10), 900, dtype=np.int64))
    table = pq.read_table(io.BytesIO(render(release)["regions.parquet"]))
    assert sum(name.endswith("_se") for name in table.column_names) == 9


def test_nothing_but_what_was_released_leaves(files, release):
    """No number of a download is one that the release file does not publish."""
    published = {
        number for one in release.regions for number in (one.estimate, one.low, one.high, one.se)
    } - {None}
    meta, _, _, columns = pyogrio.raw.read(files / "regions.gpkg")
    for name, values in zip(meta["fields"], columns, strict=True):
        if name in {"estimate", "low", "high", "se"}:
            assert {float(value) for value in values if not math.isnan(value)} <= {
                float(one) for one in published
            }


def test_a_release_of_an_earlier_version_gets_what_it_lacks_and_keeps_what_it_has(release, tmp_path):
    data, shelf = write_document(release), Shelf(tmp_path, "lantern")
    folder = tmp_path / "lantern" / "map" / "2026-Q3"
    folder.mkdir(parents=True)
    (folder / "release.json").write_bytes(data)
    (folder / "tiles.pmtiles").write_bytes(b"as it was")
    assert not shelf.holds("map", "2026-Q3")
    assert shelf.place("map", "2026-Q3", data) is False
    assert shelf.holds("map", "2026-Q3")
    assert (folder / "tiles.pmtiles").read_bytes() == b"as it was"
    manifest = json.loads((folder / "files.json").read_bytes())
    assert manifest["tiles.pmtiles"]["bytes"] == len(b"as it was")
    assert set(manifest) | {"files.json"} == {path.name for path in folder.iterdir()}
    with pytest.raises(Conflict):
        shelf.place("map", "2026-Q3", data + b" ")
