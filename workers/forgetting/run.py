"""One round of forgetting: each item of each city in a transaction of its own, and a note of how far it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.domain.clock import local_date
from backend.domain.retention import kept
from backend.store import heads, trail
from backend.store.forgetting import note
from backend.store.queries import city_ids, find_city, month_of
from backend.store.secrets import secret_of
from workers.forgetting.erase import ERASING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.runtime import Runtime

KEYS = "private_keys"
TRAIL = "trail"


@dataclass(frozen=True)
class Erased:
    """How much of one item of one city was (or, in a dry run, would be) erased."""

    city: str
    item: str
    count: int


def forget(runtime: Runtime, *, dry: bool = False) -> Iterator[Erased]:
    """Erase what is over its term; running it again changes nothing.

    Args:
        runtime: the worker's parts.
        dry: count only, and take every change back.
    """
    for city_id in city_ids(runtime.works.database):
        for item in ERASING:
            yield Erased(city_id, item, _erase(runtime, city_id, item, dry=dry))
        yield Erased(city_id, TRAIL, _shorten_trail(runtime, city_id, dry=dry))
        yield Erased(city_id, KEYS, _destroy_keys(runtime, city_id, dry=dry))


def _erase(runtime: Runtime, city_id: str, item: str, *, dry: bool) -> int:
    with runtime.works.open(city_id) as work:
        today = local_date(work.clock, find_city(work.session, city_id).timezone)
        count, blobs = ERASING[item](work, today)
        if dry:
            work.session.rollback()
            return count
        note(work, item, count)
    # Their keys are gone with the commit: a blob that stays behind after a crash is unreadable.
    runtime.blobs.delete(blobs)
    return count


def _shorten_trail(runtime: Runtime, city_id: str, *, dry: bool) -> int:
    """Remove the oldest entries of the trail, and sign where its chain begins from now on.

    The signature is there before the entries go: a chain that begins anywhere else was cut by somebody.
    """
    settings, now = runtime.settings, runtime.clock.now()
    with runtime.works.open(city_id) as work:
        first = trail.first(work.session, city_id)
        cut = trail.shorten(work, now - kept(TRAIL, "entry"))
        count = 0 if cut is None else cut.sequence - first + 1
        if dry:
            work.session.rollback()
            return count
        if cut is not None:
            heads.keep_cut(settings.trail_heads_dir, secret_of(settings.trail_key_file), city_id, cut, now)
        note(work, TRAIL, count)
    return count


def _destroy_keys(runtime: Runtime, city_id: str, *, dry: bool) -> int:
    """Destroy the private keys of months after whose last deadline nothing can be left to open."""
    oldest = month_of(runtime.clock.now() - kept(KEYS, "month_end"))
    late = [month for month in runtime.keyring.months(city_id) if month < oldest]
    if dry:
        return len(late)
    for month in late:
        runtime.keyring.destroy(city_id, month)
    with runtime.works.open(city_id) as work:
        note(work, KEYS, len(late))
    return len(late)
