"""The map's colours stay apart for eyes that tell red from green badly, in both themes."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from tests.pages.conftest import ROOT

TOKENS = (ROOT / "backend" / "pages" / "static" / "shared" / "tokens.css").read_text()
SCALES = {
    "class": [f"class-{step}" for step in range(1, 6)],
    "leaf": [f"leaf-{step}" for step in range(1, 6)],
    "difference": ["diff-first-1", "diff-first-2", "diff-0", "diff-second-1", "diff-second-2"],
}
# Linear light as it is seen without one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1).
SEEN = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
APART = 12  # in CIE 1976; two is about what an eye can see side by side


def colours(theme: str) -> dict[str, str]:
    """The colours of a theme: the dark one overrides the light one."""
    light, dark = TOKENS.split("@media", 1)[0], TOKENS.rsplit('[data-theme="dark"]', 1)[1]
    told = light if theme == "light" else light + dark
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", told))


def lab(colour: str, cones: np.ndarray) -> np.ndarray:
    shares = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(cones @ linear, 0, 1) / WHITE
    root = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("eye", SEEN)
def test_the_colours_of_a_scale_are_told_apart(eye, theme, scale):
    known = colours(theme)
    seen = [lab(known[name], SEEN[eye]) for name in SCALES[scale]]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > APART
