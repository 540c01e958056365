"""The few errors Farola names; the doors translate them to HTTP in one table."""

from __future__ import annotations


class FarolaError(Exception):
    """Anything that goes wrong in a way the caller should hear about.

    `detail` is one plain sentence without personal data; `field` names the part of
    the input it is about, as a dotted path.
    """

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field


class ConfigError(FarolaError):
    """The installation is not set up as it must be."""


class InvalidInput(FarolaError):
    """The request cannot be understood."""


class UnprocessableInput(FarolaError):
    """The request is understood, and something in it cannot be accepted."""


class Unauthenticated(FarolaError):
    """Nobody, or nobody known, is asking."""


class TooManyTries(FarolaError):
    """An account was tried too often; after a minute it can be tried again."""


class NotAllowed(FarolaError):
    """Whoever asks may not do this."""


class NotFound(FarolaError):
    """There is no such thing, or not for whoever asks."""


class ProofNeeded(UnprocessableInput):
    """A fresh proof of work is needed, at least as hard as `level` says."""

    def __init__(self, detail: str, *, level: int = 0) -> None:
        super().__init__(detail, field="Altcha")
        self.level = level


class Conflict(FarolaError):
    """The thing changed, or somebody else holds it."""


class TooLarge(FarolaError):
    """More bytes than are taken here."""


class UnsupportedMedia(FarolaError):
    """The body is of a kind that is not taken here."""


class ChecksumMismatch(FarolaError):
    """The bytes that came are not those that were sent."""


class UnsupportedVersion(FarolaError):
    """The client speaks a version of a protocol that is not spoken here."""


class Unavailable(FarolaError):
    """A part that is needed cannot be reached right now; trying again may work."""


class SealError(FarolaError):
    """A key is missing or wrong, or a ciphertext was changed."""


class ServiceError(FarolaError):
    """A private PostgreSQL or Redis could not be started or stopped."""
