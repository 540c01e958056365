"""Files made to crash, hang, fill the memory or slip through: every one is withheld or comes out clean, in time."""

import io
import socket
import struct
import subprocess
import sys
import time
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from workers.anonymise import decode, decode_child, jpeg, sniff
from workers.anonymise.photo import Detectors, PhotoWithheld, Reason, redact_photo

BLIND = Detectors(dict.fromkeys(("face", "plate", "text"), lambda _: []))


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(size=(64, 48), seed=1):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), np.uint8))


def png_claiming(width, height):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


def jpeg_claiming(width, height):
    plain = saved(noise(), "JPEG")
    at = plain.index(b"\xff\xc0")
    return plain[: at + 5] + struct.pack(">HH", height, width) + plain[at + 9 :]


def webp_claiming(width, height):
    body = b"VP8X" + struct.pack("<I", 10) + bytes(4)
    body += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def reason_for(data):
    with pytest.raises(PhotoWithheld) as told:
        redact_photo(data, BLIND)
    assert str(told.value) == f"The photo is withheld: {told.value.reason}."
    return told.value.reason


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"GIF89a" + bytes(64),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"8BPS" + bytes(64),
        b"II*\x00" + bytes(64),
        b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00mp42avc1" + bytes(64),
        b"RIFF\x00\x00\x00\x00AVI " + bytes(64),
        b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(64),
    ],
)
def test_only_three_formats_are_looked_at(data):
    assert reason_for(data) is Reason.NOT_AN_IMAGE


@pytest.mark.parametrize("first", [b"heic", b"mif1", b"avif", b"isom"])
def test_a_photo_of_an_iphone_is_refused_with_what_to_do(first):
    data = b"\x00\x00\x00\x18ftyp" + first + b"\x00\x00\x00\x00" + b"mif1heic" + bytes(64)
    with pytest.raises(
        PhotoWithheld, match=r"heic\. HEIC and AVIF are not taken; the same photo as JPEG is"
    ) as told:
        redact_photo(data, BLIND)
    assert told.value.reason is Reason.HEIC


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM"])
def test_a_good_picture_in_another_format_is_not_taken(kind):
    assert reason_for(saved(noise(), kind)) is Reason.NOT_AN_IMAGE


def test_a_file_over_the_limit_is_not_read():
    assert reason_for(saved(noise(), "JPEG") + bytes(sniff.MAX_BYTES)) is Reason.TOO_LARGE


@pytest.mark.parametrize("claiming", [png_claiming, jpeg_claiming, webp_claiming])
@pytest.mark.parametrize("size", [(9000, 9000), (12_001, 1), (1, 12_001), (6400, 6400)])
def test_too_many_pixels_are_refused_by_the_header(claiming, size, monkeypatch):
    monkeypatch.setattr("workers.anonymise.photo.decode", pytest.fail)
    assert reason_for(claiming(*size)) is Reason.TOO_MANY_PIXELS


@pytest.mark.parametrize("claiming", [png_claiming, jpeg_claiming])
def test_a_picture_without_pixels_is_refused(claiming):
    assert reason_for(claiming(0, 5)) is Reason.UNDECODABLE


def test_the_two_places_that_hold_the_limits_agree():
    assert (sniff.MAX_SIDE, sniff.MAX_PIXELS) == (decode_child.MAX_SIDE, decode_child.MAX_PIXELS)
    assert {name for name, *_ in sniff.FORMATS} == decode_child.FORMATS


def test_a_second_header_does_not_get_past_the_first():
    plain = saved(noise(), "JPEG")
    at = plain.index(b"\xff\xc0")
    size = int.from_bytes(plain[at + 2 : at + 4]) + 2
    large = plain[at : at + 5] + struct.pack(">HH", 11_999, 11_999) + plain[at + 9 : at + size]
    assert reason_for(plain[: at + size] + large + plain[at + size :]) in {
        Reason.UNDECODABLE,
        Reason.TOO_MANY_PIXELS,
    }


