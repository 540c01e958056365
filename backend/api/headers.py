"""The strict headers on every answer, and the open ones on what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.pages.frame import policy

if TYPE_CHECKING:
    from flask import Flask, Response

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Server": "farola",
}
DATA_ONLY = "default-src 'none'; frame-ancestors 'none'"
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Content-Range",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
# Files of the pages: a script that runs as a worker brings its own policy.
_PAGE_TYPES = frozenset(
    {"text/html", "text/javascript", "application/javascript", "text/css", "image/svg+xml"}
)


def install(app: Flask, basemap_style_url: str | None) -> None:
    """Put the strict headers on every answer of an app, unless a door said otherwise before."""
    page_policy = policy(basemap_style_url)

    def harden(answer: Response) -> Response:
        is_page = answer.mimetype in _PAGE_TYPES
        for name, value in EVERYWHERE.items():
            answer.headers[name] = value
        answer.headers.setdefault("Content-Security-Policy", page_policy if is_page else DATA_ONLY)
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    app.after_request(harden)


def open_to_all(answer: Response) -> Response:
    """Let any page and any program read what is published; for `blueprint.after_request`."""
    for name, value in OPEN.items():
        answer.headers[name] = value
    return answer


def keep(answer: Response, seconds: int, *, immutable: bool = False) -> Response:
    """Let caches keep a public answer."""
    answer.headers["Cache-Control"] = kept_for(seconds, immutable=immutable)
    return answer


def kept_for(seconds: int, *, immutable: bool = False) -> str:
    """Return for how long caches may keep a public answer, as `Cache-Control` says it."""
    kept = f"public, max-age={seconds}"
    return f"{kept}, immutable" if immutable else kept
