"""What must be known to read a release, in one form for every file that leaves the house."""

from __future__ import annotations

from typing import Any

from workers.publish.document import NOTES, ReleaseDocument


def about(document: ReleaseDocument) -> dict[str, Any]:
    """Return what a release is, what it cost, how much it withholds, and what it is not."""
    return {
        "city": document.city,
        "city_name": document.city_name,
        "layer": document.layer.name,
        "kinds": sorted(document.layer.kinds),
        "period": document.period.name,
        "period_first": document.period.first.isoformat(),
        "period_last": document.period.last.isoformat(),
        "published_at": document.published_at.isoformat(timespec="seconds"),
        "correction": document.correction,
        "epsilon": str(document.epsilon),
        "k": document.k,
        "regions_withheld": document.withheld,
        "plan": document.plan,
        "notes": NOTES,
    }


def title(document: ReleaseDocument) -> str:
    """Return a release's name for people."""
    return f"{document.city_name}: {document.layer.name}, {document.period.name}"


def caution() -> str:
    """Return in one sentence what the numbers are, and what they are not."""
    return "; ".join(NOTES.values())
