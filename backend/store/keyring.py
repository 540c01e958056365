"""The cities' monthly private keys, kept as files that the residents' process never has."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nacl.public import PrivateKey

from backend.errors import SealError
from backend.store.seals import unwrap

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def _write_new(path: Path, key: bytes) -> bool:
    """Write a key file that must not be there yet; say whether it was written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return True


def public_of(private: bytes) -> bytes:
    """Return the public half of a private key."""
    return bytes(PrivateKey(private).public_key)


class KeyRing:
    """Opens what was sealed to a city, as long as the month's private key exists."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, city_id: str, month: str) -> Path:
        return self._folder / city_id / f"{month}.key"

    def make(self, city_id: str, month: str) -> bytes:
        """Make the private key of a month unless it is there; return its public key."""
        path = self._path(city_id, month)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = PrivateKey.generate()
        if not _write_new(path, bytes(made)):
            made = PrivateKey(self._private(city_id, month))
        return bytes(made.public_key)

    def every(self) -> dict[str, bytes]:
        """Return all private keys that are here, by `city/month`.

        Raises:
            SealError: the folder is missing, or a file cannot be read or is no key.
        """
        if not self._folder.is_dir():
            raise SealError(f"The folder of private keys is not here: {self._folder}.")
        named = (path.relative_to(self._folder).with_suffix("") for path in self._folder.glob("*/*.key"))
        return {str(name): self._private(name.parent.name, name.name) for name in sorted(named)}

    def put_back(self, keys: Mapping[str, bytes]) -> list[str]:
        """Write private keys that are missing here; return their names.

        Raises:
            SealError: another key stands under the same name; nothing was written then.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        here = self.every()
        other = [name for name, key in keys.items() if here.get(name, key) != key]
        if other:
            raise SealError(f"Another private key is already here for {', '.join(other)}.")
        return [name for name, key in keys.items() if self._put(name, key)]

    def _put(self, name: str, key: bytes) -> bool:
        city_id, _, month = name.partition("/")
        path = self._path(city_id, month)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _write_new(path, key)

    def _private(self, city_id: str, month: str) -> bytes:
        try:
            key = self._path(city_id, month).read_bytes()
        except OSError as missing:
            raise SealError(
                f"The private key of {city_id} for {month} is not here or unreadable."
            ) from missing
        if len(key) != PrivateKey.SIZE:
            raise SealError(f"The private key file of {city_id} for {month} is damaged.")
        return key

    def months(self, city_id: str) -> list[str]:
        """Return the months whose private key is here, oldest first."""
        return sorted(path.stem for path in (self._folder / city_id).glob("*.key"))

    def destroy(self, city_id: str, month: str) -> None:
        """Write over the private key of a month and remove it: nothing it could open can be opened again.

        On disks that write elsewhere instead of over, the disk's own encryption has to help.
        """
        path = self._path(city_id, month)
        with path.open("r+b") as file:
            file.write(os.urandom(PrivateKey.SIZE))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()

    def unwrap(self, city_id: str, month: str, wrapped: bytes) -> bytes:
        """Return a content key.

        Raises:
            SealError: the month's private key is missing, damaged or not the right one.
        """
        return unwrap(wrapped, self._private(city_id, month))
