"""One two-line function for each name in the wake table."""

from __future__ import annotations

from uuid import UUID

from backend.domain.workflow import Stage
from workers.anonymise.remake import remake_report
from workers.anonymise.stage import anonymise_report
from workers.classify.stage import classify_report
from workers.lease import run


def anonymise(city_id: str, report_id: str) -> None:
    """Make the public half of a report."""
    run(Stage.ANONYMISE, city_id, report_id, anonymise_report)


def remake(city_id: str, report_id: str) -> None:
    """Make pictures anew whose masks a moderator changed."""
    remake_report(city_id, UUID(report_id))


def classify(city_id: str, report_id: str) -> None:
    """Propose labels, urgency and language."""
    run(Stage.CLASSIFY, city_id, report_id, classify_report)
