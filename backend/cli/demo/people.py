"""Drawn people for the demo's pictures: nobody in particular, with faces that a detector takes for faces."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Random = np.random.Generator
Floats = NDArray[np.float64]

SKINS: tuple[Colour, ...] = ((236, 196, 166), (218, 170, 132), (186, 134, 98), (142, 96, 68), (104, 70, 52))
HAIRS: tuple[Colour, ...] = ((38, 28, 24), (70, 46, 30), (112, 76, 44), (150, 144, 140), (28, 26, 30))
COATS: tuple[Colour, ...] = (
    (122, 54, 58),
    (56, 78, 108),
    (72, 94, 78),
    (98, 82, 112),
    (150, 118, 74),
    (70, 72, 82),
)
TROUSERS, SHOES = (46, 48, 60), (30, 28, 32)
EYE_WHITE, IRIS, PUPIL, GLINT = (226, 220, 214), (58, 42, 34), (12, 10, 12), (250, 250, 250)
HEADS_HIGH = 7.5
SIDES = (-1, 1)

# Light and dark on a face, in a square from -1.5 to 1.5: strength, x, y, width, height of a soft spot.
SPOTS = (
    (-0.28, -0.38, -0.12, 0.27, 0.16),  # the hollows of the eyes
    (-0.28, 0.38, -0.12, 0.27, 0.16),
    (0.07, -0.45, 0.30, 0.25, 0.20),  # cheeks
    (0.07, 0.45, 0.30, 0.25, 0.20),
    (0.14, -0.02, 0.15, 0.07, 0.32),  # the ridge of the nose, its shadow and its base
    (-0.16, 0.13, 0.20, 0.07, 0.25),
    (-0.30, 0.00, 0.47, 0.20, 0.06),
    (-0.20, 0.00, 0.98, 0.30, 0.07),  # below the lip
    (-0.25, 0.00, -0.80, 0.80, 0.22),  # below the hair
)


@dataclass(frozen=True)
class Look:
    """What one drawn person looks like; `turn` moves the features a little to a side."""

    skin: Colour
    hair: Colour
    coat: Colour
    long_hair: bool
    turn: float


def some_look(draw: Random) -> Look:
    """Draw a person's colours by lot."""
    return Look(
        SKINS[draw.integers(len(SKINS))],
        HAIRS[draw.integers(len(HAIRS))],
        COATS[draw.integers(len(COATS))],
        long_hair=bool(draw.integers(2)),
        turn=float(draw.uniform(-0.12, 0.12)),
    )


def shaded(colour: Colour, factor: float) -> Colour:
    """Make a colour lighter (above 1) or darker."""
    red, green, blue = (int(min(255, part * factor)) for part in colour)
    return red, green, blue


