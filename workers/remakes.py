"""Rings again for photos that wait to be made anew, without loading what makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.store.queries import city_ids
from backend.store.remakes import remake_job, waiting_photos

if TYPE_CHECKING:
    from backend.store.work import Works


def ring_again(works: Works) -> None:
    """Send the job again for every photo that still waits."""
    for city_id in city_ids(works.database):
        with works.open(city_id) as work:
            reports = sorted({photo.report_id for photo in waiting_photos(work)})
            work.outgoing.extend(remake_job(city_id, report_id) for report_id in reports)
