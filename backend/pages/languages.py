"""In which language a page answers: what the address says, else what the browser prefers."""

from __future__ import annotations

from flask import request

from backend.domain.words import LANGUAGES, RESIDENT_LANGUAGES

# The pages that residents read; the others have not been laid out from right to left.
RESIDENT_PAGES = frozenset({"residents_page", "privacy_page"})


def languages_here() -> tuple[str, ...]:
    """Return the languages that the page of this request is written in."""
    return RESIDENT_LANGUAGES if request.blueprint in RESIDENT_PAGES else LANGUAGES


def chosen_language() -> str:
    """Return the language of this request: `?lang=`, else Accept-Language, else English."""
    languages = languages_here()
    asked = request.args.get("lang", "")
    if asked in languages:
        return asked
    # The first that is wanted most, whatever its region: who prefers ar-MA is not given French.
    wanted = (code.partition("-")[0].lower() for code, quality in request.accept_languages if quality)
    return next((code for code in wanted if code in languages), languages[0])
