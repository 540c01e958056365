"""How fast reports are taken in, beside PostgreSQL alone running the same statement.

One side is wrk posting whole reports over 16 connections to `farola serve --door residents`:
strict reading, validation, proof of work, sealing, and one transaction, flushed to disk. The
other is pgbench calling the same function on the same cluster over 16 connections, with as
many bytes bound to it. No worker runs, so the doorbell falls silent at a thousand reports in line.
"""

from __future__ import annotations

import base64
import json
import os
import random
import re
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import altcha
from sqlalchemy import func, make_url, select, text
from support import ROOT, ROUNDS, in_turn, of_packages, of_program, record, say
from support.processes import Installation, cpu_seconds, fresh_installation, need, postmaster, serving
from support.wrk import Load, run_wrk

from backend.api.proof import ACTION
from backend.api.schemas.reports import ReportIn
from backend.cli.context import owner_works
from backend.cli.servers.packages import postgres_programs
from backend.config import Settings
from backend.domain.difficulty import LIFE
from backend.domain.receipts import base64url
from backend.steps import intake
from backend.steps.cities import add_city
from backend.store.database import login_url
from backend.store.keyring import KeyRing
from backend.store.models import Report
from backend.store.monthkeys import ensure_month_keys
from backend.store.proofs import Spent
from backend.store.secrets import keyed_hash, secret_of

CITY = "barcelona"
CONNECTIONS = 16
SECONDS = float(os.environ.get("FAROLA_BENCH_SECONDS", "10"))
# The box in which made-up reports lie, well inside the demo's city, and its cells of the finest zoom.
WEST, SOUTH, STEP, STEPS = 2.13, 41.38, 0.00005, 1000
# A door that is as busy as this would ask for harder proofs; here each proof costs what it costs at rest.
BUSY = "1000000"
OPTIONS: tuple[str, ...] = ("--workers", str(os.cpu_count() or 1), "--threads", "8")
WARM = 1000  # requests a second made ready for the first run, when nobody knows the rate yet
WORDS = "the street lamp by the stop has been dark for a week and a man followed me to my door".split()
_LETTERS = random.Random(20_261_118)


@dataclass(frozen=True)
class Bench:
    """One run of the benchmark: the installation, where its files go, and what to count CPU of."""

    installation: Installation
    folder: Path
    url: str
    server: int
    postgres: int

    @property
    def settings(self) -> Settings:
        return self.installation.settings


def made_up() -> dict[str, object]:
    """A report as the residents' page sends it, without photos."""
    lon, lat = (start + _LETTERS.randrange(STEPS) * STEP for start in (WEST, SOUTH))
    return {
        "kind": "incident",
        "categories": ["following", "badly_lit"],
        "location": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
        "accuracy_m": 100,
        "occurred_on": datetime.now(UTC).date().isoformat(),
        "daypart": "night",
        "text": " ".join(_LETTERS.choices(WORDS, k=40)),
        "language": "en",
        "setting": {"place_type": "transport_stop", "transport_mode": "metro"},
        "about_me": {"gender": "woman", "age_band": "25-34"},
        "receipt": base64url(os.urandom(32)),
        "reply_key": base64url(os.urandom(32)),
        "contributor": base64url(os.urandom(16)),
    }


def solved(settings: Settings) -> str:
    """A challenge as the door makes it and its answer, found at the first try.

    A phone tries some 256 keys until one begins with a zero byte; here the challenge asks for
    the beginning that the first key has. What the door does to check it is the same.
    """
    expires = datetime.now(UTC) + LIFE - timedelta(seconds=1)
    secret = keyed_hash(secret_of(settings.pepper_file), "challenge", (expires - LIFE).date().isoformat())
    challenge = altcha.create_challenge(
        "PBKDF2/SHA-256",
        settings.proof_cost,
        counter=0,
        key_prefix_length=1,
        expires_at=expires,
        data={"action": ACTION, "city": CITY, "level": 0},
        hmac_secret=secret,
    )
    asked = challenge.parameters
    password = bytes.fromhex(asked.nonce) + bytes(4)
    key = altcha.derive_key_pbkdf2(asked, bytes.fromhex(asked.salt), password)
    told = {"challenge": challenge.to_dict(), "solution": {"counter": 0, "derivedKey": key.hex()}}
    return base64.b64encode(json.dumps(told).encode()).decode()


