"""Ten thousand faults between a sealed original and its public picture, and no picture that was not redacted.

The faults are injected where the parts meet: the decoding child, the detectors, the encoder, the store. Each is a
seeded draw, so that a failure can be repeated. A few real children are killed as well.
"""

from __future__ import annotations

import hashlib
import io
import os
import random
import signal
import threading
from types import SimpleNamespace
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image
from rq.timeouts import JobTimeoutException

from backend.errors import NotFound, SealError, Unavailable
from backend.store.models import PhotoState
from backend.store.seals import Binding, open_sealed
from workers.anonymise import decode as decoding
from workers.anonymise import jpeg, photo, stage
from workers.anonymise.boxes import FILL, Box
from workers.anonymise.passes import Detectors, Pass
from workers.anonymise.photo import PhotoWithheld, redact_photo

FAULTS = 10_000
FACE = Box(8, 8, 40, 32, 0.9)
SIZE = (64, 48)
PIXELS = np.random.default_rng(9).integers(90, 255, (SIZE[1], SIZE[0], 3), np.uint8)
ONCE = (Pass("face", longest=2048, margin=0.0),)


def original():
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, "PNG")
    return out.getvalue()


ORIGINAL = original()
ERRORS = (
    RuntimeError,
    MemoryError,
    OSError,
    ValueError,
    IndexError,
    TypeError,
    ZeroDivisionError,
    SystemError,
)


class Crashed(BaseException):
    """The process is gone at this point: nothing after it runs."""


