"""Attacks on the numbers themselves: A2 differences, A5 a lone report, A9 side channels, A11 the noise."""

from __future__ import annotations

import math
import os
import random
from datetime import UTC, datetime
from fractions import Fraction
from unittest.mock import patch

import numpy as np
from scipy.stats import beta

from backend.cli.privacy.ground import QUARTER, earlier, geography, residents
from backend.cli.privacy.layers import DOUBT
from backend.cli.privacy.scene import Attacked, Verdict
from backend.domain.layers import MAP
from workers.publish import draw as drawing
from workers.publish import noise
from workers.publish.document import read_document
from workers.publish.plan import plan_layer
from workers.publish.render import render
from workers.publish.threshold import FALSE_REGIONS, k_of

_DUE = datetime(2026, 10, 1, 4, tzinfo=UTC)
_CHANCE = 0.1  # of a parent and its children agreeing by chance, far above what their noise allows
_READERS = 3


def filters(at: Attacked) -> Verdict:
    """A2: subtract what is published from each other; every remainder is made of noise that was drawn apart."""
    plan = plan_layer(MAP, QUARTER, geography(), earlier())
    cell, k = int(residents(1, seed=5)[0]), k_of(plan)
    exact = 0
    for _ in range(min(at.runs, 400)):
        document = read_document(drawing.draw(plan, [(cell, None, 1)], k, _DUE))
        values = {(one.place, one.split): one.values[0] for one in document.measured}
        for (name, split), value in values.items():
            below = [v for (n, s), v in values.items() if not s and n != name and n.startswith(name)]
            exact += split and value == sum(below)
    runs = min(at.runs, 400) * sum(place.split for place in plan.places)
    share = exact / max(1, runs)
    return Verdict(
        "A2", share < _CHANCE, f"parents equal to the sum of their children: {share:.1%} of {runs}"
    )


def lonely(at: Attacked) -> Verdict:
    """A5: one report in an empty city must show no more often than none, and change no list of places."""
    plan = plan_layer(MAP, QUARTER, geography())
    cell, k, shown, places = int(residents(1, seed=5)[0]), k_of(plan), 0, set()
    for _ in range(at.runs):
        document = read_document(drawing.draw(plan, [(cell, None, 1)], k, _DUE))
        shown += any(region.shown for region in document.regions)
        places.add(tuple(one.place for one in document.measured))
    least = beta.ppf(DOUBT, shown, at.runs - shown + 1) if shown else 0.0
    allowed = FALSE_REGIONS * math.exp(MAP.epsilon)
    held = least <= allowed and len(places) == 1
    return Verdict("A5", held, f"shown in {shown} of {at.runs} releases, {len(places)} list of places")


def side_channels(_at: Attacked) -> Verdict:
    """A9: the same noisy numbers of two true tables must give the same bytes, and hidden regions no number."""
    plan = plan_layer(MAP, QUARTER, geography(), earlier())
    cells, k = residents(60, seed=4), k_of(plan)
    fixed = np.random.default_rng(1).integers(-5, 30, (len(plan.places), 1))
    seen = set()
    with patch.object(drawing, "measure", lambda _plan, _counts: fixed):
        for number in (0, 1, 60):
            seen.add(drawing.draw(plan, [(int(cell), None, 1) for cell in cells[:number]], k, _DUE))
    document = read_document(next(iter(seen)))
    files = {name: len(data) for name, data in render(document).items()}
    told = sum(region.estimate is not None and not region.shown for region in document.regions)
    hidden = sum(not region.shown for region in document.regions)
    held = len(seen) == 1 and told == 0 and hidden > 0
    return Verdict(
        "A9",
        held,
        f"3 true tables, {len(seen)} content, {len(files)} files; {told} of {hidden} hidden regions tell a number",
    )


def source(_at: Attacked) -> Verdict:
    """A11: seed every generator, stop the time, fork; noise must still differ."""
    with patch("time.time", return_value=0.0), patch("time.time_ns", return_value=0):
        drawn = {_seeded() for _ in range(_READERS)}
    readers = [_forked() for _ in range(_READERS)]
    drawn |= set(readers)
    return Verdict(
        "A11",
        len(drawn) == 2 * _READERS,
        f"{len(drawn)} different draws of 6, seeded alike, three of them in forked processes",
    )


def _seeded() -> bytes:
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002 - that it does nothing is the point
    return noise.add_noise(np.zeros(64, dtype=np.int64), Fraction(1, 5), 1).tobytes()


def _forked() -> bytes:
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(theirs, _seeded())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        return pipe.read()
