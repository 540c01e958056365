"""Text in pictures: read, covered whichever way it runs, and left only when it is surely a public sign."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from workers.anonymise.boxes import Box
from workers.anonymise.lettering import TextFinder, blocks
from workers.anonymise.reading import Reader
from workers.anonymise.signs import SURE, is_sign


@pytest.fixture(scope="module")
def find():
    return TextFinder()


def street(words, angle=0, size=(800, 600)):
    """A grey street with words on a white board in its middle."""
    board = Image.new("RGB", (30 + 26 * len(words), 80), "white")
    ImageDraw.Draw(board).text((15, 15), words, "black", ImageFont.load_default(44))
    canvas = Image.new("RGB", size, (120, 125, 130))
    turned = board.convert("RGBA").rotate(angle, expand=True)
    canvas.paste(turned, ((size[0] - turned.width) // 2, (size[1] - turned.height) // 2), turned)
    return np.asarray(canvas)


def covers_middle(boxes, size=(800, 600)):
    x, y = size[0] / 2, size[1] / 2
    return any(box.x0 < x < box.x1 and box.y0 < y < box.y1 for box in boxes)


@pytest.mark.parametrize("angle", [0, 20, 45, 90, 180, 270])
@pytest.mark.parametrize("words", ["Marta Ferrer", "612 345 678", "1234 BCD"])
def test_what_may_tell_who_somebody_is_is_covered_at_any_angle(find, words, angle):
    assert covers_middle(find(street(words, angle)))


@pytest.mark.parametrize("words", ["STOP", "FARMACIA", "Salida"])
def test_a_public_sign_stays(find, words):
    assert find(street(words)) == []


@pytest.mark.parametrize("words", ["FARMACIA FERRER", "Bar Manolo", "STOP 2231"])
def test_a_sign_with_anything_more_on_it_goes(find, words):
    assert covers_middle(find(street(words)))


def test_lines_that_stand_together_are_one_block():
    lines = [
        Box(0, 0, 100, 20, 0.9),
        Box(5, 24, 80, 44, 0.8),
        Box(0, 200, 90, 220, 0.9),
        Box(104, 2, 150, 22, 0.9),
    ]
    assert blocks(lines) == [Box(0, 200, 90, 220, 0.9), Box(0, 0, 150, 44, 0.9)]
    assert blocks([]) == []


def test_where_there_is_no_text_nothing_is_covered(find):
    ramp = np.linspace(0, 255, 640, dtype=np.uint8)
    assert find(np.broadcast_to(ramp[np.newaxis, :, np.newaxis], (480, 640, 3)).copy()) == []


def test_a_line_is_read_whichever_way_it_stands():
    reader = Reader()
    for angle in (0, 90, 270):
        pixels = street("BICICLETA", angle)
        dark = np.nonzero(pixels.max(axis=2) > 200)
        box = Box(dark[1].min(), dark[0].min(), dark[1].max(), dark[0].max(), 1.0)
        assert reader(pixels, box).text == "BICICLETA"


@pytest.mark.parametrize(
    ("text", "score", "stays"),
    [
        ("STOP", 0.99, True),
        ("Stop!", SURE, True),
        ("ESTACIÓN METRO", 0.99, True),
        ("STOP", SURE - 0.01, False),
        ("STOP 12", 0.99, False),
        ("Ana", 0.99, False),
        ("FORD", 0.99, True),
        ("FORD Ana", 0.99, False),
        ("", 1.0, False),
        ("- -", 1.0, False),
    ],
)
def test_only_sure_and_known_words_are_a_sign(text, score, stays):
    assert is_sign(text, score) is stays
