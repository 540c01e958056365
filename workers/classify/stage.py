"""The classify stage: labels, urgency and language proposed for a report, from its redacted words."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import structlog

from backend.domain.workflow import State
from backend.store.models import Report
from backend.store.public_half import ASIDES
from backend.store.queries import find_city
from backend.store.sealed import Opener
from workers.lease import Lease, held

if TYPE_CHECKING:
    from backend.store.work import Work
    from workers.classify.propose import Proposal
    from workers.runtime import Runtime

log = structlog.get_logger(__name__)


def classify_report(runtime: Runtime, lease: Lease) -> None:
    """Propose labels and pass the report on to people. Safe to run twice.

    A proposal is never a verdict: when the model fails, the report goes on without labels.
    """
    with runtime.works.open(lease.city_id) as work:
        report = work.session.get_one(Report, (lease.city_id, lease.report_id))
        opener = Opener(work.session, runtime.keyring, lease.city_id, lease.report_id)
        text = (opener.read("public_words") or {}).get("text", "")
    proposal = _propose(runtime, report, text)
    with runtime.works.open(lease.city_id) as work:
        report = held(work, lease)
        if proposal is not None:
            _write(work, runtime, report, proposal)
        work.move(report, State.IN_REVIEW)


def _propose(runtime: Runtime, report: Report, text: str) -> Proposal | None:
    try:
        return runtime.classifier(report.city_id).propose(
            text, kind=report.kind, chosen=report.categories, told_language=report.language
        )
    except Exception as failure:  # noqa: BLE001 - a model may fail in any way, and a report must go on
        log.warning("unlabelled", report=str(report.id), error=type(failure).__name__)
        return None


def _write(work: Work, runtime: Runtime, report: Report, proposal: Proposal) -> None:
    report.labels = [{"code": label.code, "score": round(label.score, 3)} for label in proposal.labels]
    report.urgency = proposal.urgency
    # A child's own form has said so already; a model only ever adds to it.
    report.minor = report.minor or proposal.minor
    report.model = proposal.model
    if proposal.language in find_city(work.session, work.city_id).languages:
        report.language = proposal.language
    words = {label.code: list(label.words) for label in proposal.labels}
    _keep_words(work, runtime, report, words | {ASIDES: [asdict(aside) for aside in proposal.asides]})


def _keep_words(work: Work, runtime: Runtime, report: Report, words: dict[str, Any]) -> None:
    """The words that carried a label are the resident's: sealed with the public half."""
    Opener(work.session, runtime.keyring, work.city_id, report.id).add("label_words", words)
