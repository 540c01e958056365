"""Reading one line of text in a picture, with the reader inside the package rapidocr (PP-OCR, by CTC)."""

from typing import NamedTuple

import numpy as np
import onnxruntime
from PIL import Image

from workers.anonymise.boxes import Box, Pixels
from workers.anonymise.models import normalised, open_session, read_model

PACKAGE, MODEL = "rapidocr", "models/PP-OCRv6_rec_small.onnx"
HEIGHT, SHORTEST, LONGEST = 48, 96, 960
# A line this many times higher than wide runs up or down.
UPRIGHT = 1.5


class Read(NamedTuple):
    """What a line says, and how sure the reader is, from 0 to 1; nothing at 0 if it can read nothing."""

    text: str
    score: float


class Reader:
    """A loaded reader; called with a picture and a box in it."""

    def __init__(self) -> None:
        self._session: onnxruntime.InferenceSession = open_session(read_model(PACKAGE, MODEL))
        self._input = self._session.get_inputs()[0].name
        letters = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        # The first class is CTC's blank, the last the space.
        self._letters = ["", *letters, " "]

    def __call__(self, pixels: Pixels, box: Box) -> Read:
        """Read a line; one that stands on end is read both ways up."""
        height, width, _ = pixels.shape
        x0, y0, x1, y1 = (max(0, round(edge)) for edge in box[:4])
        line = pixels[y0 : min(height, y1), x0 : min(width, x1)]
        if line.shape[0] < UPRIGHT * line.shape[1]:
            return self._read(line)
        return max((self._read(np.rot90(line, turns)) for turns in (1, 3)), key=lambda read: read.score)

    def _read(self, line: Pixels) -> Read:
        planes = normalised(_strip(line))
        scores = self._session.run(None, {self._input: planes})[0][0]
        best = scores.argmax(axis=1)
        # The same class twice in a row is one letter; a blank between them parts two.
        begins = (best != 0) & (best != np.concatenate([[0], best[:-1]]))
        if not begins.any():
            return Read("", 0.0)
        text = "".join(self._letters[number] for number in best[begins])
        return Read(text, float(scores[begins].max(axis=1).mean()))


def _strip(line: Pixels) -> Pixels:
    """The line at the height the reader knows, black to the right of a short one."""
    width = min(LONGEST, max(1, round(line.shape[1] * HEIGHT / line.shape[0])))
    image = Image.fromarray(np.ascontiguousarray(line)).resize((width, HEIGHT), Image.Resampling.BILINEAR)
    return np.pad(np.asarray(image), ((0, 0), (0, max(0, SHORTEST - width)), (0, 0)))
