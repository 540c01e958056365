"""How hard a proof of work must be: three levels, and the soft limits that raise it instead of refusing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

# How long a challenge can be answered.
LIFE = timedelta(minutes=10)
# How many times harder each level is than the first; the last asks about ten seconds of a cheap phone.
HARDER = (1, 2, 3)
TOP = len(HARDER) - 1

# From how many on the next level is asked for. Of one address and hour, challenges:
ADDRESS_AN_HOUR = (20, 60)
# Of one contributor's token, reports:
TOKEN_AN_HOUR = (5, 15)
TOKEN_A_DAY = (20, 60)
# Reports that come in one batch, under one proof:
IN_A_BATCH = (11, 26)
# Of the whole door and minute, reports, as a multiple of what it takes at rest:
BUSY = (1, 4)


def level(used: float, limits: Sequence[float]) -> int:
    """Return the level that a number asks for: how many of the limits it has reached.

    >>> [level(used, (20, 60)) for used in (0, 19, 20, 59, 60, 1000)]
    [0, 0, 1, 1, 2, 2]
    """
    return sum(used >= limit for limit in limits)
