"""`farola privacy audit`: attack the release code and say what an attacker could show."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from backend.cli.output import answer, json_option, progress
from backend.cli.privacy import attacks
from backend.cli.privacy.layers import DOUBT, Effort, Finding, audit, cases_at_edges, cases_told
from backend.cli.privacy.scene import Attacked
from backend.cli.privacy.stage import own_stage

_BROKEN = 3
_USUAL = Effort()


@click.group("privacy")
def command() -> None:
    """What the maps could give away."""


@command.command("audit")
@click.option(
    "--releases",
    type=click.IntRange(50),
    default=_USUAL.releases,
    show_default=True,
    help="Whole releases of each of two worlds.",
)
@click.option(
    "--numbers",
    type=click.IntRange(1000),
    default=_USUAL.numbers,
    show_default=True,
    help="Measured numbers of each of two worlds; more bring the bounds nearer to the claims.",
)
@json_option
def run(releases: int, numbers: int, *, as_json: bool) -> None:
    """Run the attacks A1 to A11 against the code that releases; exit with 3 when one gets through.

    Everything happens in a made-up city in a database of its own. A lower bound above the
    claimed epsilon proves a leak; one below it proves nothing, it is what was not refuted.
    """
    with tempfile.TemporaryDirectory() as folder, own_stage(Path(folder)) as (stage, settings):
        effort = Effort(releases, numbers)
        findings = audit([*cases_told(stage), *cases_at_edges()], effort, progress)
        verdicts = [attacks.first(findings), *attacks.others(Attacked(stage, settings, releases), progress)]
    held = all(verdict.held for verdict in verdicts)
    lines = [*_table(findings), "", *(verdict.line for verdict in verdicts)]
    told = {"holds": held, "layers": [_told(one) for one in findings], "attacks": [vars(v) for v in verdicts]}
    answer(told, "\n".join(lines), as_json=as_json)
    if not held:
        raise click.exceptions.Exit(_BROKEN)


def _table(findings: list[Finding]) -> list[str]:
    head = f"{'layer':<15} {'neighbours':<22} {'claimed':>8} {'at least':>9}  seen in      (certain to 1 in {1 / DOUBT:,.0f})"
    return [
        head,
        *(
            f"{one.layer:<15} {one.case:<22} {float(one.claimed):>8.2f} {one.bound.epsilon:>9.3f}"
            f"  {one.bound.witness} of {one.runs:,}{'' if one.holds else '   BROKEN'}"
            for one in findings
        ),
    ]


def _told(one: Finding) -> dict[str, Any]:
    return {
        "layer": one.layer,
        "neighbours": one.case,
        "claimed": str(one.claimed),
        "at_least": round(one.bound.epsilon, 4),
        "confidence": one.bound.confidence,
        "witness": one.bound.witness,
        "runs": one.runs,
        "holds": one.holds,
    }
