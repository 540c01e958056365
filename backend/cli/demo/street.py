"""A drawn street at dusk or at night, without anybody in it: sky, houses, pavement, lamps and what stands there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from backend.cli.demo.people import Colour, Random, shaded

WIDTH, HEIGHT = 1280, 960
# Where the houses stand on the pavement, and where the pavement ends at the road.
PAVEMENT, KERB = 610, 800

LIT: tuple[Colour, ...] = ((250, 214, 140), (244, 196, 116), (255, 230, 170))
PLATE, PLATE_EDGE, PLATE_BAND, PLATE_INK = (238, 238, 232), (40, 40, 44), (30, 70, 150), (22, 22, 28)
PLATE_LETTERS = "BCDFGHJKLMNPRSTVWXYZ"


@dataclass(frozen=True)
class Light:
    """The colours of an hour: the sky from above to the roofs, walls, ground, and how strongly lamps glow."""

    sky: tuple[Colour, Colour]
    walls: tuple[Colour, ...]
    dark_window: Colour
    pavement: Colour
    road: Colour
    windows_lit: float
    glow: float


DUSK = Light(
    sky=((64, 78, 122), (240, 178, 132)),
    walls=((140, 112, 108), (122, 116, 126), (152, 130, 110), (112, 108, 124), (134, 100, 92)),
    dark_window=(72, 78, 100),
    pavement=(138, 128, 126),
    road=(84, 82, 90),
    windows_lit=0.35,
    glow=0.55,
)
NIGHT = Light(
    sky=((18, 22, 44), (58, 54, 82)),
    walls=((58, 50, 58), (50, 52, 66), (64, 56, 54), (46, 46, 60), (58, 46, 50)),
    dark_window=(28, 32, 48),
    pavement=(74, 70, 78),
    road=(42, 42, 52),
    windows_lit=0.28,
    glow=0.95,
)


def street(draw: Random, light: Light) -> Image.Image:
    """Draw an empty street, RGB, `WIDTH` by `HEIGHT` pixels."""
    picture = _sky(light)
    canvas = ImageDraw.Draw(picture)
    _houses(canvas, draw, light)
    _ground(canvas, light)
    _tree(canvas, int(draw.integers(560, 720)), light)
    _bus_stop(canvas, int(draw.integers(60, 140)), light)
    _bench(canvas, int(draw.integers(930, 1000)), light)
    lamps = [int(draw.integers(440, 500)), int(draw.integers(1110, 1180))]
    for x in lamps:
        _lamp(canvas, x)
    return _glow(picture, lamps, light)


def _sky(light: Light) -> Image.Image:
    top, bottom = (np.array(colour, float) for colour in light.sky)
    mix = np.linspace(0, 1, PAVEMENT)[:, None, None] ** 1.4
    sky = np.zeros((HEIGHT, WIDTH, 3))
    sky[:PAVEMENT] = top * (1 - mix) + bottom * mix
    return Image.fromarray(sky.astype(np.uint8))


def _houses(canvas: ImageDraw.ImageDraw, draw: Random, light: Light) -> None:
    x = -int(draw.integers(0, 60))
    while x < WIDTH:
        width, top = int(draw.integers(150, 250)), int(draw.integers(90, 250))
        wall = light.walls[draw.integers(len(light.walls))]
        canvas.rectangle((x, top, x + width, PAVEMENT), shaded(wall, float(draw.uniform(0.85, 1.1))))
        canvas.rectangle((x - 4, top - 8, x + width + 4, top + 6), shaded(wall, 0.7))
        _windows(canvas, draw, light, (x, top, width))
        _shop(canvas, draw, light, (x, width))
        x += width + 2


def _windows(canvas: ImageDraw.ImageDraw, draw: Random, light: Light, house: tuple[int, int, int]) -> None:
    left, top, width = house
    for y in range(top + 34, PAVEMENT - 150, 84):
        for x in range(left + 24, left + width - 42, 56):
            lit = draw.random() < light.windows_lit
            pane = LIT[draw.integers(len(LIT))] if lit else light.dark_window
            canvas.rectangle((x - 3, y - 3, x + 31, y + 51), shaded(light.dark_window, 0.7))
            canvas.rectangle((x, y, x + 28, y + 48), shaded(pane, float(draw.uniform(0.75, 1))))
            canvas.line((x + 14, y, x + 14, y + 48), shaded(light.dark_window, 0.7), 2)
            canvas.rectangle((x - 5, y + 51, x + 33, y + 55), shaded(light.dark_window, 1.4))


def _shop(canvas: ImageDraw.ImageDraw, draw: Random, light: Light, house: tuple[int, int]) -> None:
    """Draw a ground floor: a shop window with an awning, and a door."""
    left, width = house
    pane = LIT[draw.integers(len(LIT))] if draw.random() < light.windows_lit else light.dark_window
    window = (left + 16, PAVEMENT - 92, left + width - 66, PAVEMENT - 18)
    canvas.rectangle(window, shaded(pane, 0.85))
    awning = shaded(light.walls[draw.integers(len(light.walls))], 0.75)
    canvas.polygon(
        [
            (window[0], window[1] - 12),
            (window[2], window[1] - 12),
            (window[2] + 10, window[1] + 14),
            (window[0] - 10, window[1] + 14),
        ],
        awning,
    )
    canvas.rectangle(
        (left + width - 52, PAVEMENT - 92, left + width - 18, PAVEMENT), shaded(light.dark_window, 0.8)
    )


def _ground(canvas: ImageDraw.ImageDraw, light: Light) -> None:
    canvas.rectangle((0, PAVEMENT, WIDTH, KERB), light.pavement)
    for step in range(1, 6):
        y = PAVEMENT + step * step * 7
        canvas.line((0, y, WIDTH, y), shaded(light.pavement, 0.92), 2)
    for x in range(-900, WIDTH + 900, 90):
        far = WIDTH / 2 + (x - WIDTH / 2) * 0.72
        canvas.line((far, PAVEMENT, x, KERB), shaded(light.pavement, 0.92), 2)
    canvas.rectangle((0, KERB, WIDTH, KERB + 12), shaded(light.pavement, 1.15))
    canvas.rectangle((0, KERB + 12, WIDTH, HEIGHT), light.road)
    for x in range(40, WIDTH, 260):
        canvas.polygon([(x, 908), (x + 130, 908), (x + 124, 918), (x - 6, 918)], shaded(light.road, 1.9))


def _tree(canvas: ImageDraw.ImageDraw, x: int, light: Light) -> None:
    trunk, leaf = (
        shaded(light.road, 0.7),
        (shaded(light.road, 0.8)[0], shaded(light.road, 1.05)[1], shaded(light.road, 0.75)[2]),
    )
    canvas.rectangle((x - 9, 400, x + 9, PAVEMENT + 30), trunk)
    for dx, dy, radius in ((0, 330, 92), (-62, 380, 66), (64, 376, 70), (-26, 268, 64), (36, 262, 58)):
        canvas.ellipse((x + dx - radius, dy - radius, x + dx + radius, dy + radius), leaf)


def _bus_stop(canvas: ImageDraw.ImageDraw, x: int, light: Light) -> None:
    frame = shaded(light.road, 0.6)
    canvas.rectangle((x + 6, 452, x + 244, 690), shaded(light.pavement, 0.88))
    for post in (x, x + 120, x + 242):
        canvas.rectangle((post, 440, post + 8, 700), frame)
    canvas.rectangle((x - 16, 428, x + 266, 446), frame)
    canvas.rectangle((x + 24, 610, x + 220, 622), shaded(frame, 1.5))
    canvas.rectangle((x + 282, 430, x + 289, 705), frame)
    canvas.rounded_rectangle((x + 264, 400, x + 308, 446), 8, (40, 96, 150))
    canvas.text((x + 286, 423), "H", (240, 240, 240), ImageFont.load_default(30), anchor="mm")


def _bench(canvas: ImageDraw.ImageDraw, x: int, light: Light) -> None:
    wood, iron = (120, 84, 58), shaded(light.road, 0.6)
    for leg in (x + 14, x + 150):
        canvas.rectangle((leg, 636, leg + 8, 716), iron)
    for y in (632, 650, 680):
        canvas.rounded_rectangle((x, y, x + 172, y + 11), 3, wood)


def _lamp(canvas: ImageDraw.ImageDraw, x: int) -> None:
    """Draw a street lamp: what the project is named after."""
    iron = (34, 36, 44)
    canvas.polygon([(x - 4, 230), (x + 4, 230), (x + 7, 740), (x - 7, 740)], iron)
    canvas.rectangle((x - 14, 726, x + 14, 744), iron)
    canvas.polygon([(x - 22, 180), (x + 22, 180), (x + 13, 230), (x - 13, 230)], (255, 226, 160))
    canvas.polygon([(x - 28, 180), (x + 28, 180), (x, 156)], iron)


def _glow(picture: Image.Image, lamps: list[int], light: Light) -> Image.Image:
    """Add the light of the lamps: a halo around each, and a pool on the pavement."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    shine: NDArray[np.float64] = np.zeros((HEIGHT, WIDTH))
    for at in lamps:
        shine += np.exp(-np.hypot(x - at, y - 205) / 60)
        shine += 0.35 * np.exp(-(((x - at) / 210) ** 2) - ((y - 735) / 55) ** 2)
    warm = np.clip(shine, 0, 1)[..., None] * np.array([255, 205, 130]) * light.glow
    soft = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.7)), float)
    return Image.fromarray(np.clip(soft + warm * (1 - soft / 300), 0, 255).astype(np.uint8))


