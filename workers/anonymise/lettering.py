"""Finding text in a photo: every line is covered that is not surely a public sign, and not surely no text at all."""

from collections.abc import Iterable

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from scipy import ndimage

from workers.anonymise.boxes import Box, Pixels, hull
from workers.anonymise.models import normalised, open_session, padded, read_model
from workers.anonymise.reading import Reader
from workers.anonymise.signs import is_sign

PACKAGE, MODEL = "rapidocr", "models/PP-OCRv6_det_small.onnx"
# A pixel at this score belongs to text, and text at this mean score is a line.
PIXEL, LINE = 0.3, 0.5
# Above the first score a line is text whatever the reader makes of it; below it, only if this much can be read.
SURELY_TEXT, LETTERS, READ = 0.8, 2, 0.7
# The detector marks the core of a line; the line reaches this many times further (Liao et al. 2020).
REACH = 1.6
# In pixels of the view; what is lower cannot be read by anybody.
LOWEST = 4
# Lines that are nearer to each other than this part of the lower one's height belong together.
NEAR = 0.3

Floats = NDArray[np.float32]


class TextFinder:
    """A loaded detector and reader of text; called with a picture, it answers boxes in that picture's pixels."""

    def __init__(self) -> None:
        self._session: onnxruntime.InferenceSession = open_session(read_model(PACKAGE, MODEL))
        self._input = self._session.get_inputs()[0].name
        self._reader = Reader()

    def __call__(self, pixels: Pixels) -> list[Box]:
        """Lines of text that must not be seen."""
        answer = self._session.run(None, {self._input: normalised(padded(pixels))})[0]
        heat = answer[0, 0, : pixels.shape[0], : pixels.shape[1]]
        return blocks([line for line in _lines(heat) if self._must_go(pixels, line)])

    def _must_go(self, pixels: Pixels, line: Box) -> bool:
        read = self._reader(pixels, line)
        if is_sign(read.text, read.score):
            return False
        letters = sum(letter.isalnum() for letter in read.text)
        return line.score >= SURELY_TEXT or (letters >= LETTERS and read.score >= READ)


def _lines(heat: Floats) -> list[Box]:
    """Connected pixels of text, each as the box of the whole line."""
    labels, _ = ndimage.label(heat > PIXEL)
    found = []
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), 1):
        height, width = rows.stop - rows.start, columns.stop - columns.start
        score = float(heat[rows, columns][labels[rows, columns] == number].mean())
        if score >= LINE and min(height, width) >= LOWEST:
            reach = REACH * height * width / (2 * (height + width))
            found.append(
                Box(columns.start - reach, rows.start - reach, columns.stop + reach, rows.stop + reach, score)
            )
    return found


def blocks(lines: Iterable[Box]) -> list[Box]:
    """Join lines that touch or nearly touch: what stands together is covered, and can be shown again, together."""
    kept: list[Box] = []
    for line in lines:
        block = line
        while near := [other for other in kept if _near(block, other)]:
            kept = [other for other in kept if other not in near]
            for other in near:
                block = hull(block, other)
        kept.append(block)
    return kept


def _near(one: Box, other: Box) -> bool:
    gap = NEAR * min(_thickness(one), _thickness(other))
    return (
        max(one.x0, other.x0) - min(one.x1, other.x1) < gap
        and max(one.y0, other.y0) - min(one.y1, other.y1) < gap
    )


def _thickness(box: Box) -> float:
    return min(box.x1 - box.x0, box.y1 - box.y0)
