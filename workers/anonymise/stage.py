"""The anonymise stage: from the sealed originals of a report to its sealed public half."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import select

from backend.domain.workflow import State
from backend.store.blobs import public_path
from backend.store.models import Photo, PhotoState, Report
from backend.store.queries import month_key
from backend.store.sealed import Opener, erase_class, write_sealed
from backend.store.seals import Binding, KeyClass, seal, size_class
from workers.anonymise.originals import chunks_of, open_photo
from workers.anonymise.photo import PhotoWithheld, RedactedPhoto, redact_photo
from workers.anonymise.text import redact
from workers.lease import Lease, held

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backend.store.models import PhotoChunk
    from backend.store.work import Work
    from workers.runtime import Runtime


@dataclass(frozen=True)
class Originals:
    """What a resident sent, opened: words, and for each photo its sealed pieces."""

    language: str | None
    words: Mapping[str, Any] | None
    manifest: Mapping[str, str]
    photos: Mapping[str, Sequence[PhotoChunk]]


@dataclass(frozen=True)
class Outcome:
    """What became of one photo: a redacted picture, or the reason why it is withheld."""

    picture: RedactedPhoto | None
    reason: str | None


def anonymise_report(runtime: Runtime, lease: Lease) -> None:
    """Fill the public half of a report. Safe to run twice: the later run replaces the earlier."""
    originals = _open_originals(runtime, lease)
    outcomes = {name: _redact(runtime, originals, name) for name in originals.photos}
    words = _redact_words(runtime, lease, originals)
    with runtime.works.open(lease.city_id) as work:
        report = held(work, lease)
        _write(runtime, work, report, words, outcomes)
        work.move(report, State.ANONYMISED)


def _open_originals(runtime: Runtime, lease: Lease) -> Originals:
    with runtime.works.open(lease.city_id) as work:
        opener = Opener(work.session, runtime.keyring, lease.city_id, lease.report_id)
        report = work.session.get_one(Report, (lease.city_id, lease.report_id))
        photos = work.session.scalars(
            select(Photo.name).where(Photo.city_id == lease.city_id, Photo.report_id == lease.report_id)
        )
        return Originals(
            language=report.language,
            words=opener.read("words"),
            manifest=opener.read("manifest") or {},
            photos={name: chunks_of(work, lease.report_id, name) for name in photos},
        )


def _redact(runtime: Runtime, originals: Originals, name: str) -> Outcome:
    """Redact one photo; whatever cannot be proved safe is withheld, with its reason."""
    chunks = originals.photos[name]
    if not chunks:
        return Outcome(None, "missing")
    data = open_photo(runtime, chunks, originals.manifest.get(name))
    if data is None:
        return Outcome(None, "incomplete")
    try:
        return Outcome(redact_photo(data, runtime.detectors), None)
    except PhotoWithheld as withheld:
        return Outcome(None, withheld.reason)


def _redact_words(runtime: Runtime, lease: Lease, originals: Originals) -> dict[str, Any] | None:
    if originals.words is None:
        return None
    text = originals.words.get("text") or ""
    public = redact(text, originals.language, runtime.finder(lease.city_id))
    chips = [{"start": chip.start, "end": chip.end, "kind": chip.kind} for chip in public.spans]
    setting = dict(originals.words.get("setting") or {})
    if "stop" in setting:  # free words as well
        setting["stop"] = redact(setting["stop"], originals.language, runtime.finder(lease.city_id)).text
    return {"text": public.text, "spans": chips, "setting": setting}


def _write(
    runtime: Runtime,
    work: Work,
    report: Report,
    words: dict[str, Any] | None,
    outcomes: Mapping[str, Outcome],
) -> None:
    """Seal the public half under a fresh key of its own; an earlier run's is erased with its key."""
    key = month_key(work.session, work.city_id, work.clock.now())
    erase_class(work.session, work.city_id, report.id, KeyClass.PUBLIC)
    write_sealed(work.session, work.city_id, report.id, key, {"public_words": words or {}})
    work.session.flush()
    opener = Opener(work.session, runtime.keyring, work.city_id, report.id)
    content_key = opener.key_of(KeyClass.PUBLIC)
    for name, outcome in outcomes.items():
        photo = work.session.get_one(Photo, (work.city_id, report.id, name))
        _note(runtime, photo, content_key, outcome)


def _note(runtime: Runtime, photo: Photo, key: bytes, outcome: Outcome) -> None:
    """Write a photo's outcome; the row points at the picture only once its bytes are stored."""
    photo.reason = outcome.reason
    photo.state = PhotoState.WITHHELD
    photo.size = photo.received = size_class(photo.size)
    if outcome.picture is None:
        return
    keep_picture(runtime, photo, key, outcome.picture)
    photo.masks = [mask._asdict() for mask in outcome.picture.masks]


def keep_picture(runtime: Runtime, photo: Photo, key: bytes, picture: RedactedPhoto) -> None:
    """Seal a public picture into a blob of its own, and only then let the row point at it."""
    photo.public_blob = public_path(photo.city_id, photo.report_id, photo.name, uuid4())
    binding = Binding(photo.report_id, f"public_photo:{photo.name}")
    runtime.blobs.put(photo.public_blob, seal(key, binding, picture.jpeg))
    photo.state = PhotoState.REDACTED
    photo.width, photo.height = picture.width, picture.height
