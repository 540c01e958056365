"""Tiles and downloads come from release files alone, cacheable for ever under a named period."""

import gzip
import io
import json

import mapbox_vector_tile
import pytest
from PIL import Image

from backend.domain.cells import ancestor, xyz
from backend.store.releases import Releases
from tests.api.conftest import SHOWN, release_bytes
from workers.publish.shelf import Shelf

ROOT = "/v1/cities/lantern/layers/map"
Z, X, Y = xyz(ancestor(SHOWN, 12))
TILE = f"{ROOT}/2026-Q4/{Z}/{X}/{Y}"


def test_a_vector_tile_says_what_is_shown(tiles):
    answer = tiles.get(f"{TILE}.mvt")
    assert answer.status_code == 200
    assert answer.mimetype == "application/vnd.mapbox-vector-tile"
    features = mapbox_vector_tile.decode(answer.data)["map"]["features"]
    shown = [one["properties"] for one in features if one["properties"]["shown"]]
    assert [(one["estimate"], one["low"], one["high"], one["se"]) for one in shown] == [(35, 30, 40, 2.5)]
    assert any(not one["properties"]["shown"] for one in features)


def test_a_named_period_may_be_kept_for_ever_and_the_latest_for_minutes(tiles):
    named = tiles.get(f"{TILE}.mvt")
    latest = tiles.get(f"{ROOT}/latest/{Z}/{X}/{Y}.mvt")
    assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert latest.headers["Cache-Control"] == "public, max-age=300"
    assert latest.data == named.data
    assert latest.headers["ETag"] == named.headers["ETag"]
    older = tiles.get(f"{ROOT}/2026-Q3/{Z}/{X}/{Y}.mvt")
    assert older.headers["ETag"] != named.headers["ETag"]
    assert older.data != named.data


