"""The page where moderators practise on invented cases, and leads read whether all are treated alike."""

from __future__ import annotations

from flask import Blueprint, render_template

from backend.domain.practice import VERDICTS
from backend.domain.reasons import REASONS
from backend.domain.taxonomy import Kind, categories_for
from backend.domain.words import part
from backend.domain.workflow import Verdict
from backend.pages.languages import chosen_language

blueprint = Blueprint("practice_page", __name__)

# Cases tell of what somebody did or of a place.
CATEGORIES = tuple(
    dict.fromkeys(
        category.code for kind in (Kind.INCIDENT, Kind.CONDITION) for category in categories_for(kind)
    )
)


@blueprint.get("/console/practice")
def show() -> str:
    """Answer the page; it holds no case, the script asks for one at a time."""
    return render_template(
        "practice.html",
        words=part(chosen_language(), "practice", "console", "base", "name"),
        form={
            "verdicts": VERDICTS,
            "reasons": REASONS[Verdict.REJECT],
            "categories": CATEGORIES,
        },
    )
