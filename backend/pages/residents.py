"""The residents' web app: one question a screen; the report is made and locked in the browser."""

from __future__ import annotations

from flask import Blueprint, render_template

from backend.domain.words import part
from backend.pages import phone
from backend.pages.form import FORM
from backend.pages.languages import chosen_language

blueprint = Blueprint("residents_page", __name__)

WORDS = ("app", "audit", "form", "child", "receipt", "waiting", "state", "thread", "base", "name")


@blueprint.get("/")
def show() -> str:
    """Answer the residents' page; nothing a resident types is ever in an address."""
    words = part(chosen_language(), *WORDS)
    return render_template(
        "residents.html", words=words, form=FORM, face=phone.chosen_face(), build=phone.build()
    )


blueprint.add_url_rule("/app.webmanifest", view_func=phone.show_manifest)
blueprint.add_url_rule("/worker.js", view_func=phone.show_worker)
