"""The demo's photos: drawn street scenes that carry what a phone would have written into them."""

import io
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from backend.cli.demo.people import Random, person, shaded, some_look
from backend.cli.demo.street import DUSK, HEIGHT, NIGHT, WIDTH, car, street

QUALITY = 88
# People by night stand under the lamps: darker than at dusk, and not dark.
BY_NIGHT = 0.72
# Where people may stand, from left to right: between the bus stop, the lamps and the bench.
STANDING = (330, 620, 830, 210, 1060)
NOISE = 2.5

# Tag numbers of Exif 2.32.
MAKE, MODEL, TAKEN_AT, GPS = 0x010F, 0x0110, 0x0132, 0x8825
# What the demo's phones write, so that everybody can see that it is gone afterwards.
PLANTED_MODEL = "Farola demo phone"


def draw_scene(seed: int, *, people: int, plate: bool, night: bool) -> bytes:
    """Draw a street scene as a JPEG of 1280 by 960 pixels, the same for the same arguments.

    `people` (0 to 5) stand on the pavement; with `plate` a car stands in the road. The file carries a made-up
    camera and place in its EXIF block.
    """
    draw = np.random.default_rng(seed)
    light = NIGHT if night else DUSK
    scene = street(draw, light)
    for x in STANDING[:people]:
        _stand(scene, draw, x, night=night)
    if plate:
        vehicle = car(draw, light)
        scene.paste(vehicle, (int(draw.integers(520, 860)), 640), vehicle)
    return _photographed(scene, draw)


def _stand(scene: Image.Image, draw: Random, x: int, *, night: bool) -> None:
    """Put a person on the pavement, with a soft shadow at the feet."""
    height, feet = int(draw.integers(400, 480)), int(draw.integers(770, 800))
    x += int(draw.integers(-25, 26))
    look = some_look(draw)
    if night:
        skin, coat = (shaded(colour, BY_NIGHT) for colour in (look.skin, look.coat))
        look = replace(look, skin=skin, coat=coat)
    shadow = Image.new("L", scene.size, 0)
    ImageDraw.Draw(shadow).ellipse((x - height // 6, feet - 16, x + height // 5, feet + 12), 110)
    scene.paste((20, 18, 26), None, shadow.filter(ImageFilter.GaussianBlur(8)))
    figure = person(look, height)
    scene.paste(figure, (x - figure.width // 2, feet - height), figure)


def _photographed(scene: Image.Image, draw: Random) -> bytes:
    """Add what a small lens adds (darker corners, grain), and write the file with its EXIF block."""
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    corners = 1 - 0.16 * (x**2 + y**2)[..., None]
    grain = draw.normal(0, NOISE, (HEIGHT, WIDTH, 1))
    pixels = np.clip(np.asarray(scene, float) * corners + grain, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=QUALITY, exif=_planted(draw))
    return out.getvalue()


def _planted(draw: Random) -> Image.Exif:
    exif = Image.Exif()
    exif[MAKE], exif[MODEL], exif[TAKEN_AT] = "Farola", PLANTED_MODEL, "2026:11:20 19:42:00"
    minute, second = (float(number) for number in draw.integers(0, 60, 2))
    exif.get_ifd(GPS).update({1: "N", 2: (41.0, minute, second), 3: "E", 4: (2.0, minute, second)})
    return exif
