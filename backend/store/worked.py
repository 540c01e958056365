"""How the work at the desks goes: what came in, what was decided in a day, and what was decided last.

Read from the end of the trail, which is in the order of its key: how long the trail is hardly matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from backend.domain.clock import local_date
from backend.domain.permissions import Permission
from backend.domain.workflow import CLOSED
from backend.store.leases import only_shown_to
from backend.store.models import Account, Decision, Report
from backend.store.queries import find_city

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.domain.permissions import Actor
    from backend.store.work import Work

DAY = timedelta(days=1)
# Below these a figure of the work would be a figure of somebody's work.
FEWEST_DECIDED, FEWEST_ACCOUNTS = 10, 3
# More entries than a city's staff make in a day; what lies before them is not looked at.
_NEWEST = 20_000
_OF_A_DAY = text(f"""
    with told as materialized (
        select sequence, at, entry ->> 'what' as what, entry ->> 'verdict' as verdict,
               entry ->> 'report' as report, entry ->> 'account' as account
        from farola.trail
        where city_id = :city and at > :before
            and sequence > (select max(sequence) from farola.trail where city_id = :city) - {_NEWEST}
    ),
    newest as (
        select at, what, verdict, account,
               max(at) filter (where what = 'claimed') over (partition by report, account order by sequence) as taken
        from told where what in ('claimed', 'decided', 'proposed')
    )
    select count(*) filter (where what = 'decided') as decided,
           count(*) filter (where what = 'decided' and verdict in ('approve', 'forward')) as taken_up,
           percentile_cont(0.5) within group (order by extract(epoch from at - taken))
               filter (where what in ('decided', 'proposed')) as handling_s,
           count(distinct account) filter (where what = 'decided') as accounts
    from newest where at > :since
""")  # noqa: S608 - made of this file's own constants
_LAST_DECIDED = text(f"""
    select entry ->> 'report' as report, max(sequence) as place
    from farola.trail
    where city_id = :city and entry ->> 'what' = 'decided' and (:everybody or entry ->> 'account' = :me)
        and sequence > (select max(sequence) from farola.trail where city_id = :city) - {_NEWEST}
    group by entry ->> 'report' order by place desc limit :limit
""")  # noqa: S608 - made of this file's own constants


@dataclass(frozen=True)
class Figures:
    """Counts of a day, and how long half of the decisions took at most, in seconds.

    What was decided, and how, is None where it would tell of one moderator: of few decisions or few who took them.
    """

    came_today: int
    came_yesterday: int
    decided: int | None
    taken_up: int | None
    handling_s: float | None

    @property
    def action_rate(self) -> float | None:
        """Return the share of what was decided that was taken up; None where that is not told."""
        return None if self.decided is None or self.taken_up is None else self.taken_up / self.decided


@dataclass(frozen=True)
class Closed:
    """A decided report, the decision that closed it, and who took it."""

    report: Report
    decision: Decision
    pseudonym: str


def figures(work: Work) -> Figures:
    """Return how the work of a city went in the last 24 hours; what comes in is known by the day only."""
    now = work.clock.now()
    today = local_date(work.clock, find_city(work.session, work.city_id).timezone)
    query = select(Report.received_on, func.count()).where(
        Report.city_id == work.city_id, Report.received_on.between(today - DAY, today)
    )
    came = dict(iter(work.session.execute(query.group_by(Report.received_on))))
    told = {"city": work.city_id, "since": now - DAY, "before": now - DAY - timedelta(hours=1)}
    row = work.session.execute(_OF_A_DAY, told).one()
    come = came.get(today, 0), came.get(today - DAY, 0)
    if row.decided < FEWEST_DECIDED or row.accounts < FEWEST_ACCOUNTS:
        return Figures(*come, None, None, None)
    return Figures(
        *come, row.decided, row.taken_up, None if row.handling_s is None else float(row.handling_s)
    )


def last_decided(work: Work, actor: Actor, limit: int) -> Sequence[Closed]:
    """Return what an account could reverse, decided last first: its own decisions, or a lead everybody's."""
    told = {
        "city": work.city_id, "me": str(actor.account_id), "limit": limit,
        "everybody": actor.may(Permission.UNDO_OTHERS),
    }  # fmt: skip
    ids = [UUID(row.report) for row in work.session.execute(_LAST_DECIDED, told)]
    query = (
        select(Report, Decision, Account.pseudonym)
        .join(Decision, (Decision.city_id == Report.city_id) & (Decision.report_id == Report.id))
        .join(Account, (Account.city_id == Decision.city_id) & (Account.id == Decision.account_id))
        .where(
            Report.city_id == work.city_id, Report.id.in_(ids), Report.state.in_(CLOSED),
            Report.cell.is_not(None), *only_shown_to(actor, work.clock.now()),
        )
        .ext(distinct_on(Report.id))
        .order_by(Report.id, Decision.sequence.desc())
    )  # fmt: skip
    found = {row[0].id: Closed(*row) for row in work.session.execute(query)}
    return [found[one] for one in ids if one in found]
