"""Marked pictures, their seeded variants, and how much of what was marked is filled.

Every variant changes one thing (size, light, noise, compression, side, angle), and some change all at once. What is
random comes from a generator seeded with the picture's name and the variant's, so that every run sees the same.
"""

from __future__ import annotations

import io
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Corner = tuple[float, float]
Filled = NDArray[np.bool_]

# Three quarters of what was marked must be filled: people mark with a few pixels to spare.
COVERED = 0.75
# A filled box that meets no mark by a tenth of its own area covers something else.
MEETS = 0.1
BRIGHT, SOFT, PLAIN = 1.0, 0.0, 95


class Marked(NamedTuple):
    """A picture and what people marked in it: boxes as left, top, width, height in pixels."""

    name: str
    file: Path
    boxes: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True)
class Variant:
    """What is done to a picture; the angle is in degrees, counter-clockwise."""

    name: str
    size: float = 1.0
    mirrored: bool = False
    angle: int = 0
    light: float = BRIGHT
    noise: float = SOFT
    quality: int = PLAIN


@dataclass(frozen=True)
class Shown:
    """One variant of one picture as a file, and where the marks lie in it, as four corners each."""

    jpeg: bytes
    size: tuple[int, int]
    marks: tuple[tuple[Corner, ...], ...]

    @cached_property
    def areas(self) -> list[Filled]:
        """For each mark which pixels it holds; what a turn has moved out of the picture is not counted."""
        return [_inside(self.size, corners) for corners in self.marks]


ORIGINAL = Variant("original")
UPRIGHT = (
    *(Variant(f"size {size}", size=size) for size in (0.8, 0.6, 0.5, 0.4, 0.3)),
    Variant("mirrored", mirrored=True),
    Variant("dark", light=0.4),
    Variant("very dark", light=0.2),
    Variant("noisy", noise=12),
    Variant("very noisy", noise=25),
    Variant("compressed", quality=30),
    Variant("very compressed", quality=12),
    Variant("small and dark", size=0.5, light=0.4),
    Variant("small and compressed", size=0.4, quality=30),
    Variant("dark and noisy", light=0.4, noise=12),
    Variant("all at once", size=0.6, mirrored=True, light=0.5, noise=10, quality=40),
)
TURNED = tuple(Variant(f"turned {angle}", angle=angle) for angle in range(15, 360, 15))
MIXED_TURNS = (25, 80, 130, 200, 235, 290)


def mixed(number: int, angle: int) -> Variant:
    """A turned picture that is also smaller, darker, noisier and compressed."""
    draw = np.random.default_rng(number)
    return Variant(
        f"mixed {number}",
        size=round(float(draw.uniform(0.3, 1)), 2),
        mirrored=bool(draw.integers(2)),
        angle=angle,
        light=round(float(draw.uniform(0.4, 1)), 2),
        noise=round(float(draw.uniform(0, 12)), 1),
        quality=int(draw.integers(30, 95)),
    )


MIXED = tuple(mixed(number, angle) for number, angle in enumerate(MIXED_TURNS))
# Plates hang level; a car on a slope or a phone held a little askew is the most that happens.
SLIGHT = tuple(replace(each, name=f"tilted {each.angle}") for each in TURNED if each.angle in {15, 345})


def faces(folder: Path) -> list[Marked]:
    """The pictures with marked faces, and those without any."""
    marked = []
    for image in ET.parse(folder / "boxes.xml").iter("image"):  # noqa: S314 - a known file
        file = folder / str(image.get("file"))
        sides = ("left", "top", "width", "height")
        boxes = [tuple(int(str(box.get(side))) for side in sides) for box in image.iter("box")]
        marked.append(Marked(file.stem, file, tuple(boxes)))  # type: ignore[arg-type]
    known = {each.file for each in marked}
    return marked + [
        Marked(file.stem, file, ()) for file in sorted(folder.glob("*.jpg")) if file not in known
    ]


def plates(folder: Path) -> list[Marked]:
    """The pictures with one marked plate each."""
    marked = []
    for note in sorted(folder.glob("*/*.txt")):
        x, y, width, height = (int(told) for told in note.read_text().split("\t")[1:5])
        marked.append(Marked(note.stem, note.with_suffix(".jpg"), ((x, y, width, height),)))
    return marked


