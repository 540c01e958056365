"""Wilson's interval of a share, which holds for few cases and for shares near 0 and 1."""

from __future__ import annotations

import math

_Z = 1.959964  # 95 %


def wilson(cases: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927); from 0 to 1 where there is nothing to count."""
    if of <= 0:
        return 0.0, 1.0
    share, z2 = cases / of, _Z * _Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)
