"""Releasing: plan, count, noise and ledger in their order, then the files, then forgetting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import structlog
from geoalchemy2.shape import to_shape
from shapely import MultiPolygon
from sqlalchemy import select

from backend.domain.budgets import check_layers
from backend.domain.grid import Area as PublicArea
from backend.domain.grid import Geography
from backend.domain.layers import PULSE
from backend.domain.periods import release_name
from backend.errors import Conflict, ServiceError
from backend.store.models import Area, City
from backend.store.queries import city_ids, find_city
from workers.publish.corrections import Taken, annotate, mark, to_take_back
from workers.publish.count import count, count_again, is_blanked, note_counted
from workers.publish.document import read_document
from workers.publish.draw import draw
from workers.publish.due import Due, due_releases, published_at
from workers.publish.forget import close_counted, never_again
from workers.publish.ledger import Name, documents, drawn, enter_plan, enter_release, hold, release_bytes
from workers.publish.plan import Plan, plan_layer
from workers.publish.shelf import Shelf
from workers.publish.threshold import k_of

if TYPE_CHECKING:
    from backend.store.work import Work
    from workers.publish.document import ReleaseDocument
    from workers.publish.limits import Limits
    from workers.runtime import Runtime

log = structlog.get_logger(__name__)

Tell = Callable[[str], None]


def release_due(runtime: Runtime, tell: Tell = lambda _line: None) -> list[tuple[str, str, str]]:
    """Draw and publish whatever is due in every city. Safe to run at any time and to kill at any time.

    Returns:
        City, layer and period of what was published now.

    Raises:
        ServiceError: something due could not be released; everything else was.
    """
    check_layers()
    published: list[tuple[str, str, str]] = []
    failed: list[str] = []
    for city_id in city_ids(runtime.works.database):
        outcome = release_city(runtime, city_id, tell)
        published += [(city_id, *name) for name in outcome.published]
        failed += [f"{city_id} {layer} {period}" for layer, period in outcome.failed]
    if failed:
        raise ServiceError(f"Could not be released, see the log: {', '.join(failed)}.")
    return published


class Outcome(NamedTuple):
    """What came out of one city, and what was due and could not be drawn."""

    published: list[Name]
    failed: list[Name]


def release_city(runtime: Runtime, city_id: str, tell: Tell = lambda _line: None) -> Outcome:
    """Draw and publish whatever is due in one city.

    Asked every half minute, so it looks at names first and reads bytes only when there is work.
    """
    shelf = Shelf(runtime.settings.releases_dir, city_id)
    with runtime.works.open(city_id) as work:
        city = find_city(work.session, city_id)
        due = due_releases(city, work.clock.now(), drawn(work))
        taken = to_take_back(work, shelf)
        geography = geography_of(work, city) if due or taken else None
    undrawn = _draw_all(runtime, geography, due, tell) if geography is not None else []
    undrawn += _take_back_all(runtime, geography, taken, tell) if geography is not None else []
    published, unplaced = _publish(runtime, city_id)
    return Outcome(published, undrawn + unplaced)


def _draw_all(runtime: Runtime, geography: Geography, due: list[Due], tell: Tell) -> list[Name]:
    """Draw what is due in its order; what cannot be drawn keeps back only what would build on it."""
    failed: list[Name] = []
    for layer, period in due:
        if {layer.name, PULSE.name} & {name for name, _ in failed}:
            continue
        tell(f"{geography.city}: {layer.name} {period.name}")
        try:
            _draw_once(runtime, geography, Due(layer, period))
        except Exception as failure:  # noqa: BLE001 - one layer must not keep a city, or others, without maps
            _log_failure(geography.city, (layer.name, period.name), failure)
            failed.append((layer.name, period.name))
    return failed


def _take_back_all(runtime: Runtime, geography: Geography, taken: list[Taken], tell: Tell) -> list[Name]:
    """Take back what two people agreed on, and draw what shall stand instead."""
    failed: list[Name] = []
    for one in taken:
        tell(f"{geography.city}: {one.layer.name} {one.period.name} is taken back")
        try:
            if one.corrects:
                _draw_once(runtime, geography, Due(one.layer, one.period), taken=one)
            else:
                with runtime.works.open(geography.city) as work:
                    mark(work, one)
        except Exception as failure:  # noqa: BLE001 - as for what is due
            name = (one.layer.name, release_name(one.period, correction=one.corrects))
            _log_failure(geography.city, name, failure)
            failed.append(name)
    return failed


def _log_failure(city: str, name: Name, failure: Exception) -> None:
    log.warning("release_failed", city=city, layer=name[0], period=name[1], error=type(failure).__name__)


def geography_of(work: Work, city: City) -> Geography:
    """Return what is public about a city: outline and areas."""
    rows = work.session.scalars(select(Area).where(Area.city_id == city.city_id).order_by(Area.code))
    areas = tuple(PublicArea(row.code, row.name, _polygons(row.boundary)) for row in rows)
    return Geography(city.city_id, city.name, city.timezone, _polygons(city.boundary), areas)


def _polygons(element: object) -> MultiPolygon:
    found = to_shape(element)  # type: ignore[arg-type]
    return found if isinstance(found, MultiPolygon) else MultiPolygon([found])  # type: ignore[list-item]


def _draw_once(runtime: Runtime, geography: Geography, due: Due, taken: Taken | None = None) -> None:
    """Draw one release: its plan enters the ledger first, its noise is drawn with its row.

    A correction is drawn in the transaction that marks what it stands for as `taken` back. After a
    restore of the database the published file wins: its bytes are taken back into the ledger, and
    nothing is drawn again.
    """
    city_id, (layer, period), correction = geography.city, due, taken is not None
    name = release_name(period, correction=correction)
    published = Shelf(runtime.settings.releases_dir, city_id).read(layer.name, name)
    if published is None:
        with runtime.works.open(city_id) as work:
            plan = plan_layer(layer, period, geography, *_earlier(work), correction=correction)
            enter_plan(work, plan)
        k = k_of(plan)
    with runtime.works.open(city_id) as work:
        if hold(work, layer, period, correction=correction) is not None:
            if taken is not None:
                mark(work, taken)  # a part that was restored may hold the correction and not the mark
            return
        if published is not None:
            never_again(work, layer, period)
        data = published if published is not None else _draw(runtime, work, plan, k)
        if taken is not None:
            mark(work, taken)
        else:
            note_counted(work, layer, period)
        enter_release(work, read_document(data), data)


def _earlier(work: Work) -> tuple[list[ReleaseDocument], list[ReleaseDocument]]:
    """Return earlier releases and earlier pulses; which of them matter is the plan's to say."""
    read = documents(work)
    return read, [document for document in read if document.layer.name == "pulse"]


