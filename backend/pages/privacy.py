"""What is kept and for how long: the retention schedule as a page that people can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from backend.domain.retention import schedule
from backend.domain.words import say
from backend.pages.languages import chosen_language

if TYPE_CHECKING:
    from backend.domain.retention import Term

blueprint = Blueprint("privacy_page", __name__)


@blueprint.get("/privacy")
def show() -> str:
    """Answer the page; its table is the schedule by which the clock erases."""
    language = chosen_language()
    rows = [
        (one.item, say(language, f"privacy.item.{one.item}"), in_words(language, one)) for one in schedule()
    ]
    return render_template("privacy.html", rows=rows)


def in_words(language: str, term: Term) -> str:
    """Return until when something is kept, as a sentence continues it."""
    if term.because is not None:
        return say(language, f"privacy.because.{term.because}")
    if term.until is not None:
        return say(language, f"privacy.until.{term.until}")
    if term.hours is not None:
        return say(language, "privacy.hours", hours=term.hours)
    named = next(iter(term.days_after)) if len(term.days_after) == 1 else "both"
    return say(language, f"privacy.after.{named}", **term.days_after)
