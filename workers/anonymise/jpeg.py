"""Writing the public picture from raw pixels, and proving that nothing but the picture is in the file."""

import io

import numpy as np
from PIL import Image

from workers.anonymise.boxes import Pixels

QUALITY = 85

MARK = 0xFF
SOI, EOI, SOS, APP0 = 0xD8, 0xD9, 0xDA, 0xE0
DQT, DHT, SOF0, SOF2 = 0xDB, 0xC4, 0xC0, 0xC2
RESTARTS = frozenset(range(0xD0, 0xD8))
ALLOWED = frozenset({APP0, DQT, DHT, SOF0, SOF2, SOS})
# JFIF, and then: version, unit, density, and a thumbnail of no pixels.
JFIF_HEAD, JFIF_LENGTH, NO_THUMBNAIL = b"JFIF\x00", 16, b"\x00\x00"


# What Pillow tells about a file that holds a picture and nothing else.
TOLD = frozenset({"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"})


class OutputRefusedError(Exception):
    """The written file holds something that it must not hold."""


def write(pixels: Pixels) -> bytes:
    """Return a JPEG of the pixels and of nothing else: the image is made anew, and the encoder is handed no metadata."""
    height, width, _ = pixels.shape
    out = io.BytesIO()
    Image.frombytes("RGB", (width, height), pixels.tobytes()).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def read(jpeg: bytes) -> Pixels:
    """Return the pixels of a file that `write` made."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
        return np.array(picture.convert("RGB"))


def check(jpeg: bytes, size: tuple[int, int]) -> None:
    """Raise `OutputRefusedError` unless the file is exactly the allowed markers, SOI to EOI, and one RGB frame of `size`."""
    try:
        _check_markers(jpeg)
    except IndexError:
        raise OutputRefusedError from None
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
        picture.load()
        if (picture.format, picture.mode, picture.size) != ("JPEG", "RGB", size):
            raise OutputRefusedError
        if set(picture.info) - TOLD:
            raise OutputRefusedError


def _check_markers(jpeg: bytes) -> None:
    if jpeg[:2] != bytes((MARK, SOI)):
        raise OutputRefusedError
    at = 2
    while (marker := _marker(jpeg, at)) != EOI:
        if marker not in ALLOWED:
            raise OutputRefusedError
        length = int.from_bytes(jpeg[at + 2 : at + 4])
        if marker == APP0:
            _check_jfif(jpeg[at + 4 : at + 2 + length], length)
        at += 2 + length
        if marker == SOS:
            at = _end_of_scan(jpeg, at)
    if at + 2 != len(jpeg):
        raise OutputRefusedError


def _marker(jpeg: bytes, at: int) -> int:
    if jpeg[at] != MARK:
        raise OutputRefusedError
    return jpeg[at + 1]


def _check_jfif(body: bytes, length: int) -> None:
    if length != JFIF_LENGTH or not body.startswith(JFIF_HEAD) or not body.endswith(NO_THUMBNAIL):
        raise OutputRefusedError


def _end_of_scan(jpeg: bytes, at: int) -> int:
    """Where the entropy-coded data ends: at the first marker that is neither a stuffed byte nor a restart."""
    while True:
        at = jpeg.find(b"\xff", at)
        if at < 0:
            raise OutputRefusedError
        if jpeg[at + 1] != 0 and jpeg[at + 1] not in RESTARTS:
            return at
        at += 2
