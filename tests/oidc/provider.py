"""A real OpenID provider in a process of its own, and a person's browser that goes there and back."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from backend.store.queries import find_city
from tests.support import ROOT

LONG = 30


@contextmanager
def running_provider() -> Iterator[str]:
    """Run the provider; its issuer."""
    node = shutil.which("node") or str(ROOT / ".venv" / ".node" / "bin" / "node")
    program = ROOT / "tests" / "oidc" / "provider.mjs"
    child = subprocess.Popen(
        [node, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield json.loads(child.stdout.readline())["issuer"]
    finally:
        child.stdin.close()
        child.wait(LONG)
        child.stdout.close()


def register(issuer: str, back: str, *, secret: bool = False, alg: str = "RS256") -> dict[str, Any]:
    """Register us at the provider, as its operator would; what it says of its new client."""
    told = {
        "redirect_uris": [back],
        "application_type": "native",
        "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
        "id_token_signed_response_alg": alg,
        "scope": "openid badge",
    }
    answer = httpx.post(f"{issuer}/reg", json=told, timeout=LONG)
    assert answer.status_code == 201, answer.text
    return answer.json()


def tell_city(works, city: str, issuer: str, client_id: str, **more: Any) -> None:
    """Write into a city what its file would say of its provider."""
    told = {"issuer": issuer, "client_id": client_id, "name": "City card"} | more
    with works["owner"].open(city) as work:
        find_city(work.session, city).policy = {"staff": {"oidc": told}}


def part(address: str, name: str) -> str:
    """One parameter of an address."""
    return parse_qs(urlsplit(address).query)[name][0]


@dataclass
class Person:
    """Somebody with a browser, at the staff's door of a city."""

    door: str
    city: str

    def __post_init__(self) -> None:
        self.browser = httpx.Client(timeout=LONG, follow_redirects=False)
        self.review = f"{self.door}/v1/cities/{self.city}/review"

    def close(self) -> None:
        self.browser.close()

    def leaves(self, lang: str = "es") -> str:
        """Press the button; the address at the provider."""
        answer = self.browser.get(f"{self.review}/oidc", params={"lang": lang})
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def logs_in_there(self, address: str, subject: str) -> str:
        """Type a name at the provider and agree; the address that leads back to us, not yet opened."""
        answer = self.browser.get(address)
        for _ in range(12):
            if answer.is_redirect:
                address = urljoin(str(answer.url), answer.headers["Location"])
                if address.startswith(self.door):
                    return address
                answer = self.browser.get(address)
                continue
            assert answer.status_code == 200, answer.text
            target = unescape(re.search(r'<form[^>]* action="([^"]+)"', answer.text)[1])
            kind = re.search(r'name="prompt" value="([a-z]+)"', answer.text)[1]
            told = {"prompt": kind, "login": subject, "password": "anything"}
            answer = self.browser.post(urljoin(str(answer.url), target), data=told)
        raise AssertionError(f"The provider never led back: {answer.text[:400]}")

    def comes_back(self, address: str) -> str:
        """Open the address that leads back; where we lead to from there."""
        answer = self.browser.get(address)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def account(self) -> str | None:
        """The pseudonym of who is logged in here."""
        answer = self.browser.get(f"{self.review}/session")
        return answer.json()["account"]["pseudonym"] if answer.status_code == 200 else None
