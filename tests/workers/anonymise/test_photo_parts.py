"""The small parts under photo anonymisation: boxes and the check of what was written."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from backend.errors import ConfigError
from workers.anonymise import jpeg
from workers.anonymise.boxes import Box, best, grown, mask, merged, turned_back
from workers.anonymise.models import read_model
from workers.anonymise.passes import Pass, look
from workers.anonymise.views import TILE, tiles

edges = st.floats(-50, 400)
boxes = st.builds(
    lambda x, y, w, h, score: Box(x, y, x + w, y + h, score),
    edges,
    edges,
    st.floats(0.5, 200),
    st.floats(0.5, 200),
    st.floats(0, 1),
)


def covers(outer, inner):
    return outer.x0 <= inner.x0 and outer.y0 <= inner.y0 and outer.x1 >= inner.x1 and outer.y1 >= inner.y1


@given(st.lists(boxes, max_size=12))
def test_merging_never_uncovers_anything(found):
    together = merged(found)
    assert len(together) <= len(found)
    assert all(any(covers(box, one) for box in together) for one in found)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_box_found_in_a_turned_view_lies_where_it_belongs(turns):
    pixels = np.zeros((60, 100, 3), np.uint8)
    pixels[10:30, 70:80] = 255

    def find(view):
        rows, columns = np.nonzero(view[:, :, 0])
        return [Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1, 1.0)]

    assert list(look(Pass("face", 100, 0.0, (90 * turns,)), find, pixels)) == [Box(70, 10, 80, 30, 1.0)]


@pytest.mark.parametrize("angle", range(0, 360, 15))
@pytest.mark.parametrize("oval", [True, False])
def test_what_is_found_in_a_view_at_any_angle_is_covered_in_the_photo(angle, oval):
    pixels = np.zeros((300, 400, 3), np.uint8)
    rows, columns = np.mgrid[:300, :400]
    pixels[(columns - 310) ** 2 / 30**2 + (rows - 90) ** 2 / 40**2 <= 1] = 255

    def find(view):
        rows, columns = np.nonzero(view[:, :, 0] > 40)
        return [Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1, 1.0)]

    (box,) = look(Pass("face", 200, 0.05, (angle,), oval=oval), find, pixels)
    exact = Box(280, 50, 341, 131, 1.0)
    assert covers(grown(box, 0.02), exact)
    assert box.area < (1.9 if oval else 3.2) * exact.area


def test_a_small_photo_is_enlarged_only_where_the_pass_says_so():
    seen = []
    for enlarge in (False, True):
        list(
            look(Pass("face", 640, 0.0, enlarge=enlarge), lambda view: seen.append(view.shape) or [], PIXELS)
        )
    assert seen == [(40, 50, 3), (200, 250, 3)]


@pytest.mark.parametrize("size", [(2048, 1536), (1088, 1088), (1089, 40), (3, 2048), (50, 2000)])
def test_tiles_leave_nothing_out_and_share_their_edges(size):
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    times = np.zeros((size[1], size[0]), np.uint8)
    for x, y, piece in tiles(pixels):
        assert max(piece.shape[:2]) <= TILE
        times[y : y + piece.shape[0], x : x + piece.shape[1]] += 1
    assert times.min() == 1
    assert bool(times.max() > 1) is (max(size) > TILE)


def test_what_lies_on_a_cut_is_found_once_and_where_it_is():
    pixels = np.zeros((1536, 2048, 3), np.uint8)
    pixels[760:790, 1010:1040] = 255

    def find(view):
        rows, columns = np.nonzero(view[:, :, 0])
        if not len(rows):
            return []
        return [Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1, 1.0)]

    assert list(look(Pass("face", 2048, 0.0, tiled=True), find, pixels)) == [Box(1010, 760, 1040, 790, 1.0)]


@given(st.lists(boxes, max_size=12))
def test_of_boxes_around_the_same_thing_the_surest_stays(found):
    kept = best(found)
    assert set(kept) <= set(found)
    assert not found or max(found, key=lambda box: box.score).score == kept[0].score


def test_a_box_found_in_a_smaller_view_is_enlarged():
    found = look(
        Pass("face", 50, 0.5, (90,)), lambda _: [Box(10, 10, 20, 30, 1.0)], np.zeros((60, 100, 3), np.uint8)
    )
    assert list(found) == [Box(20, 10, 100, 50, 1.0)]


@given(boxes, st.integers(0, 3))
def test_turning_keeps_the_area(box, turns):
    turned = ((300, 200), (200, 300))[turns % 2]
    assert turned_back(box, 90 * turns, turned, (300, 200)).area == pytest.approx(box.area, abs=1e-6)


def test_growing_is_by_a_share_on_each_side():
    assert grown(Box(10, 10, 30, 20, 0.5), 0.15) == Box(7.0, 8.5, 33.0, 21.5, 0.5)


def test_a_mask_takes_every_pixel_it_touches_and_stays_inside():
    assert mask("face", Box(-3.2, 1.9, 4.1, 99, 0.5), (50, 40)) == ("face", 0, 1, 5, 40, 0.5)
    assert mask("face", Box(60, 1, 70, 9, 0.5), (50, 40)) is None


PIXELS = np.random.default_rng(2).integers(0, 255, (40, 50, 3), np.uint8)


def segment(marker, body):
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def saved(**options):
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, "JPEG", **options)
    return out.getvalue()


GOOD = jpeg.write(PIXELS)
TAMPERED = {
    "comment": GOOD[:20] + segment(0xFE, b"hello") + GOOD[20:],
    "exif": GOOD[:20] + segment(0xE1, b"Exif\x00\x00") + GOOD[20:],
    "icc": saved(icc_profile=b"profile" * 20),
    "adobe": GOOD[:20] + segment(0xEE, b"Adobe\x00d\x00\x00\x00\x00\x01") + GOOD[20:],
    "a second app0": GOOD[:20] + segment(0xE0, b"JFXX\x00\x10") + GOOD[20:],
    "a thumbnail": GOOD[:2] + segment(0xE0, GOOD[6:18] + b"\x01\x01abc") + GOOD[20:],
    "a comment after the scan": GOOD[:-2] + segment(0xFE, b"hello") + GOOD[-2:],
    "one byte after the end": GOOD + b"\x00",
    "a second picture": GOOD + GOOD,
    "no end": GOOD[:-2],
    "half": GOOD[: len(GOOD) // 2],
    "grey": saved()[:0] + GOOD[:2],
    "empty": b"",
}


def test_what_is_written_passes():
    jpeg.check(GOOD, (50, 40))
    jpeg.check(saved(progressive=True), (50, 40))


@pytest.mark.parametrize("name", TAMPERED)
def test_anything_more_or_less_is_refused(name):
    with pytest.raises(jpeg.OutputRefusedError):
        jpeg.check(TAMPERED[name], (50, 40))


def test_another_size_or_colour_is_refused():
    with pytest.raises(jpeg.OutputRefusedError):
        jpeg.check(GOOD, (40, 50))
    out = io.BytesIO()
    Image.fromarray(PIXELS).convert("L").save(out, "JPEG")
    with pytest.raises(jpeg.OutputRefusedError):
        jpeg.check(out.getvalue(), (50, 40))


def test_a_missing_package_is_named():
    with pytest.raises(ConfigError, match="not_there_at_all"):
        read_model("not_there_at_all", "model.onnx")
