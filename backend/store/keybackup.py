"""A backup of the private keys that no single person can open: any two of three shares open it.

The keys are sealed under a random 256-bit key; that key is split by SLIP-39 (SatoshiLabs
Improvement Proposal 39, Shamir's secret sharing over words that can be written down) and
is kept nowhere else.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nacl.exceptions import CryptoError
from nacl.secret import Aead
from nacl.utils import random
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.share import Share

from backend.errors import SealError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NEEDED = 2
SHARES = 3
_FORM = "farola keys 2"
_WITHOUT_NAMES = (
    "farola keys 1"  # of the release before: its holders are known by the numbers of their shares
)


@dataclass(frozen=True)
class Restored:
    """What a backup held, and who brought the shares that opened it, as they were named when it was made."""

    keys: dict[str, bytes]
    holders: list[str]


def back_up(keys: Mapping[str, bytes], holders: Sequence[str] = ("1", "2", "3")) -> tuple[bytes, list[str]]:
    """Seal private keys by name; `holders` are codes of the people who get the shares, in their order.

    Returns:
        The backup, and the shares as words, each to be given to its holder.

    Raises:
        SealError: the holders are not three different ones.
    """
    if len(set(holders)) != SHARES or len(holders) != SHARES:
        raise SealError(f"{SHARES} different people have to hold the shares.")
    secret = random(Aead.KEY_SIZE)
    named = {name: base64.b64encode(key).decode() for name, key in sorted(keys.items())}
    told = {"keys": named, "holders": list(holders)}
    sealed = Aead(secret).encrypt(json.dumps(told).encode(), _FORM.encode())
    document = {"form": _FORM, "sealed": base64.b64encode(bytes(sealed)).decode()}
    [shares] = generate_mnemonics(1, [(NEEDED, SHARES)], secret)
    return json.dumps(document).encode(), shares


def restore(backup: bytes, shares: Iterable[str]) -> dict[str, bytes]:
    """Return the private keys of a backup by name; errors as of `open_backup`."""
    return open_backup(backup, shares).keys


def open_backup(backup: bytes, shares: Iterable[str]) -> Restored:
    """Open a backup with the shares of two people.

    Raises:
        SealError: too few shares, shares of another backup, or a file that is not one or was changed.
    """
    words = [" ".join(share.split()) for share in shares]
    try:
        secret = combine_mnemonics(words)
        numbers = [Share.from_mnemonic(share).index for share in words]
    except (MnemonicError, ValueError) as wrong:
        raise SealError(
            f"These shares open nothing: {NEEDED} different ones of one backup are needed."
        ) from wrong
    form, sealed = _sealed(backup)
    try:
        told: dict[str, Any] = json.loads(Aead(secret).decrypt(sealed, form.encode()))
    except (CryptoError, ValueError) as wrong:
        raise SealError("These shares are of another backup, or the file was changed.") from wrong
    if form == _WITHOUT_NAMES:
        told = {"keys": told, "holders": ["1", "2", "3"]}
    keys = {name: base64.b64decode(key) for name, key in told["keys"].items()}
    return Restored(keys, sorted(told["holders"][number] for number in numbers))


def _sealed(backup: bytes) -> tuple[str, bytes]:
    try:
        told = json.loads(backup)
        form, sealed = told["form"], base64.b64decode(told["sealed"], validate=True)
    except (ValueError, KeyError, TypeError) as wrong:
        raise SealError("This file is no backup of keys.") from wrong
    if form not in (_FORM, _WITHOUT_NAMES):
        raise SealError("This file is no backup of keys that this release knows.")
    return form, sealed
