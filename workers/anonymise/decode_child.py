"""Run as a program of its own: one picture from standard input, its raw pixels to standard output, nothing else.

The decoders are the most attacked code in the house, so they run in a process that lives for one picture, with an
empty environment, no keys and no database. It imports nothing of Farola: it is started with `python -I`.
"""

import ctypes
import importlib
import resource
import struct
import sys
import warnings
from typing import BinaryIO

from PIL import Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin

MAX_SIDE = 12_000
MAX_PIXELS = 40_000_000
LONGEST = 2048
# Every picture loses this part of its size at least: resampled, it keeps neither a block of the original file nor
# the grid of its compression, and less of the sensor's own noise.
SHAVED = 32
FORMATS = frozenset(
    (
        JpegImagePlugin.JpegImageFile.format,
        PngImagePlugin.PngImageFile.format,
        WebPImagePlugin.WebPImageFile.format,
    )
)
# A camera's second picture (MPO) opens as JPEG; only its first frame is ever loaded.
OPENED_AS = FORMATS | {MpoImagePlugin.MpoImageFile.format}

EXIT_TOO_MANY_PIXELS, EXIT_UNDECODABLE = 3, 4

MEMORY_BYTES = 1024**3
CPU_SECONDS = 20
OPEN_FILES = 32
LIMITS = (
    (resource.RLIMIT_AS, MEMORY_BYTES),
    (resource.RLIMIT_CPU, CPU_SECONDS),
    (resource.RLIMIT_NOFILE, OPEN_FILES),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
)

PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 4, 38
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
# The same numbers on every architecture; the thirteen rights are those of the first Landlock.
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF = 444, 446
LANDLOCK_ALL_RIGHTS = (1 << 13) - 1

# What Pillow imports only when it meets a file that needs it; by then no file can be opened any more.
LOADED_LATE = ("PIL.BmpImagePlugin", "PIL.GifImagePlugin", "PIL.PpmImagePlugin", "PIL.TiffImagePlugin")

ORIENTATION_TAG = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def confine() -> frozenset[str]:
    """Give up what decoding does not need; answer which of the tried walls stand: `network`, `files`.

    Always enforced by the kernel: memory, CPU time, number of open files, no byte written to any file, no core
    dump, no new privileges through exec, no reading of this process by others of the same user. Tried, and done
    without where a kernel refuses: a network of its own with nothing in it (unprivileged namespaces), and no file
    to open at all (Landlock, since Linux 5.13), so that a decoder that was taken over cannot read a key. Not
    enforced: which system calls may be made.
    """
    for limit, value in LIMITS:
        resource.setrlimit(limit, (value, value))
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in ((PR_SET_NO_NEW_PRIVS, 1), (PR_SET_DUMPABLE, 0)):
        if libc.prctl(option, value, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")
    walls = {
        "network": libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0,
        "files": _close_files(libc),
    }
    return frozenset(name for name, stands in walls.items() if stands)


def _close_files(libc: ctypes.CDLL) -> bool:
    """Refuse every file from now on: a Landlock ruleset that handles all rights and grants none."""
    rights = struct.pack("=Q", LANDLOCK_ALL_RIGHTS)
    ruleset = libc.syscall(LANDLOCK_CREATE_RULESET, rights, len(rights), 0)
    return bool(ruleset >= 0 and libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0)


def orientation(picture: Image.Image) -> int:
    """How the camera was held; a broken EXIF block says nothing, and the detectors also look sideways."""
    try:
        return int(picture.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # noqa: BLE001 - whatever Pillow raises over broken EXIF, the pixels are still good
        return 1


def flatten(picture: Image.Image) -> Image.Image:
    """RGB; what is transparent becomes white, because what lies below it was not meant to be seen."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode == "RGB" or not picture.has_transparency_data:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")


def shrink(picture: Image.Image) -> Image.Image:
    """At most `LONGEST` pixels a side and always a little smaller. JPEG is decoded at a lower scale where that is enough."""
    if picture.mode not in {"RGB", "RGBA", "L", "CMYK", "YCbCr"}:
        picture = flatten(picture)
    longest = max(picture.size)
    side = max(1, min(LONGEST, longest - max(1, longest // SHAVED)))
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    return picture


def decode(stream: BinaryIO, kind: str) -> Image.Image:
    """Return the first frame, upright, RGB, shrunk. Exits when the file is larger than its limits."""
    picture: Image.Image = Image.open(stream, formats=(kind,))
    if picture.format not in OPENED_AS:
        sys.exit(EXIT_UNDECODABLE)
    if max(picture.size) > MAX_SIDE or picture.width * picture.height > MAX_PIXELS:
        sys.exit(EXIT_TOO_MANY_PIXELS)
    turn = UPRIGHT.get(orientation(picture))
    picture = flatten(shrink(picture))
    return picture if turn is None else picture.transpose(turn)


def main() -> None:
    """Decode what comes in; any failure is an exit code, never a message."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    for module in LOADED_LATE:
        importlib.import_module(module)
    confine()
    try:
        picture = decode(sys.stdin.buffer, sys.argv[1])
        pixels = picture.tobytes()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        sys.exit(EXIT_TOO_MANY_PIXELS)
    except Exception:  # noqa: BLE001 - a decoder may raise anything; the parent only needs to know that it did
        sys.exit(EXIT_UNDECODABLE)
    sys.stdout.buffer.write(struct.pack(">II", *picture.size) + pixels)


if __name__ == "__main__":
    main()
