"""The moderators' door for practising, and the leads' for agreement and fairness."""

from __future__ import annotations

from typing import Any

from backend.api import staff
from backend.api.base import Blueprint
from backend.api.schemas.practice import (
    AgreementsTold,
    FairnessQuery,
    FairnessTold,
    PracticeForm,
    PracticeJudged,
    PracticeTold,
)
from backend.domain.practice import answer_of
from backend.steps import fairness, practice

blueprint = Blueprint("review_practice", __name__, url_prefix="/v1/cities/<city:city>/review")
blueprint.after_request(staff.never_kept)


@blueprint.route("/practice")
@blueprint.response(200, PracticeTold)
@blueprint.problems(401, 403, 503)
def read_practice(city: str) -> practice.Practice:
    """Read the next invented case, none after the last one, and how far one has come."""
    with staff.acting(city) as (work, actor):
        return practice.next_case(work, actor)


@blueprint.route("/practice", methods=["POST"])
@blueprint.arguments(PracticeForm)
@blueprint.response(200, PracticeJudged)
@blueprint.problems(401, 403, 404, 503)
def answer_practice(told: dict[str, Any], city: str) -> dict[str, Any]:
    """Answer a case, and hear what was agreed and why. Of several answers the first is kept."""
    case = told.pop("case")
    with staff.acting(city) as (work, actor):
        judged = practice.answer(work, actor, case, answer_of(**told))
    agreed = judged.case.agreed
    return {
        "right": judged.right, "verdict_right": judged.verdict_right, "verdict": agreed.verdict,
        "categories": sorted(agreed.categories), "reason": agreed.reason, "why": judged.case.why,
    }  # fmt: skip


@blueprint.route("/agreement")
@blueprint.response(200, AgreementsTold)
@blueprint.problems(401, 403, 503)
def read_agreement(city: str) -> dict[str, Any]:
    """Read how far moderators agree with each other; no account is told apart."""
    with staff.acting(city) as (work, actor):
        told = fairness.read_agreement(work, actor)
    pairs = {code: one._asdict() for code, one in told.categories.items()}
    return {"verdicts": told.verdicts, "categories": pairs, "four_eyes": told.four_eyes}


@blueprint.route("/fairness")
@blueprint.arguments(FairnessQuery, location="query")
@blueprint.response(200, FairnessTold)
@blueprint.problems(401, 403, 503)
def read_fairness(told: dict[str, str], city: str) -> dict[str, Any]:
    """Read which share of a month's decided reports was approved, by area, language and kind."""
    with staff.acting(city) as (work, actor):
        return {"month": told["month"], **fairness.read_month(work, actor, told["month"])}
