"""What the views of one process reach: typed, frozen, built once by `create_app`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import current_app

from backend.errors import ConfigError
from backend.store.wellknown import WellKnown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redis import Redis

    from backend.api.crowd import Crowd
    from backend.config import Settings
    from backend.domain.clock import Clock
    from backend.store.blobs import Blobs
    from backend.store.keyring import KeyRing
    from backend.store.releases import Releases
    from backend.store.work import Works

EXTENSION = "farola"


@dataclass(frozen=True)
class Services:
    """The parts one door needs, and no more: no key ring for residents, no pepper for staff."""

    settings: Settings
    clock: Clock
    logins: Mapping[str, Works]
    redis: Redis
    blobs: Blobs
    releases: Releases
    keyring: KeyRing | None
    receipt_pepper: bytes | None
    filing_key_seed: bytes | None
    crowd: Crowd
    staff_key: bytes | None = None
    well_known: WellKnown = field(default_factory=WellKnown)

    def works(self, login: str) -> Works:
        """Return what opens transactions as `residents` or `staff`.

        Raises:
            ConfigError: this process does not serve that door.
        """
        try:
            return self.logins[login]
        except KeyError:
            raise ConfigError(f"This process has no login {login}.") from None

    @property
    def public(self) -> Works:
        """Return works for reading public rows (cities, areas), as whichever login is here."""
        return next(iter(self.logins.values()))

    @property
    def pepper(self) -> bytes:
        """Return what receipts and importer keys are hashed with.

        Raises:
            ConfigError: this process never sees receipts.
        """
        if self.receipt_pepper is None:
            raise ConfigError("This process hashes no receipts.")
        return self.receipt_pepper

    @property
    def sealing_staff(self) -> bytes:
        """Return what second factors are sealed with.

        Raises:
            ConfigError: this process logs no staff in.
        """
        if self.staff_key is None:
            raise ConfigError("This process logs no staff in.")
        return self.staff_key

    @property
    def signing_seed(self) -> bytes:
        """Return the seed of the key that proofs of filing are signed with.

        Raises:
            ConfigError: this process never sees receipts.
        """
        if self.filing_key_seed is None:
            raise ConfigError("This process signs no proofs of filing.")
        return self.filing_key_seed

    @property
    def keys(self) -> KeyRing:
        """Return the key ring.

        Raises:
            ConfigError: this process cannot open what is sealed.
        """
        if self.keyring is None:
            raise ConfigError("This process holds no private keys.")
        return self.keyring

    def close(self) -> None:
        """Return every connection; a serving process keeps them for its life."""
        for works in self.logins.values():
            works.database.close()
        self.redis.close()


def services() -> Services:
    """Return the services of the app that handles this request."""
    found: Services = current_app.extensions[EXTENSION]
    return found