@pytest.mark.parametrize(
    "path", [f"{TILE}.mvt", f"{TILE}.png", f"{ROOT}/2026-Q4.geojson", f"{ROOT}/2026-Q4.pmtiles"]
)
def test_who_knows_the_etag_is_told_nothing_new(tiles, path):
    first = tiles.get(path)
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    again = tiles.get(path, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert tiles.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_gzip_only_for_who_takes_it(tiles):
    plain = tiles.get(f"{TILE}.mvt")
    packed = tiles.get(f"{TILE}.mvt", headers={"Accept-Encoding": "br, gzip"})
    refused = tiles.get(f"{TILE}.mvt", headers={"Accept-Encoding": "gzip;q=0"})
    assert gzip.decompress(packed.data) == plain.data == refused.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in refused.headers
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert {answer.headers["Vary"] for answer in (plain, packed, refused)} == {"Accept-Encoding"}


def test_a_picture_shows_the_same_place(tiles):
    answer = tiles.get(f"{TILE}.png")
    assert answer.mimetype == "image/png"
    picture = Image.open(io.BytesIO(answer.data)).convert("RGBA")
    assert picture.size == (256, 256)
    assert picture.getextrema()[3][1] > 0


def test_where_nothing_lies_a_tile_is_empty(tiles):
    vector = tiles.get(f"{ROOT}/2026-Q4/8/0/0.mvt")
    assert (vector.status_code, vector.data) == (200, b"")
    packed = tiles.get(f"{ROOT}/2026-Q4/8/0/0.mvt", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == b""
    picture = Image.open(io.BytesIO(tiles.get(f"{ROOT}/2026-Q4/8/0/0.png").data)).convert("RGBA")
    assert picture.size == (256, 256)
    assert picture.getextrema()[3] == (0, 0)


@pytest.mark.parametrize(
    "path",
    [
        f"{ROOT}/2026-Q4/7/0/0.mvt",  # coarser than the archive
        f"{ROOT}/2026-Q4/15/0/0.mvt",  # finer
        f"{ROOT}/2026-Q4/8/256/0.mvt",  # beyond the edge
        f"{ROOT}/2026-Q4/8/0/256.png",
        f"{ROOT}/2026-Q4/8/0/9999999999.png",
        f"{ROOT}/2026-Q4/8/0/99999999999.png",
        f"{ROOT}/2026-Q4/4000000000/0/0.png",
        f"{ROOT}/2026-Q4/8/-1/0.mvt",
        f"{ROOT}/2026-Q4/8/00/0.mvt",
        f"{ROOT}/2026-Q4/8/\uff11/0.mvt",
        f"{ROOT}/2026-Q4/8/1.0/0.mvt",
        f"{ROOT}/2026-Q1/8/0/0.mvt",  # nothing published
        f"{ROOT}/2026-W99/8/0/0.mvt",  # no such week
        f"{ROOT}/../map/8/0/0.mvt",
        f"{ROOT}/2026-Q4/8/0/0.jpg",
        "/v1/cities/lantern/layers/pulse/latest/8/0/0.mvt",
        "/v1/cities/lantern/layers/nothing/latest/8/0/0.mvt",
        "/v1/cities/nowhere/layers/map/latest/8/0/0.mvt",
        "/v1/cities/..%2Flantern/layers/map/latest/8/0/0.mvt",
        "/v1/cities/lan%00tern/layers/map/latest/8/0/0.mvt",
        "/v1/cities/%ff/layers/map/latest/8/0/0.mvt",
        f"{ROOT}/2026-Q1.geojson",
        f"{ROOT}/2026-Q1.pmtiles",
    ],
)
def test_what_is_not_there_is_a_problem(tiles, path):
    answer = tiles.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"] == "urn:farola:problem:not-found"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("query", "status"), [("?style=dark", 422), ("?a=1&a=2", 400), ("?%00=1", 400)])
def test_unknown_and_repeated_parameters_are_refused(tiles, query, status):
    for path in (f"{TILE}.mvt", f"{TILE}.png", f"{ROOT}/2026-Q4.geojson", f"{ROOT}/tilejson.json"):
        answer = tiles.get(path + query)
        assert answer.status_code == status
        assert answer.json["field"]


def test_the_regions_can_be_downloaded(tiles):
    answer = tiles.get(f"{ROOT}/2026-Q4.geojson")
    assert answer.mimetype == "application/geo+json"
    told = json.loads(answer.data)
    assert told["farola"]["period"] == "2026-Q4"
    assert len(told["features"]) == 2
    assert "lantern-map-2026-Q4.geojson" in answer.headers["Content-Disposition"]


def test_the_archive_can_be_read_in_ranges(tiles, lantern):
    whole = (lantern / "lantern/map/2026-Q4/tiles.pmtiles").read_bytes()
    assert tiles.get(f"{ROOT}/latest.pmtiles").data == whole
    part = tiles.get(f"{ROOT}/latest.pmtiles", headers={"Range": "bytes=0-126"})
    assert (part.status_code, part.data) == (206, whole[:127])
    assert part.headers["Content-Range"] == f"bytes 0-126/{len(whole)}"
    tail = tiles.get(f"{ROOT}/latest.pmtiles", headers={"Range": "bytes=-16"})
    assert (tail.status_code, tail.data) == (206, whole[-16:])
    beyond = tiles.get(f"{ROOT}/latest.pmtiles", headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416
    assert beyond.mimetype == "application/problem+json"
    assert beyond.headers["Content-Range"] == f"bytes */{len(whole)}"


def test_what_is_published_is_open_to_all_pages(tiles):
    answer = tiles.get(f"{TILE}.mvt")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer.headers


def test_every_stored_tile_is_served_as_it_is_stored(lantern, tiles):
    from pmtiles.reader import MemorySource, all_tiles

    archive = (lantern / "lantern/map/2026-Q4/tiles.pmtiles").read_bytes()
    stored = dict(all_tiles(MemorySource(archive)))
    assert sorted({z for z, _, _ in stored}) == list(range(8, 15))
    for (z, x, y), data in stored.items():
        path = f"{ROOT}/2026-Q4/{z}/{x}/{y}.mvt"
        assert tiles.get(path, headers={"Accept-Encoding": "gzip"}).data == data
        assert tiles.get(path).data == gzip.decompress(data)


def test_a_new_release_is_the_latest_at_once_and_half_of_one_is_none(tmp_path):
    releases, shelf = Releases(tmp_path), Shelf(tmp_path, "lantern")
    assert releases.layers("lantern") == []
    shelf.place("map", "2026-Q3", release_bytes("lantern", "2026-Q3"))
    assert releases.find("lantern", "map", "latest").period == "2026-Q3"
    half = tmp_path / "lantern/map/.2026-Q4.half"
    half.mkdir()
    (half / "release.json").write_bytes(b"{")
    assert releases.periods("lantern", "map") == ["2026-Q3"]
    shelf.place("map", "2026-Q4", release_bytes("lantern", "2026-Q4"))
    assert releases.find("lantern", "map", "latest").period == "2026-Q4"
    assert releases.layers("lantern") == ["map"]


def test_archives_with_leaves_and_gzip_are_read(tmp_path):
    from pmtiles.tile import Compression, TileType, tileid_to_zxy, zxy_to_tileid
    from pmtiles.writer import Writer

    from backend.store.releases import Archive

    path, first = tmp_path / "many.pmtiles", zxy_to_tileid(9, 0, 0)
    with path.open("wb") as file:
        writer = Writer(file)
        for number in range(first, first + 60_000, 2):
            writer.write_tile(number, gzip.compress(f"tile {number * 2654435761 % 2**32}".encode(), mtime=0))
        writer.finalize({"tile_type": TileType.MVT, "tile_compression": Compression.GZIP}, {})
    archive = Archive(path)
    for number in (first, first + 2, first + 31_000, first + 59_998):
        expected = f"tile {number * 2654435761 % 2**32}".encode()
        assert archive.plain(*tileid_to_zxy(number)) == expected
        assert archive.packed(*tileid_to_zxy(number)) == archive.tile(*tileid_to_zxy(number))
        assert archive.plain(*tileid_to_zxy(number + 1)) == b""


@pytest.mark.parametrize("path", ["latest.geojson", "latest.pmtiles", "2026-Q4/8/129/95.mvt"])
def test_if_match_is_refused_with_a_problem_and_no_bytes(tiles, path):
    answer = tiles.get(f"/v1/cities/lantern/layers/map/{path}", headers={"If-Match": '"other"'})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["field"] == "If-Match"
