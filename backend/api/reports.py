"""The residents' door for reports."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from flask.views import MethodView

from backend.api.base import Blueprint
from backend.api.holder import is_importer, source
from backend.api.proof import check_proof, note_taken
from backend.api.schemas.reports import IdempotencyKey, ReportIn, ReportTaken
from backend.api.services import services
from backend.api.strict import needed
from backend.steps import intake
from backend.store.standing import standing

blueprint = Blueprint("reports", __name__, url_prefix="/v1/cities/<city:city>/reports")


def door(city: str, new: list[dict[str, Any]]) -> intake.Door:
    """Return where reports of a city come in; those that are new are added to a list.

    Raises:
        NotFound: there is no such city; nobody should work for a proof to hear that.
    """
    works = services().works("residents")
    standing(works.database, city, works.clock.now())
    return intake.Door(works, services().pepper, city, new.append)


def come_from(city: str) -> str:
    """Return where the reports of this request come from; only an importer's key is looked up.

    Raises:
        Unauthenticated: as for `source`.
    """
    if not is_importer():
        return "phone"
    with services().works("residents").open(city) as work:
        return source(work)


def fingerprint(told: dict[str, Any]) -> bytes:
    """Return by what the same report is known when it comes again, however it is spaced or ordered."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).digest()


def contributors(reports: Iterable[dict[str, Any]]) -> list[bytes]:
    """Return the tokens of those who sent some reports, as far as they sent one."""
    return [told["contributor"] for told in reports if told["contributor"]]


@blueprint.route("")
class Report(MethodView):
    """Reports go in here; nothing comes out."""

    @blueprint.arguments(IdempotencyKey, location="headers", as_kwargs=True)
    @blueprint.arguments(ReportIn)
    @blueprint.response(201, ReportTaken)
    @blueprint.problems(401, 404, 409, 503)
    @blueprint.doc(security=[{"proof": []}, {"importer": []}])
    def post(self, told: dict[str, Any], city: str, key: str | None = None) -> dict[str, Any]:
        """Report an unsafe (or safe) place; a retry with the same key gives the same answer."""
        name = needed("Idempotency-Key", key)
        new: list[dict[str, Any]] = []
        where = door(city, new)
        spent = check_proof(city, contributors([told]))
        answer = intake.submit(where, intake.Attempt(name, fingerprint(told), told, come_from(city), spent))
        note_taken(contributors(new), len(new))
        return answer
