"""Decoding a photo in a child process that is limited, watched, and trusted with nothing but a pipe."""

import os
import select
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from workers.anonymise import decode_child
from workers.anonymise.boxes import Pixels
from workers.anonymise.withheld import PhotoWithheld, Reason

WALL_SECONDS = 30.0
HEAD = struct.Struct(">II")
CHANNELS = 3
MOST_BYTES = HEAD.size + decode_child.LONGEST**2 * CHANNELS
PIECE = 1 << 20

WHY = {
    decode_child.EXIT_TOO_MANY_PIXELS: Reason.TOO_MANY_PIXELS,
    -signal.SIGXCPU: Reason.TIME_LIMIT,
    -signal.SIGKILL: Reason.TIME_LIMIT,
}


def decode(data: bytes, kind: str) -> Pixels:
    """Return the first frame of a photo: upright, RGB, at most 2048 pixels a side, shape (height, width, 3).

    `kind` is one of `decode_child.FORMATS`. Raises `PhotoWithheld`.
    """
    deadline = time.monotonic() + WALL_SECONDS
    child = _start(data, kind)
    try:
        answer = _read(child, deadline)
        code = child.wait(timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise PhotoWithheld(Reason.TIME_LIMIT) from None
    finally:
        _end(child)
    if code != 0:
        raise PhotoWithheld(WHY.get(code, Reason.UNDECODABLE))
    return _pixels(answer)


def _start(data: bytes, kind: str) -> "subprocess.Popen[bytes]":
    """Start the child with the photo in anonymous memory as its input: no file, no name, nothing left behind."""
    photo = os.memfd_create("photo")
    try:
        with os.fdopen(os.dup(photo), "wb") as memory:
            memory.write(data)
        os.lseek(photo, 0, os.SEEK_SET)
        return subprocess.Popen(
            [sys.executable, "-I", str(Path(decode_child.__file__)), kind],
            stdin=photo,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
    finally:
        os.close(photo)


def _read(child: "subprocess.Popen[bytes]", deadline: float) -> bytes:
    """All that the child says, up to the most that a picture can be."""
    if child.stdout is None:
        raise PhotoWithheld(Reason.UNDECODABLE)
    answer = bytearray()
    while len(answer) <= MOST_BYTES:
        ready, _, _ = select.select([child.stdout], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise PhotoWithheld(Reason.TIME_LIMIT)
        piece = os.read(child.stdout.fileno(), PIECE)
        if not piece:
            return bytes(answer)
        answer += piece
    raise PhotoWithheld(Reason.UNDECODABLE)


def _end(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        child.kill()
        child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _pixels(answer: bytes) -> Pixels:
    width, height = HEAD.unpack_from(answer)
    if not (1 <= width <= decode_child.LONGEST and 1 <= height <= decode_child.LONGEST):
        raise PhotoWithheld(Reason.UNDECODABLE)
    return np.frombuffer(answer, np.uint8, offset=HEAD.size).reshape(height, width, CHANNELS)