def car(draw: Random, light: Light) -> Image.Image:
    """Draw a car from behind with its licence plate, RGBA, 380 by 300 pixels."""
    picture = Image.new("RGBA", (760, 600), (0, 0, 0, 0))
    canvas = ImageDraw.Draw(picture)
    paint = shaded(
        ((140, 42, 46), (50, 74, 110), (150, 152, 158), (66, 90, 84))[draw.integers(4)],
        0.6 + light.road[0] / 170,
    )
    for x in (70, 580):
        canvas.rounded_rectangle((x, 440, x + 110, 580), 30, (20, 20, 24))
    canvas.polygon([(170, 60), (590, 60), (690, 260), (70, 260)], shaded(paint, 0.85))
    canvas.polygon([(196, 84), (564, 84), (634, 236), (126, 236)], (50, 58, 76))
    canvas.polygon([(210, 84), (300, 84), (250, 236), (132, 236)], (72, 82, 102))
    canvas.rounded_rectangle((40, 230, 720, 510), 60, paint)
    canvas.rounded_rectangle((30, 430, 730, 530), 36, shaded(paint, 0.6))
    for x in (60, 590):
        canvas.rounded_rectangle((x, 280, x + 110, 350), 18, (200, 40, 40))
        canvas.rounded_rectangle((x + 10, 290, x + 60, 320), 10, (255, 120, 100))
    _plate(canvas, draw)
    return picture.resize((380, 300), Image.Resampling.LANCZOS)


def _plate(canvas: ImageDraw.ImageDraw, draw: Random) -> None:
    letters = "".join(PLATE_LETTERS[number] for number in draw.integers(0, len(PLATE_LETTERS), 3))
    canvas.rounded_rectangle((228, 352, 532, 424), 8, PLATE, PLATE_EDGE, 4)
    canvas.rectangle((232, 356, 262, 420), PLATE_BAND)
    words = f"{draw.integers(1000, 9999)} {letters}"
    canvas.text((398, 388), words, PLATE_INK, ImageFont.load_default(54), anchor="mm", stroke_width=1)
