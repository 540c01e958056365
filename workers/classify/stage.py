"""The classify stage: labels, urgency, language and company proposed for a report, from its redacted words."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import structlog

from backend.domain.flags import BURST
from backend.domain.workflow import State
from backend.store.models import Report
from backend.store.public_half import ASIDES
from backend.store.queries import find_city
from backend.store.sealed import Opener
from workers.classify import bursts, duplicates
from workers.classify.likeness import weigh
from workers.classify.sketch import sketch
from workers.lease import Lease, StaleLease, held

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.store.work import Work
    from workers.classify.propose import Aside, Proposal
    from workers.runtime import Runtime

log = structlog.get_logger(__name__)


def classify_report(runtime: Runtime, lease: Lease) -> None:
    """Propose labels and pass the report on to people. Safe to run twice.

    A proposal is never a verdict: when the model fails, the report goes on without labels.
    """
    with runtime.works.open(lease.city_id) as work:
        report = work.session.get_one(Report, (lease.city_id, lease.report_id))
        opener = Opener(work.session, runtime.keyring, lease.city_id, lease.report_id)
        text = (opener.read("public_words") or {}).get("text") or ""
    proposal = _propose(runtime, report, text)
    company = _company(runtime, lease, text)
    with runtime.works.open(lease.city_id) as work:
        report = held(work, lease)
        words = {} if proposal is None else _write(work, report, proposal)
        _propose_asides(work, runtime, report, words, (*(proposal.asides if proposal else ()), *company))
        work.move(report, State.IN_REVIEW)


def _propose(runtime: Runtime, report: Report, text: str) -> Proposal | None:
    try:
        return runtime.classifier(report.city_id).propose(
            text, kind=report.kind, chosen=report.categories, told_language=report.language
        )
    except Exception as failure:  # noqa: BLE001 - a model may fail in any way, and a report must go on
        log.warning("unlabelled", report=str(report.id), error=type(failure).__name__)
        return None


def _company(runtime: Runtime, lease: Lease, text: str) -> Sequence[Aside]:
    try:
        return _look_around(runtime, lease, text)
    except StaleLease:
        raise
    except Exception as failure:  # noqa: BLE001 - as above
        log.warning("unmatched", report=str(lease.report_id), error=type(failure).__name__)
        return ()


def _look_around(runtime: Runtime, lease: Lease, text: str) -> Sequence[Aside]:
    """Return what belongs together with a report.

    Its own sketch is committed before others are looked for: of two that are alike and worked on at once,
    at least one finds the other.
    """
    common = runtime.common_words(lease.city_id)
    told = weigh(text, common)
    bands = sketch(told, runtime.likeness_key(lease.city_id)) if told.says_enough else []
    with runtime.works.open(lease.city_id) as work:
        duplicates.keep_bands(work, held(work, lease), bands)
    with runtime.works.open(lease.city_id) as work:
        report = work.session.get_one(Report, (lease.city_id, lease.report_id))
        found = duplicates.matches(duplicates.Search(work, runtime.keyring, report, told, common), bands)
        burst = bursts.burst_of(work, report, found, find_city(work.session, lease.city_id).policy)
    return [*duplicates.proposed(found, report.id), *([burst] if burst else [])]


def _write(work: Work, report: Report, proposal: Proposal) -> dict[str, Any]:
    """Write what is proposed as far as it is readable; return the words that carried each label."""
    report.labels = [{"code": label.code, "score": round(label.score, 3)} for label in proposal.labels]
    report.urgency = proposal.urgency
    # A child's own form has said so already; a model only ever adds to it.
    report.minor = report.minor or proposal.minor
    report.model = proposal.model
    if proposal.language in find_city(work.session, work.city_id).languages:
        report.language = proposal.language
    return {label.code: list(label.words) for label in proposal.labels}


def _propose_asides(
    work: Work, runtime: Runtime, report: Report, words: dict[str, Any], asides: Sequence[Aside]
) -> None:
    """Seal the words that carried each proposal with the public half: they are the resident's.

    Of what is proposed beside the labels only codes are readable.
    """
    report.flags = bursts.flags_of(asides)
    told = [asdict(one) for one in asides]
    if words or told or report.model:
        opener = Opener(work.session, runtime.keyring, work.city_id, report.id)
        opener.add("label_words", words | {ASIDES: told})
    for one in told:
        if one["code"] == BURST:
            bursts.spread(work, runtime.keyring, report.id, one)
