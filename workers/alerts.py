"""Urgent reports wake somebody: an id and nothing else, first one, and another when nobody takes it."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import structlog
from sqlalchemy import select

from backend.domain.cityreview import on_call
from backend.domain.workflow import TO_DECIDE
from backend.store.models import Alert, Report
from backend.store.queries import city_ids, find_city
from backend.store.waiting import URGENT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from backend.domain.cityreview import OnCall, Watch
    from backend.store.work import Work
    from workers.runtime import Runtime

log = structlog.get_logger(__name__)

_AT_ONCE = 100
_PATIENCE = 10.0  # seconds
_SENDER = "farola@localhost"
_FIRST, _NEXT = 1, 2


def alert_due(runtime: Runtime) -> int:
    """Wake whom it concerns in every city; return how many messages left.

    What could not be sent is not noted, and is tried again in the next round.
    """
    return sum(_alert_city(runtime, city_id) for city_id in city_ids(runtime.works.database))


def _alert_city(runtime: Runtime, city_id: str) -> int:
    with runtime.works.open(city_id) as work:
        watch = on_call(find_city(work.session, city_id).policy)
        _rest(work, watch)
        due = (
            []
            if watch is None
            else [*((one, _FIRST) for one in _fresh(work)), *((one, _NEXT) for one in _late(work))]
        )
    return 0 if watch is None else sum(_alert(runtime, city_id, watch, *one) for one in due)


def _waits(work: Work) -> tuple[object, ...]:
    free = Report.claim_until.is_(None) | (Report.claim_until <= work.clock.now())
    return Report.city_id == work.city_id, Report.state.in_(TO_DECIDE), Report.urgency >= URGENT, free


def _fresh(work: Work) -> Sequence[UUID]:
    """Return urgent reports of which nobody was told."""
    told = select(Alert.report_id).where(Alert.city_id == work.city_id, Alert.report_id == Report.id)
    query = select(Report.id).where(*_waits(work), ~told.exists())  # type: ignore[arg-type]
    return work.session.scalars(
        query.order_by(Report.urgency.desc(), Report.received_on).limit(_AT_ONCE)
    ).all()


def _late(work: Work) -> Sequence[UUID]:
    """Return urgent reports that nobody took in time."""
    query = (
        select(Report.id)
        .join(Alert, (Alert.city_id == Report.city_id) & (Alert.report_id == Report.id))
        .where(*_waits(work), Alert.level == _FIRST, Alert.next_at <= work.clock.now())  # type: ignore[arg-type]
    )
    return work.session.scalars(query.limit(_AT_ONCE)).all()


def _rest(work: Work, watch: OnCall | None) -> None:
    """Take the times away from what was taken up, and set them anew for what was given back."""
    rows = work.session.execute(
        select(Alert, Report)
        .join(Report, (Report.city_id == Alert.city_id) & (Report.id == Alert.report_id))
        .where(Alert.city_id == work.city_id, Alert.level == _FIRST)
        .with_for_update(of=Alert)
    ).all()
    now = work.clock.now()
    for alert, report in rows:
        held = report.claim_until is not None and report.claim_until > now
        if watch is None or held or report.state not in TO_DECIDE:
            alert.next_at = None
        elif alert.next_at is None:
            alert.next_at = now + watch.unclaimed


def _alert(runtime: Runtime, city_id: str, watch: OnCall, report_id: UUID, level: int) -> bool:
    try:
        wake(watch.first if level == _FIRST else watch.then, runtime.settings.smtp_url, report_id)
    except (httpx.HTTPError, smtplib.SMTPException, OSError) as failure:
        log.warning("alert_failed", city=city_id, report=str(report_id), error=type(failure).__name__)
        return False
    with runtime.works.open(city_id) as work:
        row = work.session.get(Alert, (city_id, report_id), with_for_update=True)
        if row is None:
            row = Alert(city_id=city_id, report_id=report_id)
            work.session.add(row)
        row.level = level
        row.next_at = work.clock.now() + watch.unclaimed if level == _FIRST else None
    log.info("alerted", city=city_id, report=str(report_id), level=level)
    return True


def wake(watch: Watch, smtp_url: str | None, report_id: UUID) -> None:
    """Send an id by every way that is given.

    Raises:
        httpx.HTTPError, smtplib.SMTPException, OSError: it could not be handed over.
    """
    if watch.webhook is not None:
        with httpx.Client(timeout=_PATIENCE, follow_redirects=False, trust_env=False) as client:
            client.post(watch.webhook, json={"id": str(report_id)}).raise_for_status()
    if watch.email is not None:
        _mail(watch.email, smtp_url, report_id)


def _mail(to: str, smtp_url: str | None, report_id: UUID) -> None:
    if smtp_url is None:
        raise smtplib.SMTPException("FAROLA_SMTP_URL is not set.")
    place = urlsplit(smtp_url)
    message = EmailMessage()
    message["From"] = parse_qs(place.query).get("from", [_SENDER])[0]
    message["To"], message["Subject"] = to, "Farola"
    message.set_content(str(report_id))
    kind = smtplib.SMTP_SSL if place.scheme == "smtps" else smtplib.SMTP
    with kind(place.hostname or "localhost", place.port or 0, timeout=_PATIENCE) as server:
        server.ehlo()
        if place.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if place.username and place.password:
            server.login(unquote(place.username), unquote(place.password))
        server.send_message(message)
