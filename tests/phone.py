"""A resident's phone in tests: a receipt, the keys that follow from it, and what opens with them."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from nacl.public import PrivateKey, SealedBox

from backend.domain.receipts import RECEIPT_INFO, REPLY_INFO, base64url, derive
from tests.support import post_report


@dataclass
class Phone:
    """Asks the door of one city as the holder of one receipt."""

    client: Any
    city: str
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def receipt(self) -> bytes:
        return derive(self.secret, RECEIPT_INFO)

    @property
    def private(self) -> PrivateKey:
        return PrivateKey(derive(self.secret, REPLY_INFO))

    def reports(self, told: dict[str, Any], *, silent: bool = False) -> Any:
        """Hand a report in with the keys of this phone; a silent one leaves no reply_key."""
        key = None if silent else base64url(bytes(self.private.public_key))
        sent = told | {"receipt": base64url(self.receipt), "reply_key": key}
        answer = post_report(self.client, self.city, {k: v for k, v in sent.items() if v is not None})
        assert answer.status_code == 201, answer.text
        return answer.json

    def ask(self, method: str, part: str = "", **more: Any) -> Any:
        headers = {"Authorization": f"Receipt {base64url(self.receipt)}"} | more.pop("headers", {})
        path = f"/v1/cities/{self.city}/receipt{part}"
        return self.client.open(path, method=method, headers=headers, **more)

    def says(self, text: str, key: str | None = None) -> Any:
        """Send a message to the moderators."""
        return self.ask(
            "POST", "/messages", json={"text": text}, headers={"Idempotency-Key": f'"{key or uuid4()}"'}
        )

    def opens(self, sealed: str) -> bytes:
        """Open a sealed box and take its padding away."""
        raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        padded = SealedBox(self.private).decrypt(raw)
        return padded[: padded.rindex(b"\x80")]