def person(look: Look, height: int) -> Image.Image:
    """Draw a standing person, RGBA, `height` pixels tall; drawn twice as large and shrunk, for smooth edges."""
    big = Image.new("RGBA", (height, height * 2), (0, 0, 0, 0))
    # A third of the head's height.
    unit = height * 2 / HEADS_HIGH / 2.7
    x, y = height / 2, unit * 1.55
    canvas = ImageDraw.Draw(big)
    if look.long_hair:
        canvas.rounded_rectangle(
            (x - unit * 1.12, y - unit, x + unit * 1.12, y + unit * 2.3), unit * 0.7, shaded(look.hair, 0.75)
        )
    _legs(canvas, x, unit)
    _coat(canvas, look, x, unit)
    _head(big, look, (x, y), unit)
    return big.resize((height // 2, height), Image.Resampling.LANCZOS)


def _ellipse(
    canvas: ImageDraw.ImageDraw, at: tuple[float, float], rx: float, ry: float, fill: Colour
) -> None:
    canvas.ellipse((at[0] - rx, at[1] - ry, at[0] + rx, at[1] + ry), fill=fill)


def _legs(canvas: ImageDraw.ImageDraw, x: float, unit: float) -> None:
    for side in SIDES:
        hip, foot = x + side * unit * 0.62, x + side * unit * 0.72
        half, ankle = unit * 0.68, unit * 0.42
        canvas.polygon(
            [
                (hip - half, unit * 10),
                (hip + half, unit * 10),
                (foot + ankle, unit * 19.2),
                (foot - ankle, unit * 19.2),
            ],
            TROUSERS,
        )
        _ellipse(canvas, (foot + side * unit * 0.15, unit * 19.4), unit * 0.72, unit * 0.36, SHOES)


def _coat(canvas: ImageDraw.ImageDraw, look: Look, x: float, unit: float) -> None:
    """Arms, coat with shoulders, collar and buttons, and the neck above it."""
    for side in SIDES:
        shoulder, wrist = (x + side * unit * 1.6, unit * 4.5), (x + side * unit * 2.15, unit * 9.6)
        _ellipse(canvas, (wrist[0], wrist[1] + unit * 0.5), unit * 0.36, unit * 0.5, look.skin)
        canvas.line([shoulder, wrist], shaded(look.coat, 0.78), int(unit * 0.95), joint="curve")
        _ellipse(canvas, shoulder, unit * 0.55, unit * 0.6, shaded(look.coat, 0.78))
    neck = (x - unit * 0.5, unit * 2.4, x + unit * 0.5, unit * 4.2)
    canvas.rounded_rectangle(neck, unit * 0.3, shaded(look.skin, 0.78))
    outline = (
        (-0.6, 3.6),
        (0.6, 3.6),
        (1.7, 4.1),
        (1.5, 7.5),
        (1.75, 12),
        (-1.75, 12),
        (-1.5, 7.5),
        (-1.7, 4.1),
    )
    canvas.polygon([(x + dx * unit, dy * unit) for dx, dy in outline], look.coat)
    canvas.polygon(
        [(x - unit * 0.55, unit * 3.55), (x + unit * 0.55, unit * 3.55), (x, unit * 5)],
        shaded(look.coat, 1.7),
    )
    canvas.line((x, unit * 5, x, unit * 12), shaded(look.coat, 0.6), max(1, int(unit * 0.1)))
    for button in range(6, 12, 2):
        _ellipse(canvas, (x + unit * 0.3, unit * button), unit * 0.1, unit * 0.1, shaded(look.coat, 0.5))


def _head(picture: Image.Image, look: Look, at: tuple[float, float], unit: float) -> None:
    """Hair behind, ears, face, and the hair that falls over the forehead, centred at `at`."""
    (x, y), canvas = at, ImageDraw.Draw(picture)
    _ellipse(canvas, (x, y - unit * 0.28), unit * 1.1, unit * 1.22, look.hair)
    for side in SIDES:
        _ellipse(
            canvas, (x + side * unit * 0.95, y + unit * 0.1), unit * 0.16, unit * 0.28, shaded(look.skin, 0.8)
        )
    face = _face(look, max(8, int(unit * 3)))
    picture.alpha_composite(face, (int(x - face.width / 2), int(y - face.height / 2)))
    fringe = (x - unit * 1.02, y - unit * 1.5, x + unit * 1.02, y + unit * 0.35)
    canvas.chord(fringe, 205, 340, fill=look.hair)
    if look.long_hair:
        for side in SIDES:
            _ellipse(canvas, (x + side * unit * 1.0, y + unit * 0.45), unit * 0.2, unit * 1.25, look.hair)


def _face(look: Look, size: int) -> Image.Image:
    """Draw a face on a square of `size` pixels: a shaded oval with features, a little soft."""
    y, x = np.mgrid[-1.5 : 1.5 : size * 1j, -1.5 : 1.5 : size * 1j]
    oval = np.clip((1 - (x / 0.92) ** 2 - ((y - 0.1) / (1.22 - 0.08 * y)) ** 2) * size * 0.12, 0, 1)
    colours = np.clip(_light(x - look.turn, y)[..., None] * np.array(look.skin), 0, 255)
    image = Image.fromarray(np.dstack([colours, oval * 255]).astype(np.uint8))
    canvas, unit = ImageDraw.Draw(image), size / 3
    centre = (size / 2 + look.turn * unit, size / 2)
    for side in SIDES:
        _eye(canvas, look, (centre[0] + side * 0.38 * unit, centre[1] - 0.12 * unit), unit)
        nostril = (centre[0] + side * 0.09 * unit, centre[1] + 0.44 * unit)
        _ellipse(canvas, nostril, 0.05 * unit, 0.03 * unit, shaded(look.skin, 0.35))
    _mouth(canvas, look, centre, unit)
    return image.filter(ImageFilter.GaussianBlur(size * 0.006))


def _light(x: Floats, y: Floats) -> Floats:
    """Brightness over a face lit from the upper left."""
    light: Floats = 1.1 - 0.32 * x**2 - 0.12 * x - 0.1 * y - 0.05 * y**2
    for strength, spot_x, spot_y, width, height in SPOTS:
        light = light + strength * np.exp(-(((x - spot_x) / width) ** 2) - ((y - spot_y) / height) ** 2)
    return light


def _eye(canvas: ImageDraw.ImageDraw, look: Look, at: tuple[float, float], unit: float) -> None:
    """Eyebrow, white, iris, pupil, a glint, and the upper lid."""
    x, y = at
    brow = [(x - 0.24 * unit, y - 0.19 * unit), (x, y - 0.27 * unit), (x + 0.24 * unit, y - 0.19 * unit)]
    canvas.line(brow, shaded(look.hair, 0.9), max(1, int(0.085 * unit)), joint="curve")
    _ellipse(canvas, at, 0.19 * unit, 0.095 * unit, EYE_WHITE)
    _ellipse(canvas, at, 0.095 * unit, 0.1 * unit, IRIS)
    _ellipse(canvas, at, 0.05 * unit, 0.055 * unit, PUPIL)
    _ellipse(canvas, (x - 0.03 * unit, y - 0.035 * unit), 0.022 * unit, 0.022 * unit, GLINT)
    lid = (x - 0.21 * unit, y - 0.12 * unit, x + 0.21 * unit, y + 0.14 * unit)
    canvas.arc(lid, 190, 350, shaded(look.skin, 0.3), max(1, int(0.05 * unit)))


def _mouth(canvas: ImageDraw.ImageDraw, look: Look, centre: tuple[float, float], unit: float) -> None:
    x, y = centre
    lip = (int(look.skin[0] * 0.78), int(look.skin[1] * 0.5), int(look.skin[2] * 0.5))
    _ellipse(canvas, (x, y + 0.73 * unit), 0.26 * unit, 0.085 * unit, lip)
    _ellipse(canvas, (x, y + 0.68 * unit), 0.24 * unit, 0.045 * unit, shaded(lip, 0.8))
    smile = (x - 0.27 * unit, y + 0.5 * unit, x + 0.27 * unit, y + 0.735 * unit)
    canvas.arc(smile, 30, 150, shaded(lip, 0.45), max(1, int(0.03 * unit)))
