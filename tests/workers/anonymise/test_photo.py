"""A photo goes in with everything that phones and editors leave in one, and only the picture comes out."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from rq.timeouts import JobTimeoutException

from workers.anonymise import jpeg
from workers.anonymise.boxes import FILL, Box
from workers.anonymise.passes import Pass
from workers.anonymise.photo import Detectors, PhotoWithheld, Reason, load_detectors, redact_photo

SECRET = b"planted-secret-41.3851N-Fairphone"
SIZE = (96, 64)


def nothing(_pixels):
    return []


BLIND = Detectors({"face": nothing, "plate": nothing, "text": nothing})


@pytest.fixture(scope="module")
def detectors():
    return load_detectors()


def picture(size=SIZE, seed=1):
    low = np.random.default_rng(seed).integers(0, 255, (size[1] // 16 + 1, size[0] // 16 + 1, 3), np.uint8)
    return Image.fromarray(low).resize(size, Image.Resampling.BICUBIC)


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif():
    block = Image.Exif()
    text = SECRET.decode()
    block[0x010F], block[0x013B], block[0x9C9C] = text, text, SECRET
    block.get_ifd(0x8769)[0x927C] = b"maker" + SECRET
    block.get_ifd(0x8825).update({1: "N", 2: (41.0, 23.0, 6.0), 29: text})
    return block


def segment(marker, body):
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def with_segment(marker, body):
    plain = saved(picture(), "JPEG")
    return plain[:2] + segment(marker, body) + plain[2:]


def with_chunk(kind, body):
    plain = saved(picture(), "PNG")
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return plain[:33] + chunk + plain[33:]


def mpo():
    return saved(picture(), "MPO", save_all=True, append_images=[picture(seed=2)], exif=exif())


def png_text(method, *args):
    info = PngImagePlugin.PngInfo()
    getattr(info, method)("Comment", SECRET.decode(), *args)
    return saved(picture(), "PNG", pnginfo=info)


PLANTED = {
    "jpeg exif with gps and maker note": lambda: saved(picture(), "JPEG", exif=exif()),
    "jpeg thumbnail": lambda: with_segment(
        0xE1, b"Exif\x00\x00II*\x00" + SECRET + saved(picture((16, 16)), "JPEG")
    ),
    "jpeg comment": lambda: saved(picture(), "JPEG", comment=SECRET),
    "jpeg xmp": lambda: with_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x>" + SECRET + b"</x>"),
    "jpeg icc": lambda: saved(picture(), "JPEG", icc_profile=SECRET * 9),
    "jpeg iptc": lambda: with_segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + SECRET),
    "jpeg unknown app11": lambda: with_segment(0xEB, SECRET),
    "jpeg trailer (motion photo)": lambda: saved(picture(), "JPEG") + b"\x00\x00\x00\x18ftypmp42" + SECRET,
    "jpeg second picture after the end": lambda: saved(picture(), "JPEG") * 2 + SECRET,
    "mpo second frame": mpo,
    "png text": lambda: png_text("add_text"),
    "png compressed text": lambda: png_text("add_text", True),
    "png international text": lambda: png_text("add_itxt"),
    "png exif": lambda: saved(picture(), "PNG", exif=exif()),
    "png icc": lambda: saved(picture(), "PNG", icc_profile=SECRET * 9),
    "png private chunk": lambda: with_chunk(b"prVt", SECRET),
    "png trailer": lambda: saved(picture(), "PNG") + SECRET,
    "webp exif": lambda: saved(picture(), "WEBP", exif=exif()),
    "webp xmp": lambda: saved(picture(), "WEBP", xmp=SECRET),
    "webp icc": lambda: saved(picture(), "WEBP", icc_profile=SECRET * 9),
}
COMPRESSED = {"png compressed text", "png icc"}


def markers(data):
    """The markers before the first scan, and what follows the end of the file."""
    found, at = [], 2
    while data[at + 1] != 0xDA:
        found.append(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return found, data[data.rindex(b"\xff\xd9") + 2 :]


@pytest.mark.parametrize("name", PLANTED)
def test_no_planted_secret_survives(name):
    planted = PLANTED[name]()
    assert name in COMPRESSED or SECRET in planted
    public = redact_photo(planted, BLIND).jpeg
    for piece in (SECRET, SECRET[:12], SECRET[-9:]):
        assert piece not in public
    assert set(markers(public)[0]) == {0xE0, 0xDB, 0xC0, 0xC4}
    assert markers(public)[1] == b""
    with Image.open(io.BytesIO(public)) as seen:
        assert (seen.format, getattr(seen, "n_frames", 1), dict(seen.getexif())) == ("JPEG", 1, {})


def mean_difference(public, image):
    with Image.open(io.BytesIO(public)) as seen:
        expected = image.convert("RGB").resize(seen.size, Image.Resampling.LANCZOS)
        return np.abs(np.asarray(seen, np.int16) - np.asarray(expected, np.int16)).mean()


@pytest.mark.parametrize("kind", ["WEBP", "PNG", "MPO"])
def test_only_the_first_frame_is_shown(kind):
    first, second = picture(), picture(seed=2)
    public = redact_photo(saved(first, kind, save_all=True, append_images=[second]), BLIND).jpeg
    assert mean_difference(public, first) < 6 < mean_difference(public, second)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("held", [3, 6, 8])
def test_a_photo_stands_upright(kind, held):
    turns = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    block = Image.Exif()
    block[0x0112] = held
    data = saved(picture().transpose(turns[held]), kind, exif=block)
    shown = redact_photo(data, BLIND)
    assert (shown.width, shown.height) == (93, 62)
    assert mean_difference(shown.jpeg, picture()) < 6


def test_what_was_made_transparent_stays_hidden():
    hidden = np.zeros((64, 64, 4), np.uint8)
    hidden[:, :32] = (200, 0, 0, 0)
    hidden[:, 32:] = (0, 0, 200, 255)
    for kind in ("PNG", "WEBP"):
        data = saved(
            Image.fromarray(hidden), kind, **({"lossless": True, "exact": True} if kind == "WEBP" else {})
        )
        with Image.open(io.BytesIO(redact_photo(data, BLIND).jpeg)) as seen:
            assert min(seen.getpixel((8, 8))) > 245


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_colour_mode_looks_as_it_did(mode):
    grey = picture().convert("L")
    deep = Image.fromarray(np.asarray(grey, np.uint16) * 256)
    source = deep if mode == "I;16" else picture().convert(mode)
    data = saved(source, "JPEG" if mode == "CMYK" else "PNG")
    expected = grey if mode in {"L", "LA", "I;16"} else source
    assert mean_difference(redact_photo(data, BLIND).jpeg, expected) < (
        20 if mode in {"1", "P"} else 6
    )  # dithered ones are smoothed


def test_a_large_photo_is_shrunk():
    shown = redact_photo(saved(picture((4000, 3000)), "JPEG"), BLIND)
    assert (shown.width, shown.height) == (2048, 1536)


def test_a_covered_place_is_one_flat_colour():
    noise = np.random.default_rng(3).integers(0, 255, (200, 300, 3), np.uint8)
    one = (Pass("face", longest=2048, margin=0.15),)
    detectors = Detectors({"face": lambda _: [Box(100, 60, 180, 140, 0.9)]}, one)
    shown = redact_photo(saved(Image.fromarray(noise), "PNG"), detectors)
    assert shown.masks == (("face", 88, 48, 192, 152, 0.9),)
    with Image.open(io.BytesIO(shown.jpeg)) as seen:
        inside = np.asarray(seen, np.int16)[64:136, 104:176]
        outside = np.asarray(seen, np.int16)[:40]
    assert np.abs(inside - np.array(FILL)).max() <= 2
    assert outside.std() > 20


def test_a_real_worker_s_detectors_load_without_a_network(detectors):
    shown = redact_photo(saved(picture((33, 21)), "PNG"), detectors)
    assert (shown.width, shown.height, shown.masks) == (32, 20, ())


def broken(_pixels):
    raise RuntimeError(SECRET)


@pytest.mark.parametrize("answer", [broken, lambda _: [Box(float("nan"), 0, 1, 1, 1)], lambda _: None])
@pytest.mark.parametrize("kind", ["face", "plate", "text"])
def test_a_detector_that_fails_withholds_the_photo(kind, answer):
    detectors = Detectors({**BLIND.finders, kind: answer})
    with pytest.raises(PhotoWithheld) as told:
        redact_photo(saved(picture(), "PNG"), detectors)
    assert told.value.reason is Reason.DETECTOR_FAILED
    assert SECRET.decode() not in str(told.value) + repr(told.value.__cause__)


def test_a_missing_detector_withholds_the_photo():
    with pytest.raises(PhotoWithheld) as told:
        redact_photo(saved(picture(), "PNG"), Detectors({"face": nothing}))
    assert told.value.reason is Reason.DETECTOR_FAILED


def test_an_output_with_anything_more_is_never_handed_on(monkeypatch):
    honest = jpeg.write
    monkeypatch.setattr(jpeg, "write", lambda pixels: honest(pixels) + SECRET)
    with pytest.raises(PhotoWithheld) as told:
        redact_photo(saved(picture(), "PNG"), BLIND)
    assert told.value.reason is Reason.OUTPUT_REFUSED


def test_the_job_s_own_deadline_reaches_the_queue():
    def late(_pixels):
        raise JobTimeoutException

    with pytest.raises(JobTimeoutException):
        redact_photo(saved(picture(), "PNG"), Detectors({**BLIND.finders, "face": late}))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_no_block_of_the_original_is_used_again(kind):
    options = {"quality": jpeg.QUALITY} if kind == "JPEG" else {}
    data = saved(picture((640, 480)), kind, **options)
    public = redact_photo(data, BLIND).jpeg
    scan = public[public.index(b"\xff\xda") + 14 :]
    assert not [at for at in range(0, len(scan) - 12, 7) if scan[at : at + 12] in data]
