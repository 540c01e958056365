"""What tests of the workers share: jobs that run here, and reports with a photo that came in pieces."""

from __future__ import annotations

import hashlib
from uuid import UUID

import pytest

from backend.steps import uploads
from backend.store.pieces import Place, Sheaf
from backend.store.secrets import receipt_hash
from workers import runtime as runtime_module

WORDS = "A man called Marta's neighbour followed me. Call me at +34 612 345 678, ana@example.org."


@pytest.fixture
def here(monkeypatch, runtime):
    """Jobs of this process run on the tests' runtime."""
    monkeypatch.setattr(runtime_module, "_here", [runtime])
    return runtime


@pytest.fixture
def with_photo(works, pepper, blobs, city, hand_in):
    """Hand in a report with one photo, which arrives in two pieces."""

    def go(content, text=WORDS, sha256=None, in_parts=False):
        promise = {"name": "1", "size": len(content), "sha256": sha256 or hashlib.sha256(content).hexdigest()}
        secret = hashlib.sha256(content + text.encode()).digest()
        answer = hand_in(text=text, photos=[promise], receipt=secret)
        report_id, half = UUID(answer["id"]), len(content) // 2
        promised = uploads.Promise(report_id, "1", len(content))
        known = receipt_hash(pepper, city, secret)
        with works["residents"].open(city) as work:
            pieces = (content[:half], content[half:])
            if not in_parts:
                arrive(work, known, uploads.create(work, known, promised), *pieces)
                return report_id
            parts = [uploads.create_part(work, known, len(piece)) for piece in pieces]
            for part, piece in zip(parts, pieces, strict=True):
                arrive(work, known, part, piece)
            uploads.join(work, known, promised, [part.id for part in parts])
        return report_id

    def arrive(work, known, started, *pieces):
        for piece in pieces:
            upload = uploads.find(work, known, started.id)
            place = Place(city, upload.report_id, upload.name, upload.chunks)
            sheaf = Sheaf(blobs, upload.sealing_key, place)
            sheaf.add(piece)
            uploads.take(work, known, upload, at=upload.received, told=None, pieces=sheaf.pieces)

    return go
