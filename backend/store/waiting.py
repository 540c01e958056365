"""The queue of reports that wait for people: most urgent first, then oldest, fair between areas.

A report stands as if it had come a day later for every ten older ones, as urgent, that wait in its area.
So a busy area does not hold up the others, and whatever waits comes nearer every day. The order is read
from one index, a few rows an area: how much waits in all hardly matters.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Uuid, cast, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from backend.domain.permissions import Permission
from backend.domain.workflow import TO_DECIDE, State
from backend.store.leases import only_shown_to
from backend.store.models import Photo, PhotoState, Report
from backend.store.wanted import IS_FLAGGED, IS_OVERDUE, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from backend.domain.permissions import Actor
    from backend.store.work import Work

URGENT = 2
NEARBY = timedelta(days=90)
# So many older reports of the same area put a report back by a day.
A_DAY = 10
# Rows read of each area at first; more only where an area gives all of them to the page.
_FEW = 12
_CANDIDATES = 40
_NEAREST = 20


_STATES = ", ".join(f"'{state}'" for state in sorted(TO_DECIDE))
_OF_AREA = f"""
    select r.id, r.area, r.urgency, r.received_on from farola.reports r
    where r.city_id = :city and r.state in ({_STATES}) and {{of}}
        and (cast(:language as text) is null or r.language = :language)
        and (cast(:category as text) is null or r.categories @> array[cast(:category as text)])
        and (cast(:state as text) is null or r.state = :state)
        and (cast(:received_from as date) is null or r.received_on >= :received_from)
        and (cast(:received_until as date) is null or r.received_on <= :received_until)
        and (cast(:urgency_from as integer) is null or r.urgency >= :urgency_from)
        and (cast(:flag as text) is null or {IS_FLAGGED})
        and (cast(:due_before as date) is null or {IS_OVERDUE})
        and (:trained or not r.minor or (r.claimed_by = :me and r.claim_until > :now))
        and (:lead or r.state <> 'escalated')
        and (cardinality(r.barred) = 0 or not r.barred @> array[cast(:me as uuid)])
        and (not :free or (r.state <> 'quarantined' and (r.claim_until is null or r.claim_until <= :now)))
    order by r.urgency desc, r.received_on, r.id limit :few
"""  # noqa: S608 - made of this file's own constants
_NEXT_AREA = f"""
    select r.area from farola.reports r
    where r.city_id = :city and r.state in ({_STATES}) and {{after}} order by r.area limit 1
"""  # noqa: S608 - made of this file's own constants
# Walks from area to area along the index; the last step finds none, and stands for reports without an area.
_TURNS = f"""
    with recursive places(area) as (
        select coalesce(cast(:area as text), ({_NEXT_AREA.format(after="true")}))
        union all
        select case when cast(:area as text) is null then ({_NEXT_AREA.format(after="r.area > p.area")}) end
        from places p where p.area is not null
    ),
    first as (
        select f.*, row_number() over (
            partition by f.area, f.urgency order by f.received_on, f.id) as place
        from places p cross join lateral (
            ({_OF_AREA.format(of="r.area = p.area")})
            union all
            ({_OF_AREA.format(of="r.area is null and p.area is null and cast(:area as text) is null")})
        ) f
    )
    select f.id, f.area from first f
    order by f.urgency desc, f.received_on + cast((f.place - 1) / {A_DAY} as integer), f.received_on, f.id
    limit :most
"""  # noqa: S608 - made of this file's own constants
_IN_TURN = text(_TURNS)
# Few carry a flag that is no column of its own: these are read from an index of theirs.
_FLAGGED_IN_TURN = text(
    _TURNS.replace(
        "where r.city_id = :city and r.state", "where r.flags <> '{}' and r.city_id = :city and r.state"
    )
)


def _in_turn(work: Work, actor: Actor, wanted: Wanted, most: int, *, free: bool) -> Sequence[UUID]:
    """Return the ids of the first reports for an account, in their turn."""
    told = asdict(wanted) | wanted.due() | {
        "city": work.city_id, "me": actor.account_id, "now": work.clock.now(), "trained": actor.trained,
        "lead": actor.may(Permission.DECIDE_ESCALATED), "free": free, "most": most,
    }  # fmt: skip
    statement = _IN_TURN if wanted.flag in (None, "minor") else _FLAGGED_IN_TURN
    few = min(most, _FEW) if wanted.area is None else most
    while True:
        rows = work.session.execute(statement, told | {"few": few}).all()
        given: dict[str | None, int] = {}
        for row in rows:
            given[row.area] = given.get(row.area, 0) + 1
        if few >= most or max(given.values(), default=0) < few:
            return [row.id for row in rows]
        few = min(most, few * 4)


def _theirs(work: Work, actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    mine = or_(func.cardinality(Report.barred) == 0, ~Report.barred.contains([actor.account_id]))
    ours = [] if actor.may(Permission.DECIDE_ESCALATED) else [Report.state != State.ESCALATED]
    return [
        *wanted.conditions(work.city_id), *only_shown_to(actor, work.clock.now()), mine, *ours,
        Report.state.in_(TO_DECIDE),
    ]  # fmt: skip


def waiting(work: Work, actor: Actor, wanted: Wanted, limit: int) -> Sequence[Report]:
    """Return the first reports of an account's queue; those in quarantine stand among them."""
    ids = _in_turn(work, actor, wanted, limit, free=False)
    query = select(Report).where(Report.city_id == work.city_id, Report.id.in_(ids))
    found = {report.id: report for report in work.session.scalars(query)}
    return [found[one] for one in ids if one in found]


