"""What is sealed to the phone that reported: nobody here can open it, the operator included."""

from __future__ import annotations

from nacl.exceptions import CryptoError
from nacl.public import PublicKey, SealedBox

from backend.errors import UnprocessableInput
from backend.store.seals import padded


def seal_reply(reply_key: bytes, plaintext: bytes) -> bytes:
    """Return a libsodium sealed box over the padded text.

    Padded as sealed fields are: one byte 0x80, then zeros up to a size class. The phone
    opens it with the X25519 private key HKDF(R, "farola reply").

    Raises:
        UnprocessableInput: the key is one of the few points that give no secret.
    """
    try:
        return SealedBox(PublicKey(reply_key)).encrypt(padded(plaintext))
    except CryptoError as weak:
        raise UnprocessableInput("Nothing can be sealed to this key.", field="reply_key") from weak
