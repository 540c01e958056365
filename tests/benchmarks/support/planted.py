"""Forty pictures with a secret in every place where files hide one, and what is left of it in what comes out."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

import numpy as np
from PIL import Image, PngImagePlugin

SIZE = (320, 240)
SEEDS = (1, 2)


def secret(seed: int) -> bytes:
    """What must not be found again."""
    return f"planted-{seed:04d}-41.3851N-2.1734E".encode()


def files() -> Iterator[tuple[str, bytes, bytes]]:
    """Name, content and secret of every file."""
    for seed in SEEDS:
        for name, make in KINDS.items():
            yield f"{name} {seed}", make(seed), secret(seed)


def left(public: bytes, told: bytes) -> bool:
    """Tell whether a piece of the secret is in a file, also in compressed parts of a PNG."""
    pieces = (told, told[8:], told.decode().encode("utf-16-le"))
    return any(piece in each for each in (public, *_inflated(public)) for piece in pieces)


def _inflated(data: bytes) -> Iterator[bytes]:
    at = data.find(b"\x78")
    while at >= 0:
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(data[at:], 1 << 20)
        at = data.find(b"\x78", at + 1)


def _picture(seed: int) -> Image.Image:
    low = np.random.default_rng(seed).integers(0, 255, (15, 20, 3), np.uint8)
    return Image.fromarray(low).resize(SIZE, Image.Resampling.BICUBIC)


def _saved(seed: int, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    _picture(seed).save(out, kind, **options)
    return out.getvalue()


def _exif(seed: int) -> Image.Exif:
    block, told = Image.Exif(), secret(seed)
    block[0x010F], block[0x013B], block[0x9C9C] = told.decode(), told.decode(), told
    block.get_ifd(0x8769)[0x927C] = b"maker" + told
    block.get_ifd(0x8825).update({1: "N", 2: (41.0, 23.0, 6.0), 29: told.decode()})
    return block


def _segment(marker: int, body: bytes) -> Callable[[int], bytes]:
    def make(seed: int) -> bytes:
        plain, whole = _saved(seed, "JPEG"), body + secret(seed)
        return plain[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(whole) + 2) + whole + plain[2:]

    return make


def _thumbnail(seed: int) -> bytes:
    return _segment(0xE1, b"Exif\x00\x00II*\x00" + _saved(seed + 50, "JPEG")[:20_000])(seed)


def _chunk(kind: bytes) -> Callable[[int], bytes]:
    def make(seed: int) -> bytes:
        plain, body = _saved(seed, "PNG"), b"Comment\x00" + secret(seed)
        whole = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        return plain[:33] + whole + plain[33:]

    return make


def _png_text(seed: int) -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", secret(seed).decode(), zip=True)
    return _saved(seed, "PNG", pnginfo=told)


def _animated(kind: str) -> Callable[[int], bytes]:
    """A second frame whose pixels, uncompressed where the format allows it, spell the secret."""

    def make(seed: int) -> bytes:
        told = np.frombuffer(secret(seed).ljust(40) * 60, np.uint8).reshape(20, -1, 1).repeat(3, axis=2)
        second = Image.fromarray(told).resize(SIZE, Image.Resampling.NEAREST)
        return _saved(seed, kind, save_all=True, append_images=[second]) + secret(seed)

    return make


KINDS: dict[str, Callable[[int], bytes]] = {
    "jpeg exif, gps, maker note": lambda seed: _saved(seed, "JPEG", exif=_exif(seed)),
    "jpeg thumbnail": _thumbnail,
    "jpeg xmp": _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x>"),
    "jpeg extended xmp": _segment(0xE1, b"http://ns.adobe.com/xmp/extension/\x00" + bytes(40)),
    "jpeg icc": lambda seed: _saved(seed, "JPEG", icc_profile=secret(seed) * 9),
    "jpeg iptc": _segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00\x00"),
    "jpeg comment": lambda seed: _saved(seed, "JPEG", comment=secret(seed)),
    "jpeg flashpix": _segment(0xE2, b"FPXR\x00"),
    "jpeg jumbf": _segment(0xEB, b"JP\x00\x01"),
    "jpeg adobe": _segment(0xEE, b"Adobe\x00d\x00\x00\x00\x00\x01"),
    "jpeg trailer": lambda seed: _saved(seed, "JPEG") + b"\x00\x00\x00\x18ftypmp42" + secret(seed),
    "mpo second frame": _animated("MPO"),
    "png text": _chunk(b"tEXt"),
    "png compressed text": _png_text,
    "png exif": lambda seed: _saved(seed, "PNG", exif=_exif(seed)),
    "png private chunk": _chunk(b"prVt"),
    "png second frame": _animated("PNG"),
    "webp exif": lambda seed: _saved(seed, "WEBP", exif=_exif(seed)),
    "webp xmp": lambda seed: _saved(seed, "WEBP", xmp=secret(seed)),
    "webp second frame": _animated("WEBP"),
}