def shown(marked: Marked, variant: Variant) -> Shown:
    """Make a variant of a picture."""
    with Image.open(marked.file) as opened:
        picture = opened.convert("RGB")
    turn = _Turn.of(variant, picture.size)
    if variant.size != 1:
        picture = picture.resize(turn.small, Image.Resampling.LANCZOS)
    if variant.mirrored:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if variant.angle:
        picture = picture.rotate(variant.angle, Image.Resampling.BICUBIC, expand=True)
    seed = zlib.crc32(f"{marked.name} {variant.name}".encode())
    pixels = _spoiled(np.asarray(picture, np.float32), variant, np.random.default_rng(seed))
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=variant.quality)
    marks = tuple(turn.corners(box, picture.size) for box in marked.boxes)
    return Shown(out.getvalue(), picture.size, marks)


def _spoiled(pixels: NDArray[np.float32], variant: Variant, draw: np.random.Generator) -> NDArray[np.uint8]:
    pixels = pixels * variant.light
    if variant.noise:
        pixels = pixels + draw.normal(0, variant.noise, pixels.shape)
    return np.clip(pixels, 0, 255).astype(np.uint8)


class _Turn(NamedTuple):
    """Where a place of the original lies in a variant."""

    variant: Variant
    factor: tuple[float, float]
    small: tuple[int, int]

    @classmethod
    def of(cls, variant: Variant, size: tuple[int, int]) -> _Turn:
        small = (max(1, round(size[0] * variant.size)), max(1, round(size[1] * variant.size)))
        return cls(variant, (small[0] / size[0], small[1] / size[1]), small)

    def corners(self, box: Sequence[int], turned: tuple[int, int]) -> tuple[Corner, ...]:
        """The corners of a box in the picture of the size `turned`."""
        x, y, width, height = box
        return tuple(
            self._place(*each, turned)
            for each in ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        )

    def _place(self, x: float, y: float, turned: tuple[int, int]) -> Corner:
        x, y = x * self.factor[0], y * self.factor[1]
        if self.variant.mirrored:
            x = self.small[0] - x
        angle = math.radians(self.variant.angle)
        x, y = x - self.small[0] / 2, y - self.small[1] / 2
        return (
            x * math.cos(angle) + y * math.sin(angle) + turned[0] / 2,
            -x * math.sin(angle) + y * math.cos(angle) + turned[1] / 2,
        )


def _inside(size: tuple[int, int], corners: Sequence[Corner]) -> Filled:
    canvas = Image.new("1", size)
    ImageDraw.Draw(canvas).polygon(list(corners), fill=1)
    return np.asarray(canvas)


class Box(NamedTuple):
    """A filled box, in pixels of the variant."""

    x0: float
    y0: float
    x1: float
    y1: float


class Seen(NamedTuple):
    """What became of one variant: which marks are covered, boxes that cover something else, the filled share."""

    covered: tuple[bool, ...]
    extra: int
    filled: float


def judged(picture: Shown, boxes: Sequence[Box]) -> Seen:
    """Compare what was filled with what was marked."""
    each = [_box(picture.size, box) for box in boxes]
    filled = np.logical_or.reduce([np.zeros(picture.size[::-1], bool), *each])
    covered = tuple(float(filled[area].mean()) >= COVERED for area in picture.areas if area.any())
    extra = sum(not _meets(one, picture.areas) for one in each)
    return Seen(covered, extra, float(filled.mean()))


def _box(size: tuple[int, int], box: Box) -> Filled:
    canvas = np.zeros(size[::-1], bool)
    canvas[max(0, round(box.y0)) : max(0, round(box.y1)), max(0, round(box.x0)) : max(0, round(box.x1))] = (
        True
    )
    return canvas


def _meets(one: Filled, areas: Sequence[Filled]) -> bool:
    return any(float((one & area).sum()) >= MEETS * one.sum() for area in areas)


def each_variant(pictures: Sequence[Marked], variants: Sequence[Variant]) -> Iterator[tuple[Marked, Variant]]:
    """Every picture in every variant, a picture at a time."""
    for marked in pictures:
        for variant in variants:
            yield marked, variant
