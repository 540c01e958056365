"""Consented conditions on their way to the city's service desk, through Open311, each at most once.

The row says `sending` before the desk hears anything. Where nobody can know whether the desk got it,
it is not sent again: a lead sees it, and asks the desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import structlog
from sqlalchemy import select

from backend.domain.cityreview import service_desk
from backend.domain.taxonomy import Kind
from backend.domain.words import names
from backend.domain.workflow import State
from backend.errors import NotFound
from backend.store.models import Forward, ForwardState, Report
from backend.store.queries import city_ids, find_city
from backend.store.sealed import Opener

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from uuid import UUID

    from backend.domain.cityreview import ServiceDesk
    from backend.store.work import Work
    from workers.runtime import Runtime

log = structlog.get_logger(__name__)

_AT_ONCE = 20
_LEASE = timedelta(minutes=2)
_PATIENCE = 15.0  # seconds for one answer
_LONGEST_ANSWER = 64 * 1024  # bytes
# Between tries that certainly did not reach the desk.
PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
_STANDS = (State.APPROVED, State.COUNTED)


@dataclass(frozen=True)
class Parcel:
    """What the desk is told: a service, a place, and the names of what is wrong there; no resident's words."""

    url: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """What became of one try: the desk's answer, or a code, and whether it may be tried again."""

    answer: dict[str, Any] | None = None
    problem: str | None = None
    again: bool = False


def forward_due(runtime: Runtime) -> int:
    """Send what is due in every city; return how many the desks took."""
    return sum(_forward(runtime, city_id, one) for city_id in city_ids(runtime.works.database)
               for one in _due(runtime, city_id))  # fmt: skip


def _due(runtime: Runtime, city_id: str) -> Sequence[UUID]:
    with runtime.works.open(city_id) as work:
        open_states = (ForwardState.WAITING, ForwardState.SENDING)
        query = select(Forward.report_id).where(
            Forward.city_id == city_id, Forward.state.in_(open_states), Forward.due_at <= work.clock.now()
        )
        return work.session.scalars(query.order_by(Forward.due_at).limit(_AT_ONCE)).all()


def _forward(runtime: Runtime, city_id: str, report_id: UUID) -> bool:
    parcel = _take(runtime, city_id, report_id)
    if parcel is None:
        return False
    outcome = send(parcel)
    _settle(runtime, city_id, report_id, outcome)
    log.info("forwarded", city=city_id, report=str(report_id), problem=outcome.problem)
    return outcome.answer is not None


def _take(runtime: Runtime, city_id: str, report_id: UUID) -> Parcel | None:
    """Lock the row and pack what is sent; None when it is not, or not any more, to be sent."""
    with runtime.works.open(city_id) as work:
        report = work.session.get(Report, (city_id, report_id), with_for_update=True)
        row = work.session.get(Forward, (city_id, report_id), with_for_update=True)
        if report is None or row is None or row.due_at is None or row.due_at > work.clock.now():
            return None
        parcel = None if (problem := _problem(row, report)) else _packed(runtime, work, report)
        if parcel is None:
            _give_up(row, problem or "nothing_to_send")
            return None
        row.state, row.due_at = ForwardState.SENDING, work.clock.now() + _LEASE
        row.tries += 1
        return parcel


def _problem(row: Forward, report: Report) -> str | None:
    """Return why a row is not sent: whoever began died before the answer, or it is not wanted any more."""
    if row.state is ForwardState.SENDING:
        return "unknown"
    wanted = report.state in _STANDS and report.kind is Kind.CONDITION and report.forward_consent
    return None if wanted else "taken_back"


def _give_up(row: Forward, problem: str) -> None:
    row.state, row.due_at, row.problem = ForwardState.FAILED, None, problem


def _packed(runtime: Runtime, work: Work, report: Report) -> Parcel | None:
    city = find_city(work.session, report.city_id)
    desk = service_desk(city.policy)
    code = None if desk is None else desk.service_for(report.categories)
    point = Opener(work.session, runtime.keyring, report.city_id, report.id).read("point")
    if desk is None or code is None or point is None:
        return None
    named = names(city.languages[0])["category"]
    fields = {
        "service_code": code,
        "lat": f"{point['lat']:.6f}",
        "long": f"{point['lon']:.6f}",
        "description": "; ".join(named[one] for one in report.categories),
        **({"jurisdiction_id": desk.jurisdiction} if desk.jurisdiction else {}),
    }
    return Parcel(_address(desk), fields | _key_of(runtime.settings.desk_keys_dir, report.city_id))


def _address(desk: ServiceDesk) -> str:
    return f"{desk.url}/requests.json"


def _key_of(folder: Path, city_id: str) -> dict[str, str]:
    """The key is no public information as the city's file is; it lies in a file of its own."""
    path = folder / f"{city_id}.key"
    return {"api_key": path.read_text(encoding="utf-8").strip()} if path.exists() else {}


def send(parcel: Parcel) -> Outcome:
    """Post one request to a service desk and read its answer; nothing is raised, and nothing is followed."""
    try:
        with httpx.Client(timeout=_PATIENCE, follow_redirects=False, trust_env=False) as client:
            answer = client.post(parcel.url, data=parcel.fields)
    except (httpx.ConnectError, httpx.ConnectTimeout):
        return Outcome(problem="unreachable", again=True)
    except httpx.HTTPError:
        return Outcome(problem="unknown")
    if answer.status_code in {httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE}:
        return Outcome(problem="busy", again=True)
    if not answer.is_success or len(answer.content) > _LONGEST_ANSWER:
        return Outcome(problem="refused" if answer.is_client_error else "unknown")
    return _understood(answer)


def _understood(answer: httpx.Response) -> Outcome:
    """Read `[{"service_request_id": ..}]`, or `token` where the desk gives the id later."""
    try:
        told = answer.json()[0]
        found = {name: str(told[name])[:200] for name in ("service_request_id", "token") if told.get(name)}
    except (ValueError, LookupError, TypeError, AttributeError):
        found = {}
    return Outcome(answer=found) if found else Outcome(problem="unknown")


def _settle(runtime: Runtime, city_id: str, report_id: UUID, outcome: Outcome) -> None:
    with runtime.works.open(city_id) as work:
        report = work.session.get(Report, (city_id, report_id), with_for_update=True)
        row = work.session.get(Forward, (city_id, report_id), with_for_update=True)
        if report is None or row is None:
            return  # taken back meanwhile; what the desk has, it has
        if outcome.answer is not None:
            row.state, row.due_at, row.problem = ForwardState.SENT, None, None
            _keep(runtime, work, report, outcome.answer)
        elif outcome.again and row.tries <= len(PAUSES):
            row.state, row.problem = ForwardState.WAITING, outcome.problem
            row.due_at = work.clock.now() + PAUSES[row.tries - 1]
        else:
            _give_up(row, outcome.problem or "unknown")


def _keep(runtime: Runtime, work: Work, report: Report, answer: dict[str, Any]) -> None:
    """Seal the desk's id with the report: at the desk it leads to the exact place."""
    try:
        Opener(work.session, runtime.keyring, report.city_id, report.id).add("forwarded", answer)
    except NotFound:
        log.info("forwarded_after_erasure", report=str(report.id))
