"""Who and where a resident is on the network is kept nowhere: canaries through every way in, then a search of all bytes."""

from __future__ import annotations

import json
import secrets
import socket
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from backend.cli.phone import solved
from backend.domain import receipts
from tests.river.search import forms_of, kept_in, planting
from tests.river.stack import River, Town

pytestmark = pytest.mark.river

FROM = "127.0.0.93"  # where these phones ask from
DOCUMENTS = ("residents", "publication")
PAGES = ("/", "/map", "/healthz", "/readyz", "/metrics", "/privacy", "/manifest.webmanifest")
TUS = {"Tus-Resumable": "1.0.0"}


@dataclass
class Prober:
    """Sends requests each of which carries the canary in all that could tell who is asking."""

    river: River
    town: Town
    needle: str = field(default_factory=lambda: f"cnry{secrets.token_hex(6)}")
    sent: int = 0
    answered: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        one, two = (secrets.token_hex(2) for _ in range(2))
        self.network = f"2001:db8:{one}:{two}"
        # A body that was not read to its end closes a connection: each request has one of its own.
        alone = httpx.Limits(max_keepalive_connections=0)
        transport = httpx.HTTPTransport(local_address=FROM, limits=alone)
        self.client = httpx.Client(base_url=self.river.url, transport=transport, timeout=60)

    def canaries(self) -> dict[str, str]:
        self.sent += 1
        address = f"{self.network}::{self.sent:x}"
        named = f"{self.needle}-{self.sent:06d}"
        return {
            "User-Agent": f"{named}-agent",
            "X-Forwarded-For": f"{address}, {address}",
            "Forwarded": f'for="[{address}]";host={named}.example',
            "X-Real-IP": address,
            "X-Client-IP": address,
            "X-Device-Id": named,
            "X-Request-Id": named,
            "X-Requested-With": named,
            "Cookie": f"id={named}; farola_session={named}",
            "Referer": f"https://{named}.example/{named}",
            "From": f"{named}@example.org",
            "If-None-Match": f'"{named}"',
            "Idempotency-Key": f'"{named}"',
        }

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        answer = self.client.request(method, path, headers=self.canaries() | (dict(headers or {})), **more)
        self.answered[answer.status_code] += 1
        return answer

    def proof(self) -> dict[str, str]:
        challenge = self.ask("GET", f"/v1/cities/{self.town.id}/challenge").json()
        return {"Altcha": solved(challenge)}

    def everywhere(self) -> None:
        """Every operation of the residents' door, in each way in which it can be misused."""
        for document in DOCUMENTS:
            told = self.ask("GET", f"/openapi/{document}.json").json()
            for path, item in told["paths"].items():
                for method in item.keys() - {"parameters"}:
                    self._misuse(method.upper(), path)
        for path in (*PAGES, "/open311/discovery.json", "/open311/v2/services.xml", f"/{self.needle}"):
            self._misuse("GET", path)

    def _misuse(self, method: str, path: str) -> None:
        parts = {"city": self.town.id, "layer": "map", "period": "latest", "z": "13", "x": "0", "y": "0"}
        here, nowhere = path, path
        for name in (part.split("}")[0] for part in path.split("{")[1:]):
            here = here.replace(f"{{{name}}}", parts.get(name, "00000000-0000-4000-8000-000000000000"))
            nowhere = nowhere.replace(f"{{{name}}}", self.needle)
        body = json.dumps({self.needle: self.needle, "text": self.needle})
        unknown = {"Authorization": f"Receipt {self.needle}"}
        as_json = {"Content-Type": "application/json"}
        self.ask(method, here, TUS)
        self.ask(method, here, unknown | TUS)
        self.ask(method, nowhere)
        self.ask(method, f"{here}?{self.needle}={self.needle}")
        self.ask("PROPFIND", here)
        self.ask(method, here, as_json, content=body)
        self.ask(method, here, as_json, content=body[:-1])
        self.ask(method, here, as_json, content=self.needle * 5_000)
        self.ask(method, here, {"Content-Type": f"text/{self.needle}"}, content=self.needle)
        self.ask(method, here, {"Authorization": f"Importer {self.needle}"} | as_json, content=body)

    def no_http(self) -> None:
        """What is hardly HTTP, or ends in the middle."""
        for told in (
            f"GET /{self.needle} HTTP/9.9\r\n\r\n",
            f"{self.needle}\r\n\r\n",
            f"GET / HTTP/1.1\r\nHost: {self.needle}\r\n{self.needle}\r\n\r\n",
            f"POST /v1/cities/{self.town.id}/reports HTTP/1.1\r\nHost: x\r\nUser-Agent: {self.needle}\r\n"
            "Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n"
            + json.dumps({self.needle: 1})[:-1],
        ):
            with socket.create_connection(("127.0.0.1", self.river.port), source_address=(FROM, 0)) as raw:
                raw.sendall(told.encode())
                raw.shutdown(socket.SHUT_WR)
                raw.settimeout(60)
                while raw.recv(4096):
                    pass


@pytest.fixture
def prober(river, town):
    made = Prober(river, town)
    yield made
    made.client.close()


