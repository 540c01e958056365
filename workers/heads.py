"""Heads of every city's trail, signed once an hour and kept outside the database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from backend.store import heads, trail
from backend.store.queries import city_ids
from backend.store.secrets import secret_of

if TYPE_CHECKING:
    from datetime import datetime

    from workers.runtime import Runtime

log = structlog.get_logger(__name__)
EVERY = timedelta(hours=1)


class Heads:
    """Signs what is new, at the first round and then once an hour."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._next: datetime | None = None

    def round(self) -> None:
        """Sign the heads that grew, if an hour has passed."""
        now = self._runtime.clock.now()
        if self._next is not None and now < self._next:
            return
        sign_heads(self._runtime)
        self._next = now + EVERY


def sign_heads(runtime: Runtime) -> int:
    """Sign and keep the head of every city's trail that grew; return how many."""
    settings, signed = runtime.settings, 0
    seed = secret_of(settings.trail_key_file)
    for city_id in city_ids(runtime.works.database):
        with runtime.works.open(city_id) as work:
            head = trail.head(work.session, city_id)
        if heads.keep(settings.trail_heads_dir, seed, city_id, head, runtime.clock.now()):
            signed += 1
            log.info("trail_head_signed", city=city_id, sequence=head.sequence)
    return signed