class Store(dict):
    """A store of blobs that fails as it is told: before, halfway, or after it has written."""

    fault = None

    def put(self, path, content):
        if self.fault == "full":
            raise Unavailable("full")
        self[path] = bytes(content[: len(content) // 2]) if self.fault == "half" else bytes(content)
        if self.fault in {"half", "written"}:
            raise Unavailable("full")
        if self.fault == "cut silently":
            self[path] = bytes(content[: len(content) // 2])
        if self.fault == "crash":
            raise Crashed


def raising(error):
    def go(*_args, **_more):
        raise error

    return go


def decode_faults(draw, patch):
    """The child dies, lies, or hands over something that is no picture."""
    what = draw.choice([
        raising(draw.choice(ERRORS)("child")), raising(BrokenPipeError()), raising(Crashed()),
        lambda *_: None, lambda *_: PIXELS[:0], lambda *_: PIXELS[:, :, 0], lambda *_: PIXELS.astype(np.float64),
    ])  # fmt: skip
    patch.setattr(photo, "decode", what)


def detector_faults(draw, patch):
    """The detector raises, is cut short by the job's deadline, or answers nonsense."""
    nan, inf = float("nan"), float("inf")
    what = draw.choice([
        raising(draw.choice(ERRORS)("detector")), raising(JobTimeoutException()), raising(Crashed()),
        lambda _: None, lambda _: 7, lambda _: [None], lambda _: [FACE, Box(nan, 0, 1, 1, 1)],
        lambda _: [FACE, Box(0, 0, inf, 1, 1)], lambda _: [FACE, (1, 2)],
    ])  # fmt: skip
    return {"face": what} if draw.random() < 0.9 else {}


def encoder_faults(draw, patch):
    """The encoder raises, stops halfway, or lets something through beside the picture."""
    honest = jpeg.write
    what = draw.choice([
        raising(draw.choice(ERRORS)("encoder")), raising(Crashed()), lambda _: b"", lambda _: ORIGINAL,
        lambda pixels: honest(pixels)[:-40], lambda pixels: honest(pixels) + ORIGINAL,
        lambda pixels: honest(pixels[:-8]), lambda pixels: honest(pixels)[:2] + b"\xff\xfe\x00\x04hi" + honest(pixels)[2:],
    ])  # fmt: skip
    patch.setattr(jpeg, "write", what)


def fill_faults(draw, patch):
    """Filling fails."""
    patch.setattr(photo, "filled", raising(draw.choice((*ERRORS, Crashed))("fill")))


PLACES = (decode_faults, detector_faults, encoder_faults, fill_faults)
STORE_FAULTS = ("full", "half", "written", "cut silently", "crash")


def a_row():
    return SimpleNamespace(
        city_id="here", report_id=uuid4(), name="1", size=len(ORIGINAL), received=len(ORIGINAL), reason=None,
        state=PhotoState.RECEIVED, public_blob=None, width=None, height=None, masks=None,
    )  # fmt: skip


def run_once(row, runtime, key):
    """What the stage does with one photo; the row is written only when its transaction ends."""
    before = dict(vars(row))
    originals = SimpleNamespace(photos={"1": ["piece"]}, manifest={"1": hashlib.sha256(ORIGINAL).hexdigest()})
    try:
        stage._note(runtime, row, key, stage._redact(runtime, originals, "1"))
    except BaseException:  # noqa: BLE001 - a crash rolls the transaction back
        vars(row).update(before)


def published(row, blobs, key):
    """The picture that a moderator would be shown, opened as the door opens it; None when there is none."""
    if row.state is not PhotoState.REDACTED or row.public_blob is None:
        return None
    try:
        return open_sealed(key, Binding(row.report_id, "public_photo:1"), blobs[row.public_blob])
    except (SealError, KeyError, NotFound):
        return None


def is_redacted(public):
    with Image.open(io.BytesIO(public)) as seen:
        inside = np.asarray(seen.convert("RGB"), np.int16)[13:27, 13:35]
    return bool(np.abs(inside - np.array(FILL)).mean() < 6)


def opened(blobs, row, key):
    """Whatever lies in the store and can be opened, whether or not a row points at it."""
    for content in blobs.values():
        try:
            yield open_sealed(key, Binding(row.report_id, "public_photo:1"), content)
        except SealError:
            continue


@pytest.fixture
def runtime(monkeypatch):
    monkeypatch.setattr(stage, "open_photo", lambda *_: ORIGINAL)
    monkeypatch.setattr(photo, "decode", lambda *_: PIXELS)
    return SimpleNamespace(blobs=Store(), detectors=Detectors({"face": lambda _: [FACE]}, ONCE))


def test_without_a_fault_the_picture_is_published_and_redacted(runtime):
    key, row = os.urandom(32), a_row()
    run_once(row, runtime, key)
    assert is_redacted(published(row, runtime.blobs, key))


def test_an_unredacted_picture_would_be_noticed(runtime):
    key, row = os.urandom(32), a_row()
    runtime.detectors = Detectors({"face": lambda _: []}, ONCE)
    run_once(row, runtime, key)
    assert not is_redacted(published(row, runtime.blobs, key))


@pytest.mark.parametrize("part", range(4))
def test_no_fault_publishes_an_unredacted_photo(runtime, monkeypatch, part):
    key, shown = os.urandom(32), 0
    for number in range(part, FAULTS, 4):
        draw, row = random.Random(number), a_row()
        runtime.blobs.clear()
        runtime.blobs.fault = draw.choice(STORE_FAULTS) if draw.random() < 0.3 else None
        runtime.detectors = Detectors({"face": lambda _: [FACE]}, ONCE)
        with monkeypatch.context() as patch:
            if runtime.blobs.fault is None or draw.random() < 0.3:
                finders = draw.choice(PLACES)(draw, patch)
                if finders is not None:
                    runtime.detectors = Detectors(finders, ONCE)
            run_once(row, runtime, key)
        public = published(row, runtime.blobs, key)
        shown += public is not None
        assert public is None or is_redacted(public), number
        assert all(is_redacted(each) for each in opened(runtime.blobs, row, key)), number
        assert not any(ORIGINAL[8:24] in content for content in runtime.blobs.values()), number
    assert shown == 0


def test_after_a_fault_the_next_try_publishes_the_redacted_picture(runtime):
    key, row = os.urandom(32), a_row()
    for fault in STORE_FAULTS:
        runtime.blobs.fault = fault
        run_once(row, runtime, key)
        assert published(row, runtime.blobs, key) is None
    runtime.blobs.fault = None
    run_once(row, runtime, key)
    assert is_redacted(published(row, runtime.blobs, key))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM, signal.SIGXCPU])
def test_a_child_that_is_killed_at_work_withholds_the_photo(monkeypatch, how):
    honest = decoding._start

    def started(*told):
        child = honest(*told)
        threading.Timer(0.01, os.kill, (child.pid, how)).start()
        os.kill(child.pid, signal.SIGSTOP)
        return child

    monkeypatch.setattr(decoding, "_start", started)
    monkeypatch.setattr(decoding, "WALL_SECONDS", 1.0)
    with pytest.raises(PhotoWithheld):
        redact_photo(ORIGINAL, Detectors({"face": lambda _: [FACE]}, ONCE))


POLYGLOTS = {
    "a page in a comment": lambda jpg, _png: jpg[:2] + b"\xff\xfe\x00\x2a<script>alert('planted-payload')</script>" + jpg[2:],
    "an archive behind the end": lambda jpg, _png: jpg + b"PK\x03\x04planted-payload" * 40,
    "a document behind the end": lambda _jpg, png: png + b"%PDF-1.7 planted-payload",
    "a program in an unknown chunk": lambda _jpg, png: png[:33] + b"\x00\x00\x00\x0fpAYl" + b"planted-payload" + b"0000" + png[33:],
    "one picture behind another": lambda jpg, png: jpg + png + b"planted-payload",
}  # fmt: skip


@pytest.mark.parametrize("name", POLYGLOTS)
def test_of_a_file_that_is_two_things_only_the_picture_is_left(name):
    out = io.BytesIO()
    Image.fromarray(PIXELS).save(out, "JPEG")
    data = POLYGLOTS[name](out.getvalue(), ORIGINAL)
    assert b"planted-payload" in data
    try:
        shown = redact_photo(data, Detectors({"face": lambda _: [FACE]}, ONCE))
    except PhotoWithheld:
        return
    for trace in (b"planted-payload", b"PK\x03\x04", b"%PDF", b"script"):
        assert trace not in shown.jpeg
    jpeg.check(shown.jpeg, (shown.width, shown.height))
