"""The public map: a page that reads only what is published, in the browser."""

from __future__ import annotations

from flask import Blueprint, render_template

from backend.domain.words import part
from backend.pages.languages import chosen_language

blueprint = Blueprint("map_page", __name__)


@blueprint.get("/map")
def show() -> str:
    """Answer the map page; which city, layer and period is asked in the address after '#'."""
    return _page(embedded=False)


@blueprint.get("/map/embed")
def embed() -> str:
    """Answer the same page without its head, to stand inside a page of somebody else."""
    return _page(embedded=True)


def _page(*, embedded: bool) -> str:
    words = part(chosen_language(), "map", "base", "promise", "name")
    return render_template("map.html", words=words, embedded=embedded)
