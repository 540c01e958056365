"""Who is asking, on the residents' door: the holder of a receipt, or a known importer."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from flask import request
from sqlalchemy import text

from backend.api.services import services
from backend.errors import Unauthenticated
from backend.steps.accounts import importer_hash

if TYPE_CHECKING:
    from backend.store.work import Work

_RECEIPT_BYTES = 32
_LONGEST = 200


def _credential(scheme: str) -> str | None:
    """Return what the Authorization header holds under a scheme; no secret is ever in an address."""
    told, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if told.lower() == scheme and len(value) <= _LONGEST else None


def receipt() -> bytes:
    """Return the receipt that came with the request.

    Raises:
        Unauthenticated: there is none, or it is not 32 bytes in base64url.
    """
    told = _credential("receipt") or ""
    try:
        secret = base64.b64decode(told + "=" * (-len(told) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != _RECEIPT_BYTES:
        raise Unauthenticated("Send `Authorization: Receipt <base64url>`.", field="Authorization")
    return secret


def is_importer() -> bool:
    """Say whether an importer asks, by a key that `source` has yet to check."""
    return request.headers.get("Authorization", "").partition(" ")[0].lower() == "importer"


def source(work: Work) -> str:
    """Return where a report comes from: `phone`, or `importer` for a known key.

    Raises:
        Unauthenticated: an importer key came along and is not known.
    """
    if not is_importer():
        return "phone"
    key = _credential("importer") or ""
    told = {"key": importer_hash(work, services().pepper, key)}
    if work.session.scalar(text("select importer_of(:key)"), told) is None:
        raise Unauthenticated("This importer key is not known in this city.", field="Authorization")
    return "importer"
