"""What a city says it did in an area: plain lines in the city's languages, never words of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.domain.periods import period_named
from backend.errors import InvalidInput, UnprocessableInput

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

LONGEST = 500  # characters of a text in one language
ADVICE = "Public words of the city. Never quote or retell a report, and name nobody: say what was done, where and when."
_MARKUP = frozenset("<>")


def check_texts(texts: Mapping[str, str], languages: Collection[str]) -> None:
    """Refuse texts that could not stand on a public page.

    Raises:
        UnprocessableInput: there is none, a language is not the city's, or a text is no plain line of 1 to
            500 characters.
    """
    if not texts:
        raise UnprocessableInput("Say it in at least one language of the city.", field="texts")
    for language, text in texts.items():
        if language not in languages:
            raise UnprocessableInput("This is not a language of the city.", field=f"texts.{language}")
        _check_text(text, f"texts.{language}")


def _check_text(text: str, field: str) -> None:
    if not text.strip() or len(text) > LONGEST or not text.isprintable():
        raise UnprocessableInput(f"This is a line of 1 to {LONGEST} characters.", field=field)
    if _MARKUP & set(text):
        raise UnprocessableInput("This is plain text: it holds no < and no >.", field=field)


def check_time(period: str | None, day: date | None, today: date) -> None:
    """Refuse a note that says no time, two, one that does not exist, or a day that is still to come.

    Raises:
        UnprocessableInput: names the field.
    """
    if (period is None) == (day is None):
        raise UnprocessableInput("Say either the period or the day.", field="period" if day else "day")
    if day is not None and day > today:
        raise UnprocessableInput("A note tells what was done, not what will be.", field="day")
    if period is not None:
        _check_period(period, today)


def _check_period(name: str, today: date) -> None:
    try:
        first = period_named(name).first
    except InvalidInput:
        raise UnprocessableInput("There is no such period.", field="period") from None
    if first > today:
        raise UnprocessableInput("A note tells what was done, not what will be.", field="period")
