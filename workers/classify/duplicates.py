"""Which earlier reports of the city may tell the same: near-copies, and other tellings of one event.

Candidates come from two indexes, a bounded number of each: what shares bands of the sketch, and what came
from the same cell about the same day. The texts of these few are opened and compared; nothing is merged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, insert, select, text

from backend.domain.flags import DUPLICATE
from backend.domain.workflow import State
from backend.errors import FarolaError
from backend.store.models import Likeness as Band
from backend.store.models import Report
from backend.store.sealed import Opener
from workers.classify.likeness import COPY, VERSION, Text, carriers, compare, weigh
from workers.classify.propose import Aside

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from backend.store.keyring import KeyRing
    from backend.store.work import Work

# How far back reports are looked at, and how many of each index.
BACK = timedelta(days=90)
_OF_A_BAND, _ALIKE, _HERE = 40, 20, 20
_DAY = timedelta(days=1)
# What the same place, and the same day and part of the day, add to how alike the words are.
_SAME_PLACE, _SAME_TIME = 0.1, 0.1
MOST = 3
_SHARING = text("""
    select l.report_id
    from unnest(cast(:bands as bigint[])) as wanted(band)
    cross join lateral (
        select n.report_id from farola.likenesses n
        where n.city_id = :city and n.band = wanted.band and n.received_on >= :since and n.report_id <> :own
        order by n.received_on desc limit :few
    ) l
    group by l.report_id order by count(*) desc, l.report_id limit :most
""")


@dataclass(frozen=True)
class Match:
    """Another report, how alike its words are, how likely it tells the same, and the words that carried it."""

    report_id: UUID
    received_on: date
    alike: float
    score: float
    words: tuple[str, ...]


def keep_bands(work: Work, report: Report, bands: Iterable[int]) -> None:
    """Write the sketch of a report's words in the place of an earlier one."""
    work.session.execute(delete(Band).where(Band.city_id == work.city_id, Band.report_id == report.id))
    own = {"city_id": work.city_id, "report_id": report.id, "received_on": report.received_on}
    rows = [own | {"band": band} for band in set(bands)]
    if rows:
        work.session.execute(insert(Band), rows)


@dataclass(frozen=True)
class Search:
    """One report with its words, and what it takes to open others beside it."""

    work: Work
    keyring: KeyRing
    report: Report
    told: Text
    common: Mapping[str, int]


def matches(search: Search, bands: Sequence[int]) -> list[Match]:
    """Return the reports that may tell the same, the likeliest first; the words of a few are opened for it."""
    work, since = search.work, search.report.received_on - BACK
    alike = set(_sharing(work, search.report, bands, since)) if bands else set()
    here = set(_of_this_cell(work, search.report, since))
    query = select(Report).where(
        Report.city_id == work.city_id,
        Report.id.in_(alike | here),
        Report.state != State.WITHDRAWN,
        Report.erased_on.is_(None),
    )
    found = (_match(search, other) for other in work.session.scalars(query).all())
    return sorted((one for one in found if one), key=lambda one: (-one.score, str(one.report_id)))


def _sharing(work: Work, report: Report, bands: Sequence[int], since: date) -> Sequence[UUID]:
    asked = {
        "bands": list(bands), "city": work.city_id, "since": since, "own": report.id, "few": _OF_A_BAND,
        "most": _ALIKE,
    }  # fmt: skip
    return work.session.scalars(_SHARING, asked).all()


def _of_this_cell(work: Work, report: Report, since: date) -> Sequence[UUID]:
    if report.cell is None or report.occurred_on is None:
        return []
    query = select(Report.id).where(
        Report.city_id == work.city_id,
        Report.cell == report.cell,
        Report.received_on >= since,
        Report.occurred_on.between(report.occurred_on - _DAY, report.occurred_on + _DAY),
        Report.id != report.id,
    )
    return work.session.scalars(query.order_by(Report.received_on.desc(), Report.id).limit(_HERE)).all()


def _match(search: Search, other: Report) -> Match | None:
    """Return a match, None where the other's words are erased or too unlike."""
    opener = Opener(search.work.session, search.keyring, search.work.city_id, other.id)
    try:
        words = opener.read("public_words") or {}
    except FarolaError:
        return None
    likeness = compare(search.told, weigh(words.get("text") or "", search.common))
    score = min(1.0, likeness.score + _close(search.report, other)) if likeness.score else 0.0
    if score < COPY:
        return None
    # What was merged itself points on; a chain of duplicates has one end.
    target = other.duplicate_of or other.id
    return Match(target, other.received_on, likeness.score, round(score, 2), carriers(search.told, likeness))


def _close(report: Report, other: Report) -> float:
    """Return what place and time add: a telling of the same event shares them, whoever tells it."""
    if report.cell is None or report.cell != other.cell:
        return 0.0
    day = None not in (report.occurred_on, other.occurred_on) and report.occurred_on == other.occurred_on
    part = report.daypart is None or other.daypart is None or report.daypart == other.daypart
    return _SAME_PLACE + (_SAME_TIME if day and part else 0.0)


def proposed(found: Sequence[Match], own: UUID) -> list[Aside]:
    """Return what a moderator is offered of the likeliest, each other report once: `copy` or `event`."""
    told: dict[UUID, Aside] = {}
    for one in found:
        code = "copy" if one.alike >= COPY else "event"
        if one.report_id != own and one.report_id not in told:
            told[one.report_id] = Aside(DUPLICATE, code, one.score, one.words, VERSION, (str(one.report_id),))
    return list(told.values())[:MOST]
