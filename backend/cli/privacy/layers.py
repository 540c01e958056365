"""Attack A1 layer by layer: what the layer claims to spend, beside what two neighbouring worlds show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from backend.cli.privacy.bound import Bound, View, strongest
from backend.cli.privacy.ground import QUARTER, earlier, geography, period_for, residents
from backend.cli.privacy.views import Watcher, table
from backend.cli.privacy.worlds import Stage, neighbours
from backend.domain.layers import CATEGORY, LAYERS, LIFETIME, MAP
from workers.publish import draw as drawing
from workers.publish.draw import Row
from workers.publish.limits import Limits
from workers.publish.plan import SPLIT_AT, Plan, plan_layer
from workers.publish.show import threshold
from workers.publish.threshold import k_of

DOUBT = 1e-6  # with which a sound release would be called broken, over all that is looked at
_DUE = datetime(2026, 10, 1, 4, tzinfo=UTC)
_JOINT = ("map", "category", "daypart", "gender", "pulse", "map, corrected")


@dataclass(frozen=True)
class Effort:
    """How much is drawn of each world of a case: whole releases, and numbers that are measured."""

    releases: int = 200
    numbers: int = 200_000


@dataclass(frozen=True)
class Case:
    """One release in two neighbouring worlds; `changes` counted reports lie between them."""

    layer: str
    name: str
    plan: Plan
    here: Sequence[Row]
    there: Sequence[Row]
    changes: int = 1

    @property
    def claimed(self) -> Fraction:
        """Return what the worlds may differ by at most."""
        return self.plan.epsilon * self.changes


@dataclass(frozen=True)
class Finding:
    """What was claimed, and what an attacker can show."""

    layer: str
    case: str
    claimed: Fraction
    bound: Bound
    runs: int

    @property
    def holds(self) -> bool:
        """Tell whether nothing contradicts the claim."""
        return self.bound.epsilon <= self.claimed


def cases_told(stage: Stage, names: Sequence[str] = ()) -> Iterator[Case]:
    """Yield the cases that go through the real door, where what counts is settled."""
    for pair in neighbours():
        if names and pair.name not in names:
            continue
        here, there = (stage.counted(history, pair.kind) for history in (pair.here, pair.there))
        for layer, rows in here.items():
            yield Case(layer, pair.name, _plan(layer), rows, there[layer], pair.changes)
            if layer == MAP.name and pair.name == "counted":
                yield Case("map, corrected", pair.name, _plan(layer, correction=True), rows, there[layer])


def cases_at_edges() -> Iterator[Case]:
    """Yield the cases in which one report lies on an edge: at a threshold, or where a cell is split."""
    cell = int(residents(1, seed=5)[0])
    for layer, value in ((MAP, None), (CATEGORY, CATEGORY.values[0])):
        plan = _plan(layer.name)
        least = int(threshold(k_of(plan).single, plan.variances.min() ** 0.5))
        yield Case(layer.name, "at the threshold", plan, [(cell, value, least)], [(cell, value, least - 1)])
    fresh, enough = plan_layer(MAP, QUARTER, geography()), int(SPLIT_AT[13])
    yield Case("map", "where a cell is split", fresh, [(cell, None, enough)], [(cell, None, enough - 1)])
    yield Case("map", "alone in the city", fresh, [(cell, None, 1)], [])


def audit(
    cases: Sequence[Case],
    effort: Effort = Effort(),
    tell: Callable[[str], None] = lambda _line: None,
) -> list[Finding]:
    """Release each case in either world as often as told; return what was found, all layers together last."""
    found, joint = [], []
    doubt = DOUBT / (len(cases) + 1)
    for case in cases:
        tell(f"{case.layer}: {case.name}")
        here, there = views(case, effort)
        bound = strongest(here, there, doubt)
        found.append(Finding(case.layer, case.name, case.claimed, bound, len(here[bound.witness])))
        if case.name == "counted" and case.layer in _JOINT:
            joint.append((here["likelihood"], there["likelihood"]))
    if len(joint) == len(_JOINT):
        one, other = ([sum(run) for run in zip(*side, strict=False)] for side in zip(*joint, strict=True))
        together = strongest({"likelihood": one}, {"likelihood": other}, doubt)
        found.append(Finding("all of them", "counted", LIFETIME, together, len(one)))
    return found


def views(case: Case, effort: Effort) -> tuple[View, View]:
    """Return what releases of either world tell, by witness.

    Some whole releases show whether anything but the measured numbers gives a world away. Many
    more draws, by the same code, of the numbers that differ between the worlds show how much those
    do; where the worlds do not differ, the first number of the plan stands for all.
    """
    watcher = Watcher(case.plan, table(case.plan, case.here), table(case.plan, case.there))
    k = k_of(case.plan)
    here, there = (_seen(watcher, case.plan, rows, k, effort.releases) for rows in (case.here, case.there))
    return here | watcher.many(effort.numbers, here=True), there | watcher.many(effort.numbers, here=False)


def _seen(watcher: Watcher, plan: Plan, rows: Sequence[Row], k: Limits, releases: int) -> dict[str, Any]:
    seen: dict[str, list[Any]] = defaultdict(list)
    for _ in range(releases):
        for witness, value in watcher.view(drawing.draw(plan, rows, k, _DUE)).items():
            seen[witness].append(value)
    return seen


def _plan(layer: str, *, correction: bool = False) -> Plan:
    found = LAYERS[layer]
    return plan_layer(found, period_for(found), geography(), earlier(), correction=correction)
