"""The map's colours: from a lamp's light to ink, in five steps, calm and safe for the colour-blind.

Lightness falls steadily from "fewer" to "more", so the order can be read without any hue.
"""

from __future__ import annotations

from backend.domain.layers import SAFE, Layer

Colour = tuple[int, int, int]
Palette = tuple[tuple[Colour, int], ...]
NOTHING: tuple[Colour, int] = ((0, 0, 0), 0)

LAMP_TO_INK: tuple[Colour, ...] = (
    (0xF7, 0xDF, 0xB2),
    (0xE9, 0xB4, 0x6A),
    (0xBF, 0x74, 0x2C),
    (0x73, 0x47, 0x3A),
    (0x16, 0x24, 0x3A),
)
LEAF: tuple[Colour, ...] = (
    (0xD3, 0xEC, 0xDD),
    (0x9C, 0xD2, 0xB3),
    (0x5C, 0xAD, 0x82),
    (0x1F, 0x7A, 0x4D),
    (0x0D, 0x3F, 0x2B),
)
HATCH: Colour = (0x55, 0x63, 0x7A)  # quiet ink
FULL, PALE, HATCHED = 225, 150, 110  # opacity of 255


def palette_of(layer: Layer) -> Palette:
    """Return colour and opacity by index: 0 nothing, 1 to 5 full, 6 to 10 pale, 11 the hatch."""
    scale = LEAF if layer is SAFE else LAMP_TO_INK
    return (NOTHING, *((c, FULL) for c in scale), *((c, PALE) for c in scale), (HATCH, HATCHED))
