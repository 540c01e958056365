"""Messages between a resident and the city's moderators: who writes, how much, how many."""

from __future__ import annotations

from enum import StrEnum

LONGEST = 2000  # characters
MOST = 50  # of each side on one report


class Author(StrEnum):
    """Which side wrote a message."""

    RESIDENT = "resident"
    CITY = "city"