def next_free(work: Work, actor: Actor, wanted: Wanted) -> Report | None:
    """Lock and return the first report that nobody holds, passing over those being taken right now."""
    most = _CANDIDATES
    while True:
        ids = _in_turn(work, actor, wanted, most, free=True)
        report = _lock_first(work, actor, wanted, ids)
        if report is not None or len(ids) < most:
            return report
        most *= 4


def _lock_first(work: Work, actor: Actor, wanted: Wanted, ids: Sequence[UUID]) -> Report | None:
    """Lock the first of some reports that is still free and that nobody else is locking."""
    query = (
        select(Report)
        .where(
            *_theirs(work, actor, wanted),
            Report.id.in_(ids),
            Report.state != State.QUARANTINED,
            or_(Report.claim_until.is_(None), Report.claim_until <= work.clock.now()),
        )
        .order_by(func.array_position(cast(list(ids), ARRAY(Uuid)), Report.id))
        .limit(1)
    )
    return work.session.scalar(query.with_for_update(skip_locked=True)) if ids else None


def counts(work: Work, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """Return how many reports wait for an account, by state, language and urgency."""
    query = (
        select(Report.state, Report.language, Report.urgency, func.count())
        .where(*_theirs(work, actor, wanted))
        .group_by(Report.state, Report.language, Report.urgency)
    )
    rows = [(state, language, urgency, n) for state, language, urgency, n in work.session.execute(query)]
    return {
        "in_review": sum(n for state, _, _, n in rows if state != State.QUARANTINED),
        "quarantined": sum(n for state, _, _, n in rows if state == State.QUARANTINED),
        "urgent": sum(n for _, _, urgency, n in rows if urgency >= URGENT),
        "languages": _by_language((language, n) for _, language, _, n in rows),
    }


def for_trained(work: Work) -> int:
    """Return how many reports wait that only trained accounts are shown."""
    query = select(func.count()).where(
        Report.city_id == work.city_id, Report.minor, Report.state.in_(TO_DECIDE)
    )
    return work.session.scalar(query) or 0


def _by_language(counted: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for language, n in counted:
        found[language or "unknown"] = found.get(language or "unknown", 0) + n
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def photos_of(work: Work, report_ids: Iterable[UUID]) -> Mapping[UUID, int]:
    """Return how many photos of each report can be looked at."""
    query = (
        select(Photo.report_id, func.count().label("n"))
        .where(
            Photo.city_id == work.city_id,
            Photo.report_id.in_(list(report_ids)),
            Photo.state == PhotoState.REDACTED,
        )
        .group_by(Photo.report_id)
    )
    return {row.report_id: row.n for row in work.session.execute(query)}


def _near(work: Work, actor: Actor, report: Report) -> list[ColumnElement[bool]]:
    return [
        *only_shown_to(actor, work.clock.now()),
        Report.city_id == report.city_id,
        Report.cell == report.cell,
        Report.id != report.id,
        Report.state != State.WITHDRAWN,
        Report.received_on >= (work.clock.now() - NEARBY).date(),
    ]


def near(work: Work, actor: Actor, report: Report) -> int:
    """Return how many other reports of the same cell came in lately, of those an account is shown."""
    return work.session.scalar(select(func.count()).where(*_near(work, actor, report))) or 0


def nearest(work: Work, actor: Actor, report: Report) -> Sequence[Report]:
    """Return the newest of the reports that `near` counts."""
    query = select(Report).where(*_near(work, actor, report))
    return work.session.scalars(query.order_by(Report.received_on.desc(), Report.id).limit(_NEAREST)).all()
