"""From which day a report is counted: decided once, at its first approval."""

from __future__ import annotations

from datetime import date, timedelta

# A report enters no period before 72 hours have passed since its receipt; of the receipt only the
# local day is known, and the third day after it is the day on which they have passed.
WAIT = timedelta(days=3)


def countable_on(approved_on: date, received_on: date) -> date:
    """Return the local day whose week and quarter count the report."""
    return max(approved_on, received_on + WAIT)
