"""What makes the residents' page an app of the phone: two faces to choose from, and a worker of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from flask import Response, request, url_for

from backend.domain.words import RESIDENT_LANGUAGES, direction, say, words
from backend.pages import frame
from backend.pages.assets import BUILT, asset, manifest
from backend.pages.form import FORM
from backend.pages.languages import chosen_language

GROUND = "#FBFAF7"
PAGES = ("base.html", "residents.html")


@dataclass(frozen=True)
class Face:
    """A name and an icon under which the page can stand on a home screen."""

    code: str
    drawing: str
    name_key: str

    def address(self, language: str | None = None) -> str:
        """Return where the page opens with this face; the open face stands in no address."""
        asked = {"lang": language, "as": self.code or None}
        return url_for("residents_page.show", _external=False, **{k: v for k, v in asked.items() if v})


FACES = {face.code: face for face in (Face("", "lamp", "app.name"), Face("notes", "notes", "app.neutral"))}


def chosen_face() -> Face:
    """Return the face of this request: `?as=notes` is the neutral one."""
    return FACES.get(request.args.get("as", ""), FACES[""])


def show_manifest() -> Response:
    """Answer what a phone needs to put the page on its home screen."""
    language, face = chosen_language(), chosen_face()
    name = say(language, face.name_key)
    told: dict[str, Any] = {
        "id": face.address(),
        "name": name,
        "short_name": name,
        "start_url": face.address(language),
        "scope": "/",
        "display": "standalone",
        "lang": language,
        "dir": direction(language),
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": _icons(face.drawing),
    }
    return Response(json.dumps(told, ensure_ascii=False), mimetype="application/manifest+json")


def _icons(drawing: str) -> list[dict[str, str]]:
    sizes = [("192x192", f"{drawing}-192.png", "any"), ("512x512", f"{drawing}-512.png", "any")]
    sizes.append(("512x512", f"{drawing}-maskable-512.png", "maskable"))
    return [
        {"src": asset(name), "sizes": size, "type": "image/png", "purpose": purpose}
        for size, name, purpose in sizes
    ]


def build() -> str:
    """Return the name of what is served now: it changes with every file, list, sentence and template of the page."""
    return _build(tuple(manifest().values()), json.dumps(FORM))


@lru_cache(maxsize=1)
def _build(files: tuple[str, ...], form: str) -> str:
    told = sha256(json.dumps([files, form, {code: words(code) for code in RESIDENT_LANGUAGES}]).encode())
    for name in PAGES:
        told.update((BUILT.parents[1] / "templates" / name).read_bytes())
    return told.hexdigest()[:12]


def show_worker() -> Response:
    """Answer the worker, told which files belong to this build; browsers ask for it again at every visit."""
    shell = json.loads((BUILT / manifest()["shell.json"]).read_text())
    program = (BUILT / manifest()["worker.js"]).read_text()
    text = f"self.SHELL = {json.dumps({'build': build()} | shell)};\n{program}"
    headers = {
        "Cache-Control": "no-cache",
        "Service-Worker-Allowed": "/",
        "Content-Security-Policy": frame.policy(),
        "X-Content-Type-Options": "nosniff",
    }
    return Response(text, mimetype="text/javascript", headers=headers)
