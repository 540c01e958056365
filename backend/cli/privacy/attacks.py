"""The attacks A1 to A11 as programs; each must fail, and says in one line what it tried and saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backend.cli.privacy import on_numbers, on_the_job
from backend.cli.privacy.layers import Finding
from backend.cli.privacy.scene import Attacked, Verdict

ATTACKS: tuple[Callable[[Attacked], Verdict], ...] = (
    on_numbers.filters,
    on_the_job.retries,
    on_the_job.one_device,
    on_numbers.lonely,
    on_the_job.timing,
    on_the_job.erasure,
    on_the_job.edges,
    on_numbers.side_channels,
    on_the_job.ids,
    on_numbers.source,
)


def first(findings: Sequence[Finding]) -> Verdict:
    """Return what the comparison of successive releases of two worlds came to."""
    broken = [f"{one.layer} ({one.case})" for one in findings if not one.holds]
    return Verdict(
        "A1", not broken, f"told apart: {', '.join(broken) or 'none'}, of {len(findings)} pairs of worlds"
    )


def others(at: Attacked, tell: Callable[[str], None] = lambda _line: None) -> list[Verdict]:
    """Run A2 to A11."""
    made = []
    for attack in ATTACKS:
        tell(attack.__name__.replace("_", " "))
        made.append(attack(at))
    return made
