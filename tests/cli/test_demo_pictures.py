"""The demo's drawn pictures: the detectors take the people and the plates for real, and the planted place is removed."""

import io

import pytest
from PIL import Image

from backend.cli.demo.pictures import GPS, PLANTED_MODEL, draw_scene
from workers.anonymise.photo import load_detectors, redact_photo


@pytest.fixture(scope="module")
def detectors():
    return load_detectors()


def covered(detectors, kind, seed, **scene):
    shown = redact_photo(draw_scene(seed, **scene), detectors)
    return sum(mask.kind == kind for mask in shown.masks)


def test_the_same_seed_draws_the_same_picture():
    scenes = {draw_scene(seed, people=1, plate=True, night=False) for seed in (1, 1, 2)}
    assert len(scenes) == 2


def test_a_scene_carries_what_a_phone_writes_and_loses_it(detectors):
    scene = draw_scene(3, people=1, plate=False, night=False)
    with Image.open(io.BytesIO(scene)) as drawn:
        assert drawn.size == (1280, 960)
        assert drawn.getexif().get_ifd(GPS)[1] == "N"
    assert PLANTED_MODEL.encode() in scene
    assert PLANTED_MODEL.encode() not in redact_photo(scene, detectors).jpeg


def test_drawn_faces_are_found_by_day_and_by_night(detectors):
    found = [
        covered(detectors, "face", seed, people=2, plate=False, night=seed % 2 == 1) >= 2 for seed in range(6)
    ]
    assert sum(found) >= 5


def test_drawn_plates_are_found(detectors):
    found = [
        covered(detectors, "plate", seed, people=0, plate=True, night=seed % 2 == 1) >= 1 for seed in range(4)
    ]
    assert sum(found) >= 3
