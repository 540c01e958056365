"""What tests share: a clock that moves when told, a rectangular city, a report as intake takes it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from backend.cli.phone import solved
from backend.config import Settings
from backend.store.database import as_psycopg

ROOT = Path(__file__).parents[1]
START = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday in the middle of a quarter


@dataclass
class FakeClock:
    """A clock that moves only when told."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@contextmanager
def fresh_database(services: Settings, name: str) -> Iterator[str]:
    """An empty database in the tests' cluster, dropped at the end."""
    url = make_url(services.owner_url)
    engine = create_engine(as_psycopg(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'create database "{name}"'))
    yield url.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f'drop database "{name}" with (force)'))
    engine.dispose()


def environment(settings: Settings) -> dict[str, str]:
    """The environment a child process needs to run with these settings."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("FAROLA_")},
        "FAROLA_STATE_DIR": str(settings.state_dir),
        "DATABASE_URL": settings.owner_url,
        "REDIS_URL": settings.redis,
        "FAROLA_LOGINS_FILE": str(settings.logins_file),
        "FAROLA_CLOCK_FILE": str(settings.clock_file),
        "FAROLA_PROOF_COST": str(settings.proof_cost),
        "FAROLA_PROOF_ZEROS": str(settings.proof_zeros),
    }


WEST, SOUTH, EAST, NORTH = 2.05, 41.32, 2.23, 41.47


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A GeoJSON rectangle."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def described_city(city_id: str, **changes: Any) -> dict[str, Any]:
    """A rectangular city of four areas, in the form `farola city add` reads."""
    middle_x, middle_y = (WEST + EAST) / 2, (SOUTH + NORTH) / 2
    squares = {
        "sw": square(WEST, SOUTH, middle_x, middle_y),
        "se": square(middle_x, SOUTH, EAST, middle_y),
        "nw": square(WEST, middle_y, middle_x, NORTH),
        "ne": square(middle_x, middle_y, EAST, NORTH),
    }
    told = {
        "id": city_id,
        "name": f"City {city_id}",
        "country": "ES",
        "timezone": "Europe/Madrid",
        "languages": ["en", "es", "ca", "fr", "pt"],
        "started_on": "2026-07-01",
        "boundary": square(WEST, SOUTH, EAST, NORTH),
        "areas": [{"code": code, "name": code.upper(), "geometry": shape} for code, shape in squares.items()],
        "policy": {},
        "help_lines": [{"name": "Emergency", "phone": "112", "for": "emergency"}],
    }
    return told | changes


def told_report(**changes: Any) -> dict[str, Any]:
    """A report as the schema hands it to intake."""
    return {
        "kind": "incident",
        "categories": ["following"],
        "location": {"type": "Point", "coordinates": [2.1734, 41.3851]},
        "accuracy_m": 25.0,
        "occurred_on": START.date(),
        "daypart": "night",
        "text": "A man followed me from the stop to my street.",
        "language": "en",
        "setting": {"place_type": "transport_stop", "transport_mode": "metro"},
        "audit": None,
        "about_me": {"gender": "woman", "age_band": "25-34"},
        "photos": [],
        "receipt": os.urandom(32),
        "reply_key": None,
        "consent_forward": False,
        "contributor": None,
    } | changes


@dataclass
class Told:
    """A report that was handed in, and what the phone knows of it."""

    report: dict[str, Any]
    key: str = field(default_factory=lambda: str(uuid4()))


SAID = "[person] followed me from the stop to my street. It was dark and I ran."


def in_review(
    work: Any,
    report_id: Any,
    *,
    text: str | None = SAID,
    labels: dict[str, float] | None = None,
    words: dict[str, list[str]] | None = None,
    to: str = "in_review",
    **columns: Any,
) -> None:
    """Do to a received report what the workers do, without them; `work` is the workers' own."""
    from backend.domain.workflow import State
    from backend.store.models import Report
    from backend.store.queries import month_key
    from backend.store.sealed import write_sealed

    report = work.session.get_one(Report, (work.city_id, report_id))
    key = month_key(work.session, work.city_id, work.clock.now())
    chips = [{"start": 0, "end": 8, "kind": "person"}] if text and text.startswith("[person]") else []
    setting = {"place_type": "transport_stop", "transport_mode": "metro"}
    public = {} if text is None else {"text": text, "spans": chips, "setting": setting}
    carried = words or {"following": ["followed"]}
    contents = {"public_words": public, "label_words": carried}
    if text is not None or to == State.IN_REVIEW:
        write_sealed(work.session, work.city_id, report_id, key, contents)
    scores = labels or {"following": 0.91, "badly_lit": 0.4}
    report.labels = [{"code": code, "score": score} for code, score in scores.items()]
    for name, value in columns.items():
        setattr(report, name, value)
    if to == State.QUARANTINED:
        work.move(report, State.QUARANTINED)
        return
    work.move(report, State.ANONYMISED)
    work.move(report, State.IN_REVIEW)


def proof(client: Any, city: str) -> dict[str, str]:
    """The header of a proof that is hard enough whatever went on before; none where no challenge is made."""
    answer = client.get(f"/v1/cities/{city}/challenge?level=2")
    return {"Altcha": solved(answer.json)} if answer.status_code == 200 else {}


def post_report(client: Any, city: str, told: Any, **headers: str) -> Any:
    """Post a report (a JSON value, or its bytes) as a phone does: with a key and a solved challenge.

    `headers` are added, or stand in for these two; an importer needs no proof.
    """
    sent = {"Idempotency-Key": f'"{uuid4()}"', "Content-Type": "application/json"}
    if "Altcha" not in headers and not headers.get("Authorization", "").startswith("Importer"):
        sent |= proof(client, city)
    raw = told if isinstance(told, bytes) else json.dumps(told).encode()
    return client.post(f"/v1/cities/{city}/reports", data=raw, headers=sent | headers)
