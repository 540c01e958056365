"""Heads of the trail, signed and kept outside the database: nothing before the last one can be cut off unseen.

A head is a file of its own, named by its sequence, written once and never changed. Copy the folder
to where nobody of the database can write.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from backend.domain.receipts import base64url
from backend.errors import InvalidInput
from backend.store.filing import decoded
from backend.store.trail import Head

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

# Signed in front of every statement, so that a signature made for one use fits no other.
_PURPOSE = b"farola trail head 1\n"
_CUT = b"farola trail cut 1\n"
_CUTS = "cuts"
_DIGITS = 12


@dataclass(frozen=True)
class Noted:
    """The heads of one city whose signature fits, oldest first, and the names of files whose does not."""

    heads: tuple[Head, ...]
    forged: tuple[str, ...]
    cuts: tuple[Head, ...] = ()


def _message(purpose: bytes, statement: Mapping[str, Any]) -> bytes:
    canonical = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return purpose + canonical.encode()


def public_key(seed: bytes) -> str:
    """Return the key that heads are checked with, in base64url."""
    return base64url(bytes(SigningKey(seed).verify_key))


def keep(folder: Path, seed: bytes, city_id: str, head: Head, at: datetime) -> bool:
    """Sign a head and write it down, once; say whether it was new."""
    path = _place(folder / city_id, head)
    if head.sequence == 0 or path.exists():
        return False
    return _write(path, _signed(_PURPOSE, seed, _statement(city_id, head, at)))


def keep_cut(folder: Path, seed: bytes, city_id: str, head: Head, at: datetime) -> bool:
    """Sign that a chain may begin after this entry: what came before was removed on its day."""
    path = _place(folder / city_id / _CUTS, head)
    return not path.exists() and _write(path, _signed(_CUT, seed, _statement(city_id, head, at)))


def _place(folder: Path, head: Head) -> Path:
    return folder / f"{head.sequence:0{_DIGITS}d}.json"


def _statement(city_id: str, head: Head, at: datetime) -> dict[str, str | int]:
    return {
        "city": city_id,
        "sequence": head.sequence,
        "digest": head.digest.hex(),
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
    }


def _signed(purpose: bytes, seed: bytes, statement: Mapping[str, str | int]) -> str:
    signature = base64url(SigningKey(seed).sign(_message(purpose, statement)).signature)
    return json.dumps({"statement": statement, "signature": signature})


def _write(path: Path, told: str) -> bool:
    """Write a file whole or not at all, and never over another."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    fresh = path.with_suffix(f".{os.getpid()}")
    with fresh.open("w", encoding="ascii") as file:
        file.write(told)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        return False
    finally:
        fresh.unlink()
    return True


def kept(folder: Path, trusted: str, city_id: str) -> Noted:
    """Return the heads of a city that were signed with a key one trusts.

    Raises:
        InvalidInput: the key is none.
    """
    key = _verifier(trusted)
    heads, forged = _all(folder / city_id, _PURPOSE, key, city_id)
    cuts, forged_cuts = _all(folder / city_id / _CUTS, _CUT, key, city_id)
    return Noted(heads, (*forged, *(f"{_CUTS}/{name}" for name in forged_cuts)), cuts)


def _all(
    folder: Path, purpose: bytes, key: VerifyKey, city_id: str
) -> tuple[tuple[Head, ...], tuple[str, ...]]:
    """Return what was signed for a purpose, by sequence, and the names of files whose signature does not fit."""
    read = {path.name: _read(path, purpose, key, city_id) for path in sorted(folder.glob("*.json"))}
    heads = [head for head in read.values() if head is not None]
    forged = tuple(name for name, head in read.items() if head is None)
    return tuple(sorted(heads, key=lambda one: one.sequence)), forged


def _verifier(trusted: str) -> VerifyKey:
    try:
        return VerifyKey(decoded(trusted))
    except (ValueError, TypeError) as wrong:
        raise InvalidInput("A key of the trail's heads is 32 bytes in base64url.") from wrong


def _read(path: Path, purpose: bytes, key: VerifyKey, city_id: str) -> Head | None:
    """Return the head in a file; None when it is not what was signed for this city and place."""
    try:
        told = json.loads(path.read_text(encoding="ascii"))
        statement = told["statement"]
        key.verify(_message(purpose, statement), decoded(told["signature"]))
        head = Head(int(statement["sequence"]), bytes.fromhex(statement["digest"]))
        own = statement["city"] == city_id and int(path.stem) == head.sequence
    except (OSError, ValueError, KeyError, TypeError, InvalidInput, BadSignatureError):
        return None
    return head if own else None
