"""The receipt a resident keeps: 128 random bits, how they are written down and what is derived from them.

Written as 26 symbols of Crockford's base 32 and one check symbol (the number modulo 37,
https://www.crockford.com/base32.html), which finds every single wrong symbol and every
swap of two neighbours. The bits themselves never leave the phone; the server is shown
only what HKDF-SHA256 (RFC 5869) derives from them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from backend.errors import InvalidInput

SECRET_BYTES = 16
SYMBOLS = 26
RECEIPT_INFO = b"farola receipt"
REPLY_INFO = b"farola reply"
# One sentence for wrong, unknown, withdrawn and another city's receipts: they must not be told apart.
UNKNOWN = "No report belongs to this receipt here."

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKS = _ALPHABET + "*~$=U"
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


def encode(secret: bytes) -> str:
    """Return the 27 symbols that stand for 16 bytes, check symbol last."""
    number = int.from_bytes(secret, "big")
    symbols = (_ALPHABET[number >> 5 * place & 31] for place in reversed(range(SYMBOLS)))
    return "".join(symbols) + check_symbol(secret)


def check_symbol(secret: bytes) -> str:
    """Return the symbol that says whether the others were copied right."""
    return _CHECKS[int.from_bytes(secret, "big") % len(_CHECKS)]


def grouped(symbols: str) -> str:
    """Return symbols in fours, easier to read aloud and to copy."""
    return "-".join(symbols[at : at + 4] for at in range(0, len(symbols), 4))


def decode(written: str) -> bytes:
    """Return the 16 bytes behind what somebody typed; case, spaces, hyphens and look-alikes are forgiven.

    Raises:
        InvalidInput: it is not a receipt, or it was copied wrong.
    """
    symbols = written.upper().translate(_LOOKALIKES)
    body, check = symbols[:-1], symbols[-1:]
    # The length first: what somebody types may be as long as an address.
    number = _number(body) if len(body) == SYMBOLS else None
    if number is None or number >> 8 * SECRET_BYTES:
        raise InvalidInput(f"A receipt has {SYMBOLS} symbols and a check symbol.", field="receipt")
    secret = number.to_bytes(SECRET_BYTES, "big")
    if check != check_symbol(secret):
        raise InvalidInput("The receipt was copied wrong: its check symbol does not fit.", field="receipt")
    return secret


def _number(body: str) -> int | None:
    number = 0
    for symbol in body:
        value = _ALPHABET.find(symbol)
        if value < 0:
            return None
        number = number << 5 | value
    return number


def derive(secret: bytes, info: bytes) -> bytes:
    """Return 32 bytes by HKDF-SHA256 with an empty salt; `info` says what they are for."""
    extracted = hmac.digest(bytes(hashlib.sha256().digest_size), secret, hashlib.sha256)
    return hmac.digest(extracted, info + b"\x01", hashlib.sha256)


def shown_to_server(secret: bytes) -> str:
    """Return the receipt as requests carry it: 43 characters of base64url without padding."""
    return base64url(derive(secret, RECEIPT_INFO))


def base64url(raw: bytes) -> str:
    """Return bytes as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
