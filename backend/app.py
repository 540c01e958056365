"""The app of one door, put together from its parts: the only file that knows them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from flask import Flask

from backend.api import (
    batch,
    catalog,
    challenge,
    cities,
    documents,
    downloads,
    front,
    headers,
    health,
    layers,
    messages,
    ogc,
    open311,
    problems,
    receipt,
    reports,
    review,
    review_desk,
    review_factors,
    review_masks,
    review_messages,
    review_moves,
    review_notes,
    review_oidc,
    review_openings,
    review_practice,
    review_session,
    review_withdrawals,
    styles,
    tiles,
    uploads,
    wmts,
)
from backend.api.base import install_addresses
from backend.api.crowd import Crowd
from backend.api.services import EXTENSION, Services
from backend.api.strict import MAX_BODY
from backend.pages import console, frame, map, practice, privacy, residents  # noqa: A004 (the page is called so)
from backend.store.blobs import Blobs
from backend.store.clocks import clock_for
from backend.store.database import Database, login_url
from backend.store.keyring import KeyRing
from backend.store.queue import Bellboy, Doorbell, connect
from backend.store.releases import Releases
from backend.store.secrets import secret_of
from backend.store.work import Works

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.config import Settings
    from backend.domain.clock import Clock

Door = Literal["residents", "staff", "all"]
LOGINS: dict[Door, tuple[str, ...]] = {
    "residents": ("residents",),
    "staff": ("staff",),
    "all": ("residents", "staff"),
}
PAGES = {
    "residents": (residents.blueprint, map.blueprint, privacy.blueprint),
    "staff": (console.blueprint, practice.blueprint),
}
# Of the JSON operations, each login serves its own document; what is published is served by all.
DOCUMENTS = {
    "residents": documents.Document(
        "residents",
        "Farola for residents",
        "Reports, photos and receipts. No account, no name.",
        (
            challenge.blueprint,
            reports.blueprint,
            batch.blueprint,
            uploads.blueprint,
            receipt.blueprint,
            receipt.keys,
            messages.blueprint,
        ),
        {
            "receipt": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "`Receipt <base64url>`: what only the phone that reported can derive.",
            }
        },
        named={
            "proof": {
                "type": "apiKey",
                "in": "header",
                "name": "Altcha",
                "description": "The answer to a challenge, in base64, as ALTCHA's clients write it.",
            },
            "importer": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "`Importer <key>`: stands in for the proof, never for what is checked.",
            },
        },
    ),
    "staff": documents.Document(
        "staff",
        "Farola for moderators",
        "The queue, decisions and what protects everyone in a report.",
        (
            review_session.blueprint,
            review_factors.blueprint,
            review_oidc.blueprint,
            review.blueprint,
            review_desk.blueprint,
            review_masks.blueprint,
            review_moves.blueprint,
            review_openings.blueprint,
            review_withdrawals.blueprint,
            review_notes.blueprint,
            review_practice.blueprint,
            review_messages.blueprint,
        ),
        {
            "token": {"type": "http", "scheme": "bearer"},
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": "farola_session",
                "description": "The console's; what changes something needs the header X-CSRF-Token too.",
            },
        },
        open_to_all=frozenset({"postReviewSession", "returnFromCity"}),
    ),
    "publication": documents.Document(
        "publication",
        "What Farola publishes",
        "Cities, layers and tiles. Reported, not verified.",
        (
            cities.blueprint,
            layers.blueprint,
            tiles.blueprint,
            downloads.blueprint,
            styles.blueprint,
            styles.hatch,
            wmts.blueprint,
            ogc.blueprint,
            catalog.blueprint,
        ),
    ),
}


class _App(Flask):
    """All views are plain functions: nothing needs to ask, for every layer around one, whether it is not."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the view as it is."""
        return func


def create_app(settings: Settings, door: Door, *, clock: Clock | None = None) -> Flask:
    """Return the WSGI app of a door, with the logins and keys it needs and no others.

    Nothing is contacted: a database or Redis that is down is met by the first request.
    """
    app = _App("backend", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.extensions[EXTENSION] = _services(settings, door, clock or clock_for(settings.clock_file))
    problems.install(app)
    install_addresses(app)
    headers.install(app, settings.basemap_style_url)
    health.install(app)
    frame.install(app, settings.basemap_style_url)
    for login in LOGINS[door]:
        for page in PAGES[login]:
            app.register_blueprint(page)
    if "residents" in LOGINS[door]:
        open311.install(app)
    documents.install(app, [DOCUMENTS[name] for name in (*LOGINS[door], "publication")])
    releases = app.extensions[EXTENSION].releases
    app.wsgi_app = front.TileFront(app.wsgi_app, releases, settings)  # type: ignore[method-assign]
    return app


def _services(settings: Settings, door: Door, clock: Clock) -> Services:
    redis = connect(settings.redis)
    bellboy = Bellboy(Doorbell(redis).send_all)
    return Services(
        settings=settings,
        clock=clock,
        logins={
            login: Works(Database(login_url(settings, login)), clock, bellboy.send) for login in LOGINS[door]
        },
        redis=redis,
        blobs=Blobs(settings.blobs_url),
        releases=Releases(settings.releases_dir),
        keyring=None if door == "residents" else KeyRing(settings.keys_dir),
        receipt_pepper=None if door == "staff" else secret_of(settings.pepper_file),
        filing_key_seed=None if door == "staff" else secret_of(settings.filing_key_file),
        crowd=Crowd(settings.proof_busy),
        staff_key=None if door == "residents" else secret_of(settings.staff_key_file),
    )
