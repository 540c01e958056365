"""Bursts: many reports in a short time from one cell, or in nearly the same words, are proposed to be looked at.

It may be one bad night that many saw, or somebody who wants to paint a street: people tell that apart. Nothing
is held back for it; what counts on the map was settled when the report came in.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from backend.domain.flags import BURST, DUPLICATE
from backend.domain.workflow import TO_DECIDE, State
from backend.errors import FarolaError
from backend.store.models import Report
from backend.store.public_half import ASIDES
from backend.store.sealed import Opener
from workers.classify.likeness import COPY
from workers.classify.propose import Aside

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from backend.store.keyring import KeyRing
    from backend.store.work import Work
    from workers.classify.duplicates import Match

VERSION = "burst-1"
# So many others of one cell within two days, or so many near-copies within a week.
FEWEST_HERE, FEWEST_ALIKE = 7, 3
_HERE_WITHIN, _ALIKE_WITHIN = timedelta(days=1), timedelta(days=7)
_MOST = 50


def burst_of(work: Work, report: Report, found: Sequence[Match], policy: Mapping[str, Any]) -> Aside | None:
    """Return the burst that a report belongs to, with the ids of the others; None for most."""
    week = report.received_on - _ALIKE_WITHIN
    alike = [one for one in found if one.alike >= COPY and one.received_on >= week]
    if len(alike) >= FEWEST_ALIKE:
        others = dict.fromkeys(str(one.report_id) for one in alike if one.report_id != report.id)
        return Aside("flag", BURST, _score(len(alike), FEWEST_ALIKE), alike[0].words, VERSION, tuple(others))
    here = _of_this_cell(work, report)
    fewest = min(FEWEST_HERE, policy.get("burst_limit", FEWEST_HERE))
    if report.burst or len(here) >= fewest:
        return Aside("flag", BURST, _score(len(here), fewest), (), VERSION, tuple(map(str, here)))
    return None


def _score(others: int, fewest: int) -> float:
    """Return 0.5 where a burst begins, and more with every other report."""
    return round(1.0 - float(0.5 ** (others / max(1, fewest))), 2)


def _of_this_cell(work: Work, report: Report) -> Sequence[UUID]:
    if report.cell is None:
        return []
    query = select(Report.id).where(
        Report.city_id == work.city_id,
        Report.cell == report.cell,
        Report.received_on >= report.received_on - _HERE_WITHIN,
        Report.id != report.id,
        Report.state != State.WITHDRAWN,
    )
    return work.session.scalars(query.order_by(Report.received_on.desc(), Report.id).limit(_MOST)).all()


def spread(work: Work, keyring: KeyRing, report_id: UUID, aside: Mapping[str, Any]) -> None:
    """Flag the others of a burst that still wait; who reads or works on one right now is not waited for."""
    query = select(Report).where(
        Report.city_id == work.city_id,
        Report.id.in_([UUID(one) for one in aside["reports"]]),
        Report.state.in_(TO_DECIDE),
        ~Report.flags.contains([BURST]),
    )
    for other in work.session.scalars(query.order_by(Report.id).with_for_update(skip_locked=True)):
        # What cannot be opened any more says nothing of the burst, and must not keep this report from review.
        with suppress(FarolaError):
            _add(Opener(work.session, keyring, work.city_id, other.id), _seen_from(other, report_id, aside))
        other.flags = sorted({*other.flags, BURST})


def _seen_from(other: Report, report_id: UUID, aside: Mapping[str, Any]) -> dict[str, Any]:
    rest = [one for one in (str(report_id), *aside["reports"]) if one != str(other.id)]
    return {**aside, "words": [], "reports": rest}


def _add(opener: Opener, aside: Mapping[str, Any]) -> None:
    """Seal the proposal beside those that are there; where the words are erased there is no key, and no words."""
    carried = opener.read("label_words")
    if carried is not None:
        opener.add("label_words", carried | {ASIDES: [*carried.get(ASIDES, []), dict(aside)]})


def flags_of(asides: Iterable[Aside]) -> list[str]:
    """Return the codes under which the queue shows what is proposed: each flag, and that something is alike."""
    shown = (one for one in asides if one.about in ("flag", DUPLICATE))
    return sorted({one.code if one.about == "flag" else DUPLICATE for one in shown})
