"""What kind of picture some bytes are and how large, read from the header in Python before any decoder sees them."""

from collections.abc import Callable
from typing import NamedTuple

from workers.anonymise.withheld import PhotoWithheld, Reason

MAX_BYTES = 15 * 1024 * 1024
MAX_SIDE = 12_000
MAX_PIXELS = 40_000_000

MARK = 0xFF
# Start-of-frame markers: C0 to CF without DHT (C4), JPG (C8) and DAC (CC).
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Markers that stand alone, without a length.
JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
JPEG_ENDS = frozenset({0xD9, 0xDA})

# What HEIC and AVIF call themselves, in the first box of the file.
HEIC_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
)
MOST_BRANDS = 128

Size = tuple[int, int]


class Header(NamedTuple):
    """The format in Pillow's name for it, and the size in pixels that the file claims."""

    format: str
    width: int
    height: int


def sniff(data: bytes) -> Header:
    """Read format and size; the content decides, never a name.

    Raises `PhotoWithheld` for anything but JPEG, PNG and WebP, which says so of HEIC and AVIF, and for whatever is over a limit.
    """
    if len(data) > MAX_BYTES:
        raise PhotoWithheld(Reason.TOO_LARGE)
    for name, fits, size_of in FORMATS:
        if fits(data):
            return _within_limits(Header(name, *_size(size_of, data)))
    raise PhotoWithheld(Reason.HEIC if _is_heic(data) else Reason.NOT_AN_IMAGE)


def _is_heic(data: bytes) -> bool:
    """Tell whether this is a picture in the box format of ISO 14496-12: HEIC and AVIF, still or moving."""
    length = int.from_bytes(data[:4])
    brands = {data[at : at + 4] for at in range(8, min(length, MOST_BRANDS, len(data)), 4)}
    return data[4:8] == b"ftyp" and not brands.isdisjoint(HEIC_BRANDS)


def _size(size_of: Callable[[bytes], Size], data: bytes) -> Size:
    try:
        return size_of(data)
    except (IndexError, ValueError):
        raise PhotoWithheld(Reason.UNDECODABLE) from None


def _within_limits(header: Header) -> Header:
    if min(header.width, header.height) < 1:
        raise PhotoWithheld(Reason.UNDECODABLE)
    if max(header.width, header.height) > MAX_SIDE or header.width * header.height > MAX_PIXELS:
        raise PhotoWithheld(Reason.TOO_MANY_PIXELS)
    return header


def _is_jpeg(data: bytes) -> bool:
    return data.startswith(b"\xff\xd8\xff")


def _is_png(data: bytes) -> bool:
    return data.startswith(b"\x89PNG\r\n\x1a\n")


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _number(data: bytes, at: int, size: int, *, little: bool = False) -> int:
    field = data[at : at + size]
    if len(field) < size:
        raise IndexError
    return int.from_bytes(field, "little" if little else "big")


def _jpeg_size(data: bytes) -> Size:
    at = 2
    while True:
        if data[at] != MARK:
            raise ValueError
        marker = data[at + 1]
        if marker in JPEG_FRAMES:
            return _number(data, at + 7, 2), _number(data, at + 5, 2)
        if marker in JPEG_ENDS:
            raise ValueError
        at += _jpeg_step(data, at, marker)


def _jpeg_step(data: bytes, at: int, marker: int) -> int:
    """How far the next marker is; FF FF is padding."""
    if marker == MARK:
        return 1
    if marker in JPEG_BARE:
        return 2
    return 2 + max(2, _number(data, at + 2, 2))


def _png_size(data: bytes) -> Size:
    if data[12:16] != b"IHDR":
        raise ValueError
    return _number(data, 16, 4), _number(data, 20, 4)


def _webp_size(data: bytes) -> Size:
    """Read the size of the canvas (extended), or of the one frame (lossy, lossless); RFC 9649."""
    chunk = data[12:16]
    if chunk == b"VP8X":
        return _number(data, 24, 3, little=True) + 1, _number(data, 27, 3, little=True) + 1
    if chunk == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return _number(data, 26, 2, little=True) & 0x3FFF, _number(data, 28, 2, little=True) & 0x3FFF
    if chunk == b"VP8L" and data[20:21] == b"\x2f":
        packed = _number(data, 21, 4, little=True)
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    raise ValueError


# One row a format: its name in Pillow, its magic bytes, and where its size stands.
FORMATS: tuple[tuple[str, Callable[[bytes], bool], Callable[[bytes], Size]], ...] = (
    ("JPEG", _is_jpeg, _jpeg_size),
    ("PNG", _is_png, _png_size),
    ("WEBP", _is_webp, _webp_size),
)
