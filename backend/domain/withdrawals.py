"""Taking a release back: for which reasons, for how long a wrong map can be drawn anew, and in whose hands it lies."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from backend.domain.retention import kept

if TYPE_CHECKING:
    from datetime import date

    from backend.domain.layers import Layer
    from backend.domain.periods import Period

# What readers are told; nobody writes a sentence of their own, which could name somebody.
NOTES = {
    "outline_wrong": "The outline or the areas of the city were wrong in this release.",
    "counting_wrong": "The program counted wrongly in this release.",
    "reports_wrong": "Reports that should not have been counted were in this release.",
    "legal_request": "This release was taken back because the law asked for it.",
}
REASONS = tuple(NOTES)
# After a restore that lost why.
NOT_TOLD = "not_told"
NOTES[NOT_TOLD] = "This release was taken back."
# A question that nobody answers ends.
ASKED_FOR = timedelta(days=7)
# So long the cells of counted reports are kept, and nothing else of their place and time.
CORRECTABLE = kept("counted_cell", "period_end")


def can_be_corrected(layer: Layer, period: Period, today: date) -> bool:
    """Say whether a layer keeps a reserve and what it counted in a period is still there."""
    return layer.reserve > 0 and today <= period.last + CORRECTABLE
