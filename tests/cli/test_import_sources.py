"""Stories, points and photos are read as they lie about: packed, dirty, misnamed."""

from __future__ import annotations

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from backend.cli import sources
from backend.cli.sources import Place
from backend.domain.taxonomy import Daypart
from backend.errors import InvalidInput


@pytest.fixture
def put(tmp_path):
    def put_it(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return put_it


def test_stories_keep_their_row_numbers_and_line_breaks(put):
    path = put("a.csv", b'\xef\xbb\xbfDescription,Other\r\n" one\ntwo ",1\r\n,0\r\nthree,1\r\n')
    assert list(sources.read_stories(path)) == [(1, "one\ntwo"), (2, ""), (3, "three")]


@pytest.mark.parametrize("content", [b"", b"Words\nx\n", b"Description\n\xff\n"])
def test_what_holds_no_stories_is_refused(put, content):
    with pytest.raises(InvalidInput):
        list(sources.read_stories(put("a.csv", content)))


CSV = (
    b"time,offense,lon,lat\n2010-01-01 23:00:00+00:00,x,1.5,2.5\n"
    b",x,NA,2\n,x,inf,2\nlater,x,3,4\n2010-01-01 06:30:00,x,5,6\n"
)
EXPECTED = {None, Place(1.5, 2.5, Daypart.NIGHT), Place(3, 4), Place(5, 6, Daypart.MORNING)}


def test_points_of_a_csv_are_shuffled_the_same_way_every_time(put):
    packed = put("a.csv.gz", gzip.compress(CSV))
    found = list(sources.read_points(packed))
    assert set(found) == EXPECTED
    assert found.count(None) == 2
    assert found == list(sources.read_points(put("a.csv", CSV)))
    assert [place for place in found if place] != [
        Place(1.5, 2.5, Daypart.NIGHT),
        Place(3, 4),
        Place(5, 6, Daypart.MORNING),
    ]


def test_points_of_a_parquet_file_are_read(tmp_path):
    pq.write_table(pa.table({"Latitude": [1.0, None], "Longitude": [2.0, 3.0]}), tmp_path / "a.parquet")
    assert set(sources.read_points(tmp_path / "a.parquet")) == {Place(2, 1), None}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"lon\n1\n"),
        ("a.csv.gz", b"no"),
        ("a.parquet", b"no"),
        ("missing.csv", None),
    ],
)
def test_what_holds_no_points_is_refused(put, tmp_path, name, content):
    path = tmp_path / name if content is None else put(name, content)
    with pytest.raises(InvalidInput):
        list(sources.read_points(path))


@pytest.mark.parametrize(
    ("hour", "band"),
    [(0, "night"), (5, "night"), (6, "morning"), (12, "afternoon"), (18, "evening"), (22, "night")],
)
def test_hours_fall_into_bands(hour, band):
    assert sources.daypart_of(hour) == band


def test_photos_are_known_by_their_content(put, tmp_path):
    put("b/x.txt", b"\xff\xd8\xff\xe0rest")
    put("a.png", b"\x89PNG\r\n\x1a\nrest")
    put("c.bin", b"RIFF1234WEBPrest")
    put("d.jpg", b"GIF89a")
    put("e.wav", b"RIFF1234WAVE")
    put("empty.jpg", b"")
    assert [path.name for path in sources.read_photos(tmp_path)] == ["a.png", "x.txt", "c.bin"]


@pytest.mark.stories
def test_real_files_are_read(shared_data):
    assert sum(1 for _ in sources.read_stories(shared_data / "stories" / "dev.csv")) == 990
    chicago = list(sources.read_points(shared_data / "points" / "chicago_2017.parquet"))
    assert len(chicago) == 165_567
    assert all(place is not None and place.daypart for place in chicago)
    houston = list(sources.read_points(shared_data / "points" / "houston_2010_half.csv.gz"))
    assert len(houston) == 43_157
    assert None in houston
    assert len(sources.read_photos(shared_data / "photos")) >= 50
