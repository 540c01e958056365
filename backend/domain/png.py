"""Pictures of few colours as PNG: four bits a pixel, and nothing else in the file."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from backend.domain.colours import Palette

_BITS, _INDEXED, _LEVEL = 4, 3, 6


def write_png(picture: NDArray[np.uint8], palette: Palette) -> bytes:
    """Return a picture of palette indices below 16 as a file; its width is even."""
    height, width = picture.shape
    rows = np.zeros((height, 1 + width // 2), dtype=np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = picture[:, ::2] << _BITS | picture[:, 1::2]
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, _BITS, _INDEXED, 0, 0, 0)),
        (b"PLTE", bytes(part for colour, _ in palette for part in colour)),
        (b"tRNS", bytes(opacity for _, opacity in palette)),
        (b"IDAT", zlib.compress(rows.tobytes(), _LEVEL)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
