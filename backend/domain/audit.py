"""The nine-question safety audit: each answer is a level from 0 (poor) to 3 (good).

Safetipin's nine parameters in their order: eight factors and, last, the feeling they explain.
What each level means is said in the locales (`audit.<question>.<level>`), in words of the
project's own or of a city.
"""

from __future__ import annotations

QUESTIONS = (
    "lighting",
    "openness",
    "visibility",
    "crowd",
    "security",
    "walk_path",
    "transport",
    "gender_diversity",
    "feeling",
)
LEVELS = range(4)
