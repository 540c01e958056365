"""What a release measured, spent and shows, told from its file alone."""

from __future__ import annotations

from collections import Counter
from typing import Any

from workers.publish.document import ReleaseDocument
from workers.publish.verify import spent


def explain(document: ReleaseDocument) -> dict[str, Any]:
    """Return the figures of a release that anybody could read out of its file."""
    places = Counter(
        len(one.place) if not document.areas else "areas" for one in document.measured if not one.split
    )
    return {
        "city": document.city,
        "layer": document.layer.name,
        "period": document.period.name,
        "correction": document.correction,
        "published_at": document.published_at.isoformat(),
        "plan": document.plan,
        "epsilon": str(document.epsilon),
        "most_spent_on_a_path": str(spent(document)),
        "measured": {str(level): number for level, number in sorted(places.items(), key=str)},
        "measured_above_them": sum(one.split for one in document.measured),
        "k": document.k,
        "k_of_sums": {str(size): k for size, k in document.k_of_sums},
        "shown": sum(region.shown for region in document.regions),
        "withheld": document.withheld,
    }


def in_words(told: dict[str, Any]) -> str:
    """Return the figures as lines for people."""
    measured = ", ".join(
        f"{number} {'areas' if level == 'areas' else f'cells of z{level}'}"
        for level, number in told["measured"].items()
    )
    return "\n".join(
        [
            f"{told['city']}: {told['layer']} {told['period']}, due {told['published_at']}, plan {told['plan'][:12]}",
            f"  epsilon {told['epsilon']}, at most {told['most_spent_on_a_path']} on a path",
            f"  measured: {measured}, and {told['measured_above_them']} cells above them",
            f"  shown from {told['k']} standard errors (sums: {told['k_of_sums']})",
            f"  {told['shown']} regions shown, {told['withheld']} withheld",
        ]
    )
