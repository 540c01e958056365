"""Secrets of one installation, each in a file of its own that only its user can read."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def secret_of(path: Path) -> bytes:
    """Return the 32 random bytes kept in a file, making them at the first call.

    Two processes that start together end up with the same bytes: the file is linked
    into place only if it is not there yet.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()


def receipt_hash(pepper: bytes, city_id: str, receipt: bytes) -> bytes:
    """Return the keyed hash under which a receipt is stored; unique to the city."""
    return keyed_hash(pepper, "receipt", city_id, receipt)


def keyed_hash(key: bytes, purpose: str, *parts: str | bytes) -> bytes:
    """Return HMAC-SHA-256 over a purpose and length-prefixed parts.

    The purpose keeps hashes made for one use from being looked up in another.
    """
    told = purpose.encode()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        told += len(data).to_bytes(8, "big") + data
    return hmac.digest(key, told, hashlib.sha256)
