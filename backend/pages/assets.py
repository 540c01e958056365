"""The bundled files of the pages, served under names made from their content so that they never go stale."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, send_from_directory, url_for
from markupsafe import Markup

from backend.errors import ConfigError

BUILT = Path(__file__).parent / "static" / "built"

blueprint = Blueprint("assets", __name__, template_folder="templates")


@lru_cache(maxsize=1)
def _read(path: Path, changed_ns: int) -> dict[str, str]:
    del changed_ns  # a new build is a new entry
    manifest: dict[str, str] = json.loads(path.read_text())
    return manifest


def manifest() -> dict[str, str]:
    """Return the names of the bundled files by their plain names, as last built."""
    path = BUILT / "manifest.json"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise ConfigError("The pages are not built yet: run `npm ci && npm run build`.") from error


def asset(name: str) -> str:
    """Return the address of a bundled file by its plain name, for example `map.js`."""
    return url_for("assets.built", name=manifest()[name])


def icon(name: str) -> Markup:
    """Draw one icon of the sprite; it is hidden from screen readers because a word stands beside it."""
    return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>').format(
        asset("icons.svg"), name
    )


@blueprint.get("/assets/<name>")
def built(name: str) -> Response:
    """Answer a bundled file; its name changes with its content, so it may be kept for a year."""
    response = send_from_directory(BUILT, name, max_age=31_536_000)
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response
