"""An OpenID provider that says whatever a test lets it say: wrong, late, too much, or nothing."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

CLIENT = "farola"


def _key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


@dataclass
class Liar:
    """What it is asked is counted; what it answers can be changed at any time."""

    issuer: str = ""
    key: ECKey = field(default_factory=lambda: _key("first"))
    asked: Counter[str] = field(default_factory=Counter)
    described: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    # An answer of its own at a path, instead of what belongs there.
    instead: dict[str, Response] = field(default_factory=dict)
    signing: Any = None

    def new_key(self, kid: str = "second") -> None:
        self.key = _key(kid)

    def id_token(self) -> str:
        now = int(time.time())
        told = {"iss": self.issuer, "aud": CLIENT, "sub": "mara", "iat": now, "exp": now + 60} | self.claims
        told = {name: value for name, value in told.items() if value is not None}
        header = {"alg": "ES256", "kid": self.key.kid} | self.header
        if header["alg"] == "none":
            signed = jwt.encode({"alg": "ES256"}, told, self.key).split(".")
            return f"eyJhbGciOiJub25lIn0.{signed[1]}."
        return jwt.encode(header, told, self.signing or self.key)

    def sign_with_what_everybody_knows(self) -> None:
        self.header = {"alg": "HS256"}
        self.signing = OctKey.import_key(CLIENT * 8)

    def __call__(self, environ, start_response):
        path = Request(environ).path
        self.asked[path] += 1
        answer = self.instead.get(path) or Response(
            json.dumps(self._answer(path)), mimetype="application/json"
        )
        return answer(environ, start_response)

    def _answer(self, path: str) -> dict[str, Any]:
        if path == "/jwks":
            return {"keys": [self.key.as_dict(private=False)]}
        if path == "/token":
            return {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token()}
        ends = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "jwks"}
        own = {name: f"{self.issuer}/{end}" for name, end in ends.items()}
        return {"issuer": self.issuer} | own | self.described


@contextmanager
def lying() -> Iterator[Liar]:
    """Run one."""
    liar = Liar()
    server = make_server("127.0.0.1", 0, liar, threaded=True)
    server.log = lambda *_: None
    liar.issuer = f"http://127.0.0.1:{server.port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
