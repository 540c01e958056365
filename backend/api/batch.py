"""The residents' door for a queue: what waited on a phone while there was no connection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import Response, request
from marshmallow import ValidationError

from backend.api.base import Blueprint
from backend.api.problems import problem_of
from backend.api.proof import check_proof, note_taken
from backend.api.reports import come_from, contributors, door, fingerprint
from backend.api.schemas.batch import MOST, Batch, BatchAnswers
from backend.api.schemas.reports import ReportIn, ReportTaken
from backend.api.strict import MAX_BODY
from backend.steps import intake

blueprint = Blueprint("batch", __name__, url_prefix="/v1/cities/<city:city>/reports/batch")

_REPORT, _TAKEN = ReportIn(), ReportTaken()
_Told = dict[str, Any] | ValidationError


@blueprint.before_request
def _make_room() -> None:
    """Each report of a batch may be as long as one alone."""
    request.max_content_length = MOST * MAX_BODY


@blueprint.route("", methods=["POST"])
@blueprint.arguments(Batch)
@blueprint.response(200, BatchAnswers)
@blueprint.problems(401, 404, 503)
@blueprint.doc(security=[{"proof": []}, {"importer": []}])
def post_report_batch(told: dict[str, Any], city: str) -> dict[str, Any]:
    """Report up to 50 places under one proof; each is answered as if it had come alone.

    Sent again with the same keys, the same proof pays for what was not taken in yet.
    """
    keys = tuple(one["key"] for one in told["reports"])
    reports = [_read(one["report"]) for one in told["reports"]]
    new: list[dict[str, Any]] = []
    where = door(city, new)
    tokens = contributors(report for report in reports if isinstance(report, dict))
    spent = check_proof(city, tokens, len(reports))
    base = intake.Attempt("", b"", {}, come_from(city), spent, keys)
    answers = list(_answers(where, base, reports))
    note_taken(contributors(new), len(new))
    return {"answers": answers}


def _read(report: Any) -> _Told:
    try:
        told: dict[str, Any] = _REPORT.load(report)
    except ValidationError as wrong:
        return wrong
    return told


def _answers(where: intake.Door, base: intake.Attempt, reports: Sequence[_Told]) -> Iterator[dict[str, Any]]:
    """Take in one after the other; once the database is away, the rest is not tried."""
    away: Response | None = None
    for key, told in zip(base.paid_for, reports, strict=True):
        answer = away or _answer(where, base, key, told)
        if isinstance(answer, Response):
            away = answer if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE else None
            yield {"key": key, "status": answer.status_code, "body": answer.get_json()}
        else:
            yield {"key": key, "status": int(HTTPStatus.CREATED), "body": answer}


def _answer(where: intake.Door, base: intake.Attempt, key: str, told: _Told) -> dict[str, Any] | Response:
    """Take in one report; whatever is wrong with it is its own answer, and no other's."""
    if isinstance(told, ValidationError):
        return problem_of(told)
    try:
        attempt = replace(base, key=key, fingerprint=fingerprint(told), told=told)
        taken: dict[str, Any] = _TAKEN.dump(intake.submit(where, attempt))
    except Exception as wrong:  # noqa: BLE001 - answered by the one table, as it would be alone
        return problem_of(wrong)
    return taken