def _draw(runtime: Runtime, work: Work, plan: Plan, k: Limits) -> bytes:
    if plan.correction:
        if is_blanked(work, plan.layer, plan.period):
            raise Conflict("What this map counted is erased already: it cannot be drawn anew.")
        today = work.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return draw(plan, count_again(work, plan.layer, plan.period), k, today)
    rows = count(work, runtime.keyring, plan.layer, plan.period)
    return draw(plan, rows, k, published_at(plan.period, plan.geography.timezone))


def _publish(runtime: Runtime, city_id: str) -> tuple[list[Name], list[Name]]:
    """Copy to the shelf what the ledger holds and the shelf does not, then close what was counted.

    Returns:
        What was published now, and what could not be.
    """
    shelf = Shelf(runtime.settings.releases_dir, city_id)
    with runtime.works.open(city_id) as work:
        names = drawn(work)
    published: list[Name] = []
    failed: list[Name] = []
    for name in names:
        if shelf.holds(*name):
            continue
        try:
            with runtime.works.open(city_id) as work:
                data = release_bytes(work, *name)
            shelf.place(*name, data)
            published.append(name)
        except Exception as failure:  # noqa: BLE001 - one release must not keep the others from the shelf
            _log_failure(city_id, name, failure)
            failed.append(name)
    with runtime.works.open(city_id) as work:
        annotate(work, shelf)
        close_counted(work, names)
    return published, failed