def lines(settings: Settings, number: int) -> list[str]:
    """Whole requests, one a line: a fresh key, a fresh proof and a fresh report each."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        proofs = pool.map(lambda _: solved(settings), range(number))
        return [f'"{uuid4()}"\t{proof}\t{json.dumps(made_up())}' for proof in proofs]


@dataclass(frozen=True)
class Script:
    """The statement, and the values that pgbench binds to it as the door does."""

    path: Path
    bound: tuple[str, ...]


def by_pgbench(bench: Bench, script: Script) -> float:
    """Transactions a second of PostgreSQL alone."""
    url = make_url(login_url(bench.settings, "residents"))
    environ = {
        "PGHOST": str(url.query.get("host") or url.host), "PGPORT": str(url.port or 5432), "PGUSER": str(url.username),
        "PGPASSWORD": str(url.password), "PGDATABASE": str(url.database),
    }  # fmt: skip
    clients = ["-c", str(CONNECTIONS), "-j", "2", "-T", f"{SECONDS:.0f}", "-M", "prepared", "-n"]
    command = [str(postgres_programs() / "pgbench"), *clients, *script.bound, "-f", str(script.path)]
    done = subprocess.run(command, env=os.environ | environ, capture_output=True, text=True, check=False)
    failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
    if failed is None or int(failed[1]):
        raise SystemExit(f"pgbench: {done.stderr or done.stdout}")
    return float(re.search(r"tps = ([\d.]+)", done.stdout)[1])


def script_of(bench: Bench) -> Script:
    """The statement with the values of one report, but for those that no two reports share."""
    values: dict[str, Any] = {}
    with (
        owner_works(bench.settings) as works,
        patch.object(intake, "take", lambda _, given: values.update(given)),
    ):
        told = ReportIn().load(made_up())
        spent = Spent(bytes(32), datetime.now(UTC))
        attempt = intake.Attempt("k" * 36, bytes(32), told, "phone", spent)
        intake.submit(intake.Door(works, bytes(32), CITY), attempt)
    bound = {
        name: _as_text(value) for name, value in values.items() if name not in FRESH and value is not None
    }
    given = (f"{name} => {FRESH.get(name) or (f':{name}' if name in bound else 'null')}" for name in values)
    drawn = (f"\\set {axis} random(0, {STEPS - 1})" for axis in "xy")
    path = bench.folder / "intake.sql"
    path.write_text(
        "\n".join([*drawn, f"select outcome, answer from farola.take_report({', '.join(given)});"])
    )
    return Script(path, tuple(f"-D{name}={value}" for name, value in bound.items()))


def _as_text(value: Any) -> str:
    """A value as PostgreSQL reads it."""
    if isinstance(value, bytes):
        return rf"\x{value.hex()}"
    if isinstance(value, list):
        return f"{{{','.join(json.dumps(_as_text(one)) for one in value)}}}"
    return str(value)


_CELLS_A_STEP = (0.018, 0.024)
FRESH = {
    **dict.fromkeys(("the_key", "the_fingerprint", "the_receipt", "the_proof"), "gen_random_bytes(32)"),
    "the_token": "gen_random_bytes(16)",
    "the_id": "gen_random_uuid()",
    "lon": f"{WEST} + :x::float8 * {STEP}",
    "lat": f"{SOUTH} + :y::float8 * {STEP}",
    # As many cells as the reports of the other side lie in.
    "the_cell": f"17179869184 + floor(:x::float8 * {_CELLS_A_STEP[0]})::bigint * 64 + floor(:y::float8 * {_CELLS_A_STEP[1]})::bigint",
    **dict.fromkeys(("kept_until", "proof_until", "the_due"), "now()"),
}


def by_http(bench: Bench, number: int, *, rate: float = 0) -> tuple[Load, float]:
    """Post reports; what wrk saw, and how many milliseconds of CPU each cost, server and PostgreSQL together."""
    requests = lines(bench.settings, number)
    before, stored = cpu_seconds([bench.server, bench.postgres]), stored_reports(bench)
    load = run_wrk(
        bench.url,
        bench.folder / "requests.tsv",
        requests,
        connections=CONNECTIONS,
        seconds=SECONDS,
        rate=rate,
    )
    used = cpu_seconds([bench.server, bench.postgres]) - before
    taken = stored_reports(bench) - stored
    if not load.requests <= taken <= load.requests + CONNECTIONS:
        raise SystemExit(f"{load.requests} reports were answered and {taken} stored.")
    return load, 1000 * used / taken


def stored_reports(bench: Bench) -> int:
    with owner_works(bench.settings) as works, works.open(CITY) as work:
        return work.session.scalar(select(func.count()).select_from(Report)) or 0


def learn_the_tables(bench: Bench) -> None:
    """Gather statistics at once, as PostgreSQL does by itself within minutes of a city's first reports.

    Until then plans are those of empty tables: a foreign key is checked by reading all reports.
    """
    with owner_works(bench.settings) as works, works.open(CITY) as work:
        work.session.execute(text("analyze"))


def _add_city(settings: Settings) -> None:
    told = json.loads((ROOT / "backend" / "cli" / "demo" / "city.json").read_text())
    # No cell may fill up: what is set aside as a burst takes fewer slots.
    told["policy"] = {"burst_limit": 30_000}
    with owner_works(settings) as works, works.open(CITY) as work:
        add_city(work, told)
        ensure_month_keys(work, KeyRing(settings.keys_dir))


@contextmanager
def opened(folder: Path) -> Iterator[Bench]:
    with fresh_installation(folder) as installation:
        _add_city(installation.settings)
        with serving(installation, *OPTIONS, FAROLA_PROOF_BUSY=BUSY) as (url, server):
            address = f"{url}/v1/cities/{CITY}/reports"
            yield Bench(installation, folder, address, server, postmaster(installation.settings))


def measure(bench: Bench) -> dict[str, list[float]]:
    script = script_of(bench)
    say("warming up")
    warm, _ = by_http(bench, int(WARM * SECONDS))
    learn_the_tables(bench)
    most = int(2 * warm.rate * SECONDS)
    posted, alone = in_turn(ROUNDS, partial(by_http, bench, most), partial(by_pgbench, bench, script))
    half = statistics.median(load.rate for load, _ in posted) / 2
    say(f"half the peak: {half:.0f} reports a second")
    calm = [by_http(bench, int(half * SECONDS * 1.1), rate=half)[0] for _ in range(ROUNDS)]
    return {
        "ratio_to_pgbench": [load.rate / tps for (load, _), tps in zip(posted, alone, strict=True)],
        "cpu_ms_per_report": [cpu for _, cpu in posted],
        "p99_ms_half_load": [load.p99_ms for load in calm],
        "reports_per_second": [load.rate for load, _ in posted],
        "pgbench_per_second": alone,
        "half_load_per_second": [load.rate for load in calm],
    }


def main() -> None:
    need("wrk", "wrk")
    with tempfile.TemporaryDirectory(prefix="farola-bench-") as folder, opened(Path(folder)) as bench:
        figures = measure(bench)
        versions = of_packages("flask", "marshmallow", "psycopg", "PyNaCl", "granian") | {
            "postgresql": of_program(str(postgres_programs() / "postgres"), "--version"),
            "pgbench": of_program(str(postgres_programs() / "pgbench"), "--version"),
            "wrk": of_program("wrk", "--version"),
            "proof": f"PBKDF2/SHA-256, {bench.settings.proof_cost} iterations",
        }
    record("intake", figures, versions)


if __name__ == "__main__":
    main()
