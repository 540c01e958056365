"""Marks of browsers in which somebody has logged in before: signed, kept in the browser alone, stored nowhere here."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from backend.store.secondfactor import slot
from backend.store.secrets import keyed_hash

if TYPE_CHECKING:
    from uuid import UUID


def new_mark(staff_key: bytes, city_id: str, name: str) -> str:
    """Return a mark for a browser in which a name has just logged in; it names nobody to who lacks the key."""
    chosen = secrets.token_urlsafe(16)
    return f"{chosen}.{_signed(staff_key, city_id, name, chosen)}"


def _signed(staff_key: bytes, city_id: str, name: str, chosen: str) -> str:
    return urlsafe_b64encode(keyed_hash(staff_key, "known browser", city_id, name, chosen)).decode()


def log_in_slot(staff_key: bytes, city_id: str, name: str, mark: str) -> bytes:
    """Return under what a try to log in is counted: for a known browser its own, for all others that of the name.

    So whoever tries a name from elsewhere cannot shut out who logs in from where they always do.
    """
    chosen, _, signature = mark.partition(".")
    known = hmac.compare_digest(signature.encode(), _signed(staff_key, city_id, name, chosen).encode())
    return slot(staff_key, "browser" if known else "name", city_id, name, *([chosen] if known else []))


def again_slot(staff_key: bytes, city_id: str, account_id: UUID) -> bytes:
    """Return under what passwords said again are counted: who says one is logged in already."""
    return slot(staff_key, "again", city_id, str(account_id))
