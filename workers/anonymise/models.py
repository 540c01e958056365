"""Detector files inside installed packages, and how one is run: one thread, no network, no import of the package."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from backend.errors import ConfigError
from workers.anonymise.boxes import Pixels

# The networks halve their input five times.
MULTIPLE = 32
ERRORS_ONLY = 3


def read_model(package: str, name: str) -> bytes:
    """Read a file inside an installed package, whose own code is not run. Raises `ConfigError`."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ConfigError(f"The package {package}, which carries a photo detector, is not installed.")
    return Path(spec.origin).parent.joinpath(name).read_bytes()


def open_session(model: bytes) -> onnxruntime.InferenceSession:
    """Open a session on one thread of the CPU: workers multiply as processes."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    # Every photo has its own shape; a remembered memory plan for each would only grow the process.
    options.enable_mem_pattern = False
    # Pages that are given back after each layer and asked for again cost a tenth of a large photo's time.
    options.enable_cpu_mem_arena = True
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def padded(pixels: Pixels) -> Pixels:
    """Put the picture on a canvas whose sides the networks can halve, black to the right of it and below."""
    height, width, _ = pixels.shape
    return np.pad(pixels, ((0, -height % MULTIPLE), (0, -width % MULTIPLE), (0, 0)))


def normalised(pixels: Pixels) -> NDArray[np.float32]:
    """Return the planes that PaddlePaddle's networks read: blue, green, red, from -1 to 1, shape (1, 3, h, w)."""
    planes = pixels[:, :, ::-1].astype(np.float32) * (2 / 255) - 1
    return np.ascontiguousarray(planes.transpose(2, 0, 1)[np.newaxis])