def test_a_long_animation_costs_one_frame():
    still = Image.new("RGB", (2000, 2000), "green")
    frames = [Image.new("RGB", (2000, 2000), (0, number, 0)) for number in range(20)]
    data = saved(still, "WEBP", save_all=True, append_images=frames, lossless=True, method=0, quality=0)
    shown = redact_photo(data, BLIND)
    assert (shown.width, shown.height) == (1938, 1938)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_file_is_withheld(kind):
    whole = saved(noise(), kind)
    assert reason_for(whole[: len(whole) // 2]) is Reason.UNDECODABLE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_damaged_file_comes_out_clean_or_not_at_all(kind):
    draw = np.random.default_rng(7)
    for _ in range(6):
        data = bytearray(saved(noise(), kind))
        for at in draw.integers(12, len(data), 8):
            data[at] = draw.integers(0, 256)
        clean_or_withheld(bytes(data))


def clean_or_withheld(data):
    try:
        shown = redact_photo(data, BLIND)
    except PhotoWithheld:
        return None
    jpeg.check(shown.jpeg, (shown.width, shown.height))
    return shown


@given(st.binary(max_size=80), st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP", b""]))
def test_reading_a_header_never_fails_otherwise(tail, head):
    try:
        header = sniff.sniff(head + tail)
    except PhotoWithheld:
        return
    assert header.width * header.height <= sniff.MAX_PIXELS


@pytest.mark.stories
def test_the_crashers_of_others_are_withheld_or_come_out_clean(shared_data):
    files = [file for file in sorted((shared_data / "photos/malformed").iterdir()) if file.name != "LICENSE"]
    assert len(files) >= 25
    for file in files:
        started = time.monotonic()
        shown = clean_or_withheld(file.read_bytes())
        assert time.monotonic() - started < decode.WALL_SECONDS + 5, file.name
        assert shown is None or file.suffix in {".jpg", ".png"}, file.name


def pretend_child(monkeypatch, tmp_path, program):
    script = tmp_path / "child.py"
    script.write_text(program)
    monkeypatch.setattr(decode_child, "__file__", str(script))


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import time; time.sleep(60)", Reason.TIME_LIMIT),
        ("import os, time; os.close(1); time.sleep(60)", Reason.TIME_LIMIT),
        ("import sys\nwhile True: sys.stdout.write('x' * 65536)", Reason.UNDECODABLE),
        ("import os; os.abort()", Reason.UNDECODABLE),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", Reason.TIME_LIMIT),
        ("print('short')", Reason.UNDECODABLE),
        ("import sys; sys.stdout.buffer.write(bytes([0, 0, 0, 9] * 2) + bytes(80))", Reason.UNDECODABLE),
        ("", Reason.UNDECODABLE),
    ],
)
def test_a_child_that_misbehaves_is_ended(monkeypatch, tmp_path, program, reason):
    monkeypatch.setattr(decode, "WALL_SECONDS", 1.0)
    pretend_child(monkeypatch, tmp_path, program)
    assert reason_for(saved(noise(), "PNG")) is reason


CONFINED = """
import os, resource, runpy, signal, socket, sys
program, folder, port = sys.argv[1:]
child = runpy.run_path(program)
walls = child["confine"]()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

def refused(what):
    try:
        what()
    except (OSError, MemoryError):
        return True
    return False

def dial():
    with socket.socket() as line:
        line.settimeout(1)
        line.connect(("127.0.0.1", int(port)))

found = {
    "memory": refused(lambda: bytearray(2 * 1024**3)),
    "write": refused(lambda: os.write(os.open(folder + "/new", os.O_CREAT | os.O_WRONLY), b"x" * 9000)),
    "cpu": resource.getrlimit(resource.RLIMIT_CPU) == (20, 20),
    "network": refused(dial),
    "files": refused(lambda: os.open(folder + "/key", os.O_RDONLY)),
    "descriptors": refused(lambda: [os.dup(0) for _ in range(40)]),
}
print(*sorted(name for name, is_refused in found.items() if is_refused))
print(*sorted(walls))
"""


def test_the_child_can_neither_grow_nor_write_nor_read_nor_call_home(tmp_path):
    (tmp_path / "key").write_text("private")
    with socket.socket() as home:
        home.bind(("127.0.0.1", 0))
        home.listen()
        arguments = [decode_child.__file__, str(tmp_path), str(home.getsockname()[1])]
        done = subprocess.run(
            [sys.executable, "-I", "-c", CONFINED, *arguments], capture_output=True, text=True, check=True
        )
    refused, walls = (set(line.split()) for line in done.stdout.split("\n")[:2])
    assert refused >= {"memory", "write", "descriptors", "cpu"} | walls
    assert not (tmp_path / "new").exists() or (tmp_path / "new").stat().st_size == 0


def test_the_child_sees_no_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("FAROLA_PEPPER", "planted")
    program = "import os, struct, sys; n = b'planted' in b''.join(os.environb.values())\n"
    program += "sys.stdout.buffer.write(struct.pack('>II', 1, 1) + bytes([n, len(os.environ), 0]))"
    pretend_child(monkeypatch, tmp_path, program)
    seen = decode.decode(b"", "PNG")
    assert seen[0, 0, 0] == 0
    assert seen[0, 0, 1] <= 1  # LC_CTYPE, which Python sets itself
