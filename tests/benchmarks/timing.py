"""Whether the time of an answer tells what a receipt is that opens nothing.

Wrong, unknown, withdrawn and another city's receipts are looked up in a random order over one
connection to `farola serve --door residents`, and the times of each two kinds are compared by
the two-sample Kolmogorov-Smirnov test. As a control, receipts that do open a report stand in
the same order: their times must differ, or the test would see nothing at all.
"""

from __future__ import annotations

import gc
import json
import os
import random
import socket
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.client import HTTPConnection
from itertools import combinations
from pathlib import Path
from time import perf_counter_ns
from urllib.parse import urlsplit
from uuid import uuid4

from scipy.stats import ks_2samp
from support import ROOT, ROUNDS, of_packages, of_program, record, say
from support.processes import fresh_installation, serving

from backend.cli.context import owner_works
from backend.cli.servers.packages import postgres_programs
from backend.config import Settings
from backend.domain.receipts import base64url
from backend.steps import intake, receipt
from backend.steps.cities import add_city
from backend.store.clocks import clock_for
from backend.store.database import Database, login_url
from backend.store.keyring import KeyRing
from backend.store.monthkeys import ensure_month_keys
from backend.store.secrets import secret_of
from backend.store.work import Works

LOOK_UPS = int(os.environ.get("FAROLA_BENCH_LOOKUPS", "2000"))
CITY, OTHER = "barcelona", "elsewhere"
BOX = {"type": "Point", "coordinates": [2.1734, 41.3851]}
NOTHING = ("wrong", "unknown", "withdrawn", "other_city")
KNOWN = "known"
WARM = 500

Receipts = Mapping[str, Sequence[bytes]]
Times = dict[str, list[int]]


def add_cities(settings: Settings) -> None:
    """Two cities with the same outline."""
    told = json.loads((ROOT / "backend" / "cli" / "demo" / "city.json").read_text())
    with owner_works(settings) as works:
        for city in (CITY, OTHER):
            with works.open(city) as work:
                add_city(work, told | {"id": city})
                ensure_month_keys(work, KeyRing(settings.keys_dir))


@contextmanager
def desk(settings: Settings) -> Iterator[Callable[[str], intake.Door]]:
    """The residents' door without HTTP, to hand in and take back."""
    database = Database(login_url(settings, "residents"))
    works = Works(database, clock_for(None), lambda _job: None)
    try:
        yield lambda city: intake.Door(works, secret_of(settings.pepper_file), city)
    finally:
        database.close()


def hand_in(door: intake.Door) -> bytes:
    """One report; what is returned opens it."""
    secret = os.urandom(32)
    told = {
        "kind": "incident", "form": "standard", "categories": ["following"], "location": BOX, "accuracy_m": 25.0,
        "occurred_on": today(), "daypart": "night", "text": "The lamp is dark.", "language": "en",
        "setting": {}, "audit": None, "about_me": {}, "photos": [], "receipt": secret,
        "reply_key": os.urandom(32), "consent_forward": False, "contributor": None,
    }  # fmt: skip
    intake.submit(door, intake.Attempt(str(uuid4()), secret, told, "phone"))
    return secret


def today() -> date:
    return datetime.now(UTC).date()


def taken_back(door: intake.Door) -> bytes:
    secret = hand_in(door)
    with door.works.open(door.city_id) as work:
        receipt.withdraw(work, door.pepper, secret)
    return secret


def one_bit_off(secret: bytes) -> bytes:
    return bytes([secret[0] ^ 1]) + secret[1:]


def made(settings: Settings) -> Receipts:
    """As many receipts of each kind as there are look-ups: a guess is not tried twice."""
    with desk(settings) as door:
        here, there = door(CITY), door(OTHER)
        known = [hand_in(here) for _ in range(LOOK_UPS)]
        return {
            KNOWN: known,
            "wrong": [one_bit_off(secret) for secret in known],
            "unknown": [os.urandom(32) for _ in known],
            "withdrawn": [taken_back(here) for _ in known],
            "other_city": [hand_in(there) for _ in known],
        }


def timed(connection: HTTPConnection, kind: str, secret: bytes) -> int:
    """Nanoseconds from the first byte sent to the last byte read."""
    headers = {"Authorization": f"Receipt {base64url(secret)}"}
    started = perf_counter_ns()
    connection.request("GET", f"/v1/cities/{CITY}/receipt", headers=headers)
    answer = connection.getresponse()
    answer.read()
    taken = perf_counter_ns() - started
    if answer.status != (200 if kind == KNOWN else 404):
        sys.exit(f"A receipt that is {kind} was answered with {answer.status}.")
    return taken


def look_up(connection: HTTPConnection, receipts: Receipts) -> Times:
    """Every receipt once, in an order that mixes all kinds."""
    order = [(kind, secret) for kind, secrets in receipts.items() for secret in secrets]
    random.SystemRandom().shuffle(order)
    for kind, secret in order[:WARM]:
        timed(connection, kind, secret)
    times: Times = {kind: [] for kind in receipts}
    gc.disable()
    for kind, secret in order:
        times[kind].append(timed(connection, kind, secret))
    gc.enable()
    return times


def compared(times: Times) -> dict[str, float]:
    """The figures of one round."""
    p = {pair: ks_2samp(times[pair[0]], times[pair[1]]).pvalue for pair in combinations(NOTHING, 2)}
    least = min(p, key=lambda pair: p[pair])
    say(f"least alike: {' and '.join(least)}, p {p[least]:.3f}")
    control = max(ks_2samp(times[KNOWN], times[kind]).pvalue for kind in NOTHING)
    medians = {f"median_us_{kind}": statistics.median(seen) / 1000 for kind, seen in times.items()}
    return {"ks_p_min": p[least], "ks_p_control": control, **medians}


def measure(url: str, receipts: Receipts) -> dict[str, list[float]]:
    told = urlsplit(url)
    connection = HTTPConnection(str(told.hostname), told.port, timeout=60)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    rounds = []
    for number in range(1, ROUNDS + 1):
        say(f"round {number} of {ROUNDS}: {LOOK_UPS} look-ups of each kind")
        rounds.append(compared(look_up(connection, receipts)))
    connection.close()
    return {name: [seen[name] for seen in rounds] for name in rounds[0]}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, fresh_installation(Path(folder)) as installation:
        add_cities(installation.settings)
        say("handing in reports, and taking some of them back")
        receipts = made(installation.settings)
        with serving(installation) as (url, _):
            values = measure(url, receipts)
    postgres = of_program(str(postgres_programs() / "postgres"), "--version")
    record("timing", values, of_packages("scipy", "granian", "flask", "psycopg") | {"postgres": postgres})


if __name__ == "__main__":
    main()
