"""Opening what is sealed: what may be asked for, why, and for how long; it always takes two people."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class Sought(StrEnum):
    """What somebody asks to see as it was sent."""

    WORDS = "words"
    POINT = "point"
    PHOTOS = "photos"


REASONS = ("danger_to_life", "redaction_wrong", "legal_request")
# A question that nobody answers ends; what was opened closes by itself.
ASKED_FOR = timedelta(hours=24)
OPEN_FOR = timedelta(minutes=15)
