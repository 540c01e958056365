"""Real photos: the faces and plates that people marked in them are covered, and nothing of their EXIF is left."""

import io
import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from workers.anonymise import jpeg
from workers.anonymise.photo import PhotoWithheld, Reason, load_detectors, redact_photo

pytestmark = pytest.mark.stories


@pytest.fixture(scope="module")
def detectors():
    return load_detectors()


def covered(masks, kind, box):
    """The share of a marked box (x, y, width, height) that the masks cover."""
    x, y, width, height = box
    canvas = np.zeros((height, width), bool)
    for mask in masks:
        if mask.kind == kind:
            canvas[max(0, mask.y0 - y) : max(0, mask.y1 - y), max(0, mask.x0 - x) : max(0, mask.x1 - x)] = (
                True
            )
    return canvas.mean()


def face_boxes(folder):
    for image in ET.parse(folder / "boxes.xml").iter("image"):  # noqa: S314 - a known file
        boxes = [
            tuple(int(box.get(side)) for side in ("left", "top", "width", "height"))
            for box in image.iter("box")
        ]
        yield folder / image.get("file"), boxes


def turned(box, turns, size):
    """Where a box lies after `turns` quarter turns counter-clockwise."""
    x, y, width, height = box
    wide, high = size
    for _ in range(turns):
        x, y, width, height, wide, high = y, wide - x - width, height, width, high, wide
    return x, y, width, height


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_every_marked_face_is_covered_however_the_phone_was_held(shared_data, detectors, turns):
    shares = []
    for file, boxes in face_boxes(shared_data / "photos/faces"):
        with Image.open(file) as photo:
            pixels = np.asarray(photo.convert("RGB"))
        masks = detectors.find(np.ascontiguousarray(np.rot90(pixels, turns)))
        size = (pixels.shape[1], pixels.shape[0])
        shares += [covered(masks, "face", turned(box, turns, size)) for box in boxes]
    assert len(shares) == 18
    assert min(shares) > 0.6


def test_dogs_keep_most_of_their_picture(shared_data, detectors):
    shown = redact_photo((shared_data / "photos/faces/no_faces_dogs.jpg").read_bytes(), detectors)
    assert (
        sum((mask.x1 - mask.x0) * (mask.y1 - mask.y0) for mask in shown.masks)
        < 0.2 * shown.width * shown.height
    )


def test_marked_plates_are_covered_and_their_letters_are_gone(shared_data, detectors):
    shares = []
    for note in sorted((shared_data / "photos/plates").glob("*/*.txt")):
        shown = redact_photo(note.with_suffix(".jpg").read_bytes(), detectors)
        with Image.open(note.with_suffix(".jpg")) as original:
            factor = shown.width / original.width
        x, y, width, height = (round(int(value) * factor) for value in note.read_text().split("\t")[1:5])
        shares.append(covered(shown.masks, "plate", (x, y, width, height)))
        with Image.open(io.BytesIO(shown.jpeg)) as seen:
            middle = np.asarray(seen.convert("L"), np.float64)[y : y + height, x : x + width]
        if shares[-1] > 0.99:
            assert middle[height // 3 : -height // 3, width // 4 : -width // 4].std() < 6
    assert len(shares) == 28
    assert sum(share > 0.75 for share in shares) >= 27


def words(data):
    """Runs of readable characters, the way `strings` finds them."""
    return set(re.findall(rb"[\x20-\x7e]{8,}", data))


def test_nothing_survives_of_what_cameras_and_editors_write(shared_data, detectors):
    tables = jpeg.write(np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8))
    told = 0
    for file in sorted((shared_data / "photos/exif").iterdir()):
        data = file.read_bytes()
        if file.suffix == ".heic":
            with pytest.raises(PhotoWithheld) as withheld:
                redact_photo(data, detectors)
            assert withheld.value.reason is Reason.HEIC
            continue
        public = redact_photo(data, detectors).jpeg
        planted = {word for word in words(data) if word not in tables}
        told += len(planted)
        assert not [word for word in planted if word in public], file.name
    assert told > 100


def test_held_sideways_is_shown_upright(shared_data, detectors):
    sizes = {
        name: redact_photo((shared_data / f"photos/exif/landscape_{name}.jpg").read_bytes(), detectors)[1:3]
        for name in (1, 6, 8)
    }
    assert set(sizes.values()) <= {(582, 436), (582, 437)}
