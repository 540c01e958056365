"""A security key in software (WebAuthn, ES256, no attestation), which can be told to lie."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One key; it counts its signatures unless `counts` is false, as passkeys do that are copied between devices."""

    counts: bool = True
    count: int = 0
    id: bytes = field(default_factory=lambda: os.urandom(32))
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def _cose(self) -> bytes:
        point = self.private.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _data(self, site: str, flags: int, more: bytes = b"") -> bytes:
        if self.counts:
            self.count += 1
        return hashlib.sha256(site.encode()).digest() + struct.pack(">BI", flags, self.count) + more

    def create(self, options: dict[str, Any], origin: str, /, **lies: Any) -> dict[str, str]:
        """Answer to `navigator.credentials.create`, as the door takes it."""
        client = _client("webauthn.create", options, origin, lies)
        named = b"\0" * 16 + struct.pack(">H", len(self.id)) + self.id + self._cose()
        data = self._data(lies.get("site", options["rp"]["id"]), lies.get("flags", PRESENT | NEW), named)
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return {"credential_id": b64(self.id), "client_data": b64(client), "attestation": b64(made)}

    def get(self, options: dict[str, Any], origin: str, /, **lies: Any) -> dict[str, str]:
        """Answer to `navigator.credentials.get`, as the door takes it."""
        client = _client("webauthn.get", options, origin, lies)
        data = self._data(lies.get("site", options["rpId"]), lies.get("flags", PRESENT))
        signed = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        parts = {"client_data": client, "authenticator_data": data, "signature": signed}
        return {"credential_id": b64(self.id)} | {name: b64(part) for name, part in parts.items()}


def _client(kind: str, options: dict[str, Any], origin: str, lies: dict[str, Any]) -> bytes:
    told = {
        "type": lies.get("kind", kind),
        "challenge": lies.get("challenge", options["challenge"]),
        "origin": lies.get("origin", origin),
        "crossOrigin": False,
    }
    return json.dumps(told).encode()
