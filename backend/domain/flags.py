"""The flags a report can carry in the queue: proposals that a person looks at, never verdicts."""

from __future__ import annotations

DUPLICATE, BURST = "duplicate", "burst"
# The same told before, many at once, words that abuse, advertising, a child involved.
FLAGS = (DUPLICATE, BURST, "abuse", "spam", "minor")
