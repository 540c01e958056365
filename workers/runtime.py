"""What a worker process builds once: sessions, blobs, private keys, and models at their first use."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import select

from backend.store.blobs import Blobs
from backend.store.clocks import clock_for
from backend.store.database import Database, login_url
from backend.store.keyring import KeyRing
from backend.store.models import Area
from backend.store.queries import find_city
from backend.store.queue import Doorbell, connect
from backend.store.secrets import keyed_hash, secret_of
from backend.store.work import Works

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from redis import Redis

    from backend.config import Settings
    from backend.domain.clock import Clock
    from workers.anonymise.photo import Detectors
    from workers.anonymise.text import Finder
    from workers.classify.propose import Classifier


@dataclass
class Runtime:
    """The parts that jobs share.

    Models, and the libraries behind them, load when the first job needs them: the clock and
    `farola release` never do.
    """

    settings: Settings
    clock: Clock
    works: Works
    blobs: Blobs
    keyring: KeyRing
    redis: Redis
    _finders: dict[str, Finder] = field(default_factory=dict)
    _classifiers: dict[str, tuple[Path, Classifier]] = field(default_factory=dict)

    @cached_property
    def detectors(self) -> Detectors:
        """The detectors of faces and plates."""
        from workers.anonymise.photo import load_detectors

        return load_detectors()

    def finder(self, city_id: str) -> Finder:
        """What finds people in a city's texts."""
        if city_id not in self._finders:
            from workers.anonymise.text import load_finder

            with self.works.open(city_id) as work:
                city = find_city(work.session, city_id)
                places = work.session.scalars(select(Area.name).where(Area.city_id == city_id)).all()
            self._finders[city_id] = load_finder(city.languages, places=places)
        return self._finders[city_id]

    def likeness_key(self, city_id: str) -> bytes:
        """What sketches of a city's texts are keyed with, so that they say nothing beside another city's.

        It comes of a secret that lies with the private keys, which no residents' door has.
        """
        return keyed_hash(secret_of(self.settings.keys_dir / "likeness"), "likeness", city_id)

    def common_words(self, city_id: str) -> Mapping[str, int]:
        """How common words are in a city's languages, on Zipf's scale in hundredths."""
        from workers.anonymise.words.vocabulary import load_vocabulary

        with self.works.open(city_id) as work:
            return load_vocabulary(tuple(sorted(find_city(work.session, city_id).languages)))

    def classifier(self, city_id: str) -> Classifier:
        """What proposes labels for a city's texts; a model promoted since is loaded now."""
        from workers.classify.promotion import folder_of
        from workers.classify.propose import load_classifier

        folder = folder_of(self.settings.models_dir, city_id)
        before = self._classifiers.get(city_id)
        if before is None or before[0] != folder:
            with self.works.open(city_id) as work:
                languages = find_city(work.session, city_id).languages
            before = self._classifiers[city_id] = (folder, load_classifier(languages, folder))
        return before[1]


def build(settings: Settings) -> Runtime:
    """Build a worker's runtime with the workers' own database login."""
    clock = clock_for(settings.clock_file)
    redis = connect(settings.redis)
    database = Database(login_url(settings, "worker"), pool_size=2)
    works = Works(database, clock, Doorbell(redis).send)
    return Runtime(settings, clock, works, Blobs(settings.blobs_url), KeyRing(settings.keys_dir), redis)


_here: list[Runtime] = []


def start(settings: Settings) -> Runtime:
    """Build the runtime of this process; jobs find it with `current`."""
    _here[:] = [build(settings)]
    return _here[0]


def current() -> Runtime:
    """Return the runtime of this process."""
    return _here[0]
