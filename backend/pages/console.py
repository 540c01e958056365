"""The moderators' console: a shell without anybody's words, which its script fills from the review API."""

from __future__ import annotations

from flask import Blueprint, render_template

from backend.domain import masks, openings, withdrawals
from backend.domain.audit import QUESTIONS
from backend.domain.flags import FLAGS
from backend.domain.taxonomy import CATEGORIES as ALL
from backend.domain.taxonomy import Kind, categories_for
from backend.domain.words import LANGUAGES, part
from backend.pages.languages import chosen_language

blueprint = Blueprint("console_page", __name__)

# Which categories a report of each kind may carry, gravest first.
CATEGORIES = {kind: [category.code for category in categories_for(kind)] for kind in Kind}
HARD = [code for code, category in ALL.items() if category.sensitive]
# What each key does, as the list of keys shows it; the script binds the same keys.
KEYS = (
    ("J K", "move"),
    ("Enter", "take"),
    ("C", "next"),
    ("A R D", "verdict"),
    ("O", "more"),
    ("Q E F", "moves"),
    ("1 … 9", "reason"),
    ("N", "note"),
    ("P", "public"),
    ("M", "messages"),
    ("U", "undo"),
    ("V", "look"),
    ("B", "release"),
    ("T", "again"),
    ("H", "words"),
    ("Y", "agree"),
    ("S", "near"),
    ("X", "mark"),
    ("I", "masks"),
    ("W", "openings"),
    ("L", "decided"),
    ("G", "filter"),
    ("Z", "trail"),
    ("P", "withdrawals"),
    ("?", "help"),
)


@blueprint.get("/console")
def show() -> str:
    """Answer the console's page; no id of a report is ever in an address."""
    return render_template(
        "console.html",
        words=part(chosen_language(), "console", "base", "name"),
        form={
            "categories": CATEGORIES,
            "hard": HARD,
            "flags": FLAGS,
            "questions": QUESTIONS,
            "masks": {"add": masks.TO_ADD, "lift": masks.TO_LIFT},
            "openings": {"reasons": openings.REASONS},
            "withdrawals": {"reasons": withdrawals.REASONS},
            "replies": {language: part(language, "reply") for language in LANGUAGES},
        },
        keys=KEYS,
    )
