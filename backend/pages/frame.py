"""What all pages share: the words of the visitor's language, the bundled files and the strict headers."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, request

from backend.domain.words import direction, names, say
from backend.pages import assets
from backend.pages.languages import chosen_language, languages_here

_SELF = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}

# The only page that others may show inside theirs: it reads what is published, and nobody logs in there.
_FRAMED = frozenset({"map_page.embed"})


def policy(basemap_style_url: str | None = None, *, framed: bool = False) -> str:
    """Return the content security policy of the pages: own files only, no code inside the page.

    A configured basemap lets pictures and data come from its origin as well, nothing else. A page
    that may be `framed` can stand inside a page of anybody.
    """
    parts = _SELF | ({"frame-ancestors": "*"} if framed else {})
    if basemap_style_url and urlsplit(basemap_style_url).netloc:
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(basemap_style_url))
        for part in ("img-src", "connect-src"):
            parts[part] += f" {origin}"
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def protect(response: Response, basemap_style_url: str | None = None) -> Response:
    """Put the strict headers on an HTML answer; other answers pass unchanged."""
    if response.mimetype == "text/html":
        framed = request.endpoint in _FRAMED
        response.headers["Content-Security-Policy"] = policy(basemap_style_url, framed=framed)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Permissions-Policy"] = "geolocation=(self), camera=(self), microphone=()"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Vary"] = "Accept-Language"
    return response


def _words() -> dict[str, Any]:
    language = chosen_language()
    return {
        "language": language,
        "direction": direction(language),
        "languages": {code: say(code, "language.name") for code in languages_here()},
        "say": partial(say, language),
        "names": names(language),
        "here": request.path,
    }


def install(app: Flask, basemap_style_url: str | None = None) -> None:
    """Give an app what every page needs: bundled files, words in templates, strict headers.

    The app calls this once and then registers the blueprints of the pages it serves.
    """
    app.register_blueprint(assets.blueprint)
    app.jinja_env.globals.update(asset=assets.asset, icon=assets.icon, basemap_style_url=basemap_style_url)
    app.context_processor(_words)
    app.after_request(partial(protect, basemap_style_url=basemap_style_url))