def _hand_in(prober, town, photo):
    """A whole report with a photo, its retries and conflicts, by phone; the key says the canary too."""
    report = town.draft(f"A man called {prober.needle} followed me.", photo)
    place = f"/v1/cities/{town.id}"
    key = {"Idempotency-Key": f'"{prober.needle}-whole-key"'}
    other = {"Idempotency-Key": f'"{prober.needle}-other-key"'}
    taken = prober.ask("POST", f"{place}/reports", key | prober.proof(), json=report.wire())
    assert taken.status_code == 201, taken.text
    assert prober.ask("POST", f"{place}/reports", key | prober.proof(), json=report.wire()).status_code == 201
    changed = report.wire() | {"daypart": "evening"}
    assert prober.ask("POST", f"{place}/reports", key | prober.proof(), json=changed).status_code == 422
    assert (
        prober.ask("POST", f"{place}/reports", other | prober.proof(), json=report.wire()).status_code == 409
    )
    holder = {"Authorization": f"Receipt {receipts.shown_to_server(report.secret)}"}
    _upload(prober, place, taken.json()["id"], report, holder)
    return holder


def _upload(prober, place, report_id, report, holder):
    content = report.photos[0].content
    told = {"report": report_id, "name": "1", "filename": f"{prober.needle}.jpg", "device": prober.needle}
    metadata = ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in told.items())
    made = prober.ask(
        "POST",
        f"{place}/uploads",
        holder | TUS | {"Upload-Length": str(len(content)), "Upload-Metadata": metadata},
    )
    assert made.status_code == 201, made.text
    bytes_of_it = TUS | holder | {"Content-Type": "application/offset+octet-stream"}
    upload = made.headers["Location"]
    assert (
        prober.ask("PATCH", upload, bytes_of_it | {"Upload-Offset": "7"}, content=content).status_code == 409
    )
    assert prober.ask("HEAD", upload, TUS | holder).status_code in {200, 204}
    done = prober.ask("PATCH", upload, bytes_of_it | {"Upload-Offset": "0"}, content=content)
    assert done.status_code == 204


def _by_open311(prober, town):
    """The same through the other door, with all that it asks about a person."""
    told = {
        "jurisdiction_id": town.id,
        "api_key": town.importer,
        "service_code": "badly_lit",
        "lat": "41.3851",
        "long": "2.1734",
        "attribute[daypart]": "night",
        "description": f"{prober.needle} was here.",
        "media_url": f"https://{prober.needle}.example/a.jpg",
    }
    who = ("email", "phone", "first_name", "last_name", "device_id", "account_id", "address_string")
    who_it_is = {name: f"{prober.needle}-{name}" for name in who}
    address = "/open311/v2/requests.json"
    taken = prober.ask("POST", address, data=told | who_it_is)
    assert taken.status_code == 200, taken.text
    token = taken.json()[0]["token"]
    assert prober.ask("GET", f"/open311/v2/tokens/{token}.xml?jurisdiction_id={town.id}").status_code == 200
    assert prober.ask("POST", address, data=told | who_it_is | {"lat": prober.needle}).status_code == 400
    assert prober.ask("POST", address, data=told | {"api_key": prober.needle}).status_code == 403
    picture = {"media": (f"{prober.needle}.jpg", b"no picture")}
    assert prober.ask("POST", address, data=told | who_it_is, files=picture).status_code == 400


def _with_parts_missing(prober, river, town, holder):
    """Answers of a door whose database lacks a function, and of one that has no database."""
    place = f"/v1/cities/{town.id}/receipt"
    rename = "alter function farola.{}(bytea) rename to {}"
    with psycopg.connect(river.postgres.url, autocommit=True) as connection:
        connection.execute(rename.format("receipt_status", "receipt_status_away"))
        try:
            assert prober.ask("GET", place, holder).status_code == 500
        finally:
            connection.execute(rename.format("receipt_status_away", "receipt_status"))
    river.postgres.kill()
    try:
        assert prober.ask("GET", place, holder).status_code == 503
    finally:
        river.start_server(river.postgres)


def test_nothing_tells_who_was_asking(river, town, photo, prober):
    prober.everywhere()
    prober.no_http()
    holder = _hand_in(prober, town, photo)
    _by_open311(prober, town)
    town.settle()
    _with_parts_missing(prober, river, town, holder)
    assert prober.ask("DELETE", f"/v1/cities/{town.id}/receipt", holder).status_code == 204
    assert prober.sent >= 200
    assert {200, 201, 204, 400, 401, 403, 404, 405, 409, 413, 415, 422, 500, 503} <= set(prober.answered)
    for needle in (prober.needle, prober.network, FROM):
        assert kept_in(river, needle) == set(), needle


@pytest.fixture
def planted(river):
    with planting(river) as told:
        yield told


def test_the_search_finds_what_is_planted(river, planted):
    needle, files = planted
    found = kept_in(river, needle)
    assert set(files) <= found
    assert "redis" in found
    assert str(river.redis.folder / "dump.rdb") in found
    for part in ("base", "pg_wal"):
        assert any(Path(path).is_relative_to(river.postgres.folder / part) for path in found), part


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_a_text_is_found_wherever_it_lies_in_base64(before):
    written = b64encode(f"{before}canary-of-a-test and more".encode())
    assert any(form in written for form in forms_of("canary-of-a-test"))
