"""The flags a report can carry in the queue: proposals that a person looks at, never verdicts."""

from __future__ import annotations

# Words that abuse, advertising, a child involved, the same told before, many at once.
FLAGS = ("abuse", "spam", "minor", "duplicate", "burst")
