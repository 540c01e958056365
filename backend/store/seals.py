"""Sealing and opening: what is personal is ciphertext before it is stored.

Contents are XChaCha20-Poly1305 under a random 256-bit key; the key is wrapped to the
city's public key of the month in a libsodium sealed box. Whoever holds only public keys
can seal and cannot open. Deleting the wrapped key is the erasure.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

# The bindings copy a message three times; what they are made of can seal it where it lies.
from nacl._sodium import ffi, lib  # type: ignore[import-not-found]
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.utils import random

from backend.errors import SealError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

_NONCE = 24
_KEY = 32
_END = b"\x80"
_KIB = 1024
# Sizes a ciphertext may have, so that its length tells little about what was said.
_CLASSES = (1 * _KIB, 4 * _KIB, 16 * _KIB, 64 * _KIB)


class KeyClass(StrEnum):
    """The keys of one report, apart, so that each can be erased at a time of its own."""

    POINT = "point"
    WORDS = "words"
    PHOTOS = "photos"
    ABOUT_ME = "about_me"
    PUBLIC = "public"


@dataclass(frozen=True)
class Binding:
    """What a ciphertext belongs to; one that was moved elsewhere does not open."""

    report_id: UUID
    field: str
    version: int = 1
    sequence: int = 0

    @property
    def aad(self) -> bytes:
        """The bytes that are authenticated with the ciphertext."""
        return f"{self.report_id}|{self.field}|{self.version}|{self.sequence}".encode()


@dataclass(frozen=True)
class WrappedKey:
    """A content key and its wrap; the content key never leaves the process."""

    key: bytes
    wrapped: bytes


def new_key(public_key: bytes) -> WrappedKey:
    """Return a fresh content key wrapped to a city's public key of the month."""
    key = random(_KEY)
    return WrappedKey(key, SealedBox(PublicKey(public_key)).encrypt(key))


def unwrap(wrapped: bytes, private_key: bytes) -> bytes:
    """Return the content key.

    Raises:
        SealError: the private key is not the one it was wrapped to.
    """
    try:
        return SealedBox(PrivateKey(private_key)).decrypt(wrapped)
    except CryptoError as wrong:
        raise SealError("This private key does not open this report.") from wrong


def seal(key: bytes, binding: Binding, content: bytes) -> bytes:
    """Return nonce and ciphertext of the padded content."""
    nonce = random(_NONCE)
    return nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(padded(content), binding.aad, nonce, key)


def seal_piece(key: bytes, binding: Binding, contents: Sequence[bytes]) -> bytearray:
    """Return the same of a large content that lies in several places, copied once and sealed where it lies."""
    if len(key) != _KEY:
        raise SealError("This is not a content key.")
    size = size_class(sum(map(len, contents)) + len(_END))
    sealed = bytearray(_NONCE + size + lib.crypto_aead_xchacha20poly1305_ietf_abytes())
    nonce = random(_NONCE)
    at = 0
    for part in (nonce, *contents, _END):
        sealed[at : at + len(part)] = part
        at += len(part)
    lies = ffi.from_buffer(sealed) + _NONCE
    done = lib.crypto_aead_xchacha20poly1305_ietf_encrypt(
        lies, ffi.NULL, lies, size, binding.aad, len(binding.aad), ffi.NULL, nonce, key
    )
    if done != 0:
        raise SealError("A piece could not be sealed.")
    return sealed


def open_sealed(key: bytes, binding: Binding, sealed: bytes) -> bytes:
    """Return the content.

    Raises:
        SealError: wrong key, changed bytes, or a ciphertext bound to something else.
    """
    try:
        padded = crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed[_NONCE:], binding.aad, sealed[:_NONCE], key
        )
    except (CryptoError, ValueError) as wrong:
        raise SealError("A sealed field does not open: wrong key or changed bytes.") from wrong
    return padded[: padded.rindex(b"\x80")]


def size_class(size: int) -> int:
    """Return the least size a ciphertext's content may have that holds so many bytes."""
    return next((c for c in _CLASSES if size <= c), -(-size // _CLASSES[-1]) * _CLASSES[-1])


def padded(content: bytes) -> bytes:
    """Return a content with an end mark, filled up to a size class."""
    return (content + _END).ljust(size_class(len(content) + len(_END)), b"\0")
