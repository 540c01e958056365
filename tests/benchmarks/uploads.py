"""Uploads of 5 MB, sealed, against the reference tus server writing them to plain files, with the same client.

Each side takes the same uploads over the same number of connections: announced by a POST, then sent in one PATCH, as
tus-js-client and tuspy do when they are told nothing else; beside that, in PATCHes of 1 MiB. Farola is `farola serve --door residents` with PostgreSQL and blobs in a folder; the reference is @tus/server
with @tus/file-store. Reports are handed in before the time is taken.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[2]))

from sqlalchemy import make_url

from backend.config import Settings
from backend.domain.receipts import base64url
from backend.steps.cities import add_city
from backend.steps.intake import Attempt, submit
from backend.steps.intake import Door as Intake
from backend.store.clocks import SystemClock
from backend.store.database import Database, as_psycopg, login_url
from backend.store.keyring import KeyRing
from backend.store.monthkeys import ensure_month_keys
from backend.store.secrets import secret_of
from backend.store.work import Works
from tests.benchmarks import support
from tests.benchmarks.support import processes
from tests.support import Told, described_city, told_report

CITY = "benchton"
SIZE = 5 * 1024 * 1024
PIECE = 1024 * 1024
CONNECTIONS = 8
UPLOADS = 64
CONTENT = os.urandom(SIZE)
REFERENCE = Path(__file__).with_name("uploads_reference.mjs")
PACKAGES = ("@tus/server", "@tus/file-store")


@dataclass(frozen=True)
class Upload:
    """Where one upload is announced, and with which headers."""

    address: str
    headers: Mapping[str, str]


def main() -> None:
    """Run both sides in turn and write what was seen."""
    with ExitStack() as stack:
        (support.ROOT / "var" / "bench").mkdir(parents=True, exist_ok=True)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=support.ROOT / "var" / "bench")))
        installation = stack.enter_context(processes.fresh_installation(folder / "state"))
        reports = stack.enter_context(_city(installation.settings))
        door, _ = stack.enter_context(processes.serving(installation))
        reference = stack.enter_context(_reference(folder / "files"))
        blobs, files = folder / "state" / "blobs", folder / "files"
        seen = support.in_turn(
            support.ROUNDS + 1,
            lambda: _farola(door, reports, blobs, SIZE),
            lambda: _plain(reference, files, SIZE),
            lambda: _farola(door, reports, blobs, PIECE),
            lambda: _plain(reference, files, PIECE),
        )
    _record(*(rates[1:] for rates in seen))  # the first round warms both sides up


def _record(ours: list[float], theirs: list[float], pieces: list[float], their_pieces: list[float]) -> None:
    figures = {
        "ratio_to_tus_server": _ratios(ours, theirs),
        "megabytes_per_second": [rate / 1e6 for rate in ours],
        "tus_server_megabytes_per_second": [rate / 1e6 for rate in theirs],
        "ratio_in_patches_of_1_mib": _ratios(pieces, their_pieces),
        "megabytes_per_second_in_patches_of_1_mib": [rate / 1e6 for rate in pieces],
        "connections": [CONNECTIONS],
        "upload_bytes": [SIZE],
    }
    versions = support.of_packages("granian", "obstore", "pynacl", "psycopg")
    support.record(
        "uploads", figures, versions | {"node": support.of_program("node", "--version")} | _peers()
    )


def _ratios(ours: list[float], theirs: list[float]) -> list[float]:
    return [mine / its for mine, its in zip(ours, theirs, strict=True)]


def _peers() -> dict[str, str]:
    found = {name: support.ROOT / "node_modules" / name / "package.json" for name in PACKAGES}
    return {name: json.loads(path.read_text())["version"] for name, path in found.items()}


# --- Farola --------------------------------------------------------------------------------------


@contextmanager
def _city(settings: Settings) -> Iterator[Intake]:
    """Add a city with its keys, and hand reports in as the residents' login."""
    owner = Database(as_psycopg(make_url(settings.owner_url)))
    residents = Database(login_url(settings, "residents"))
    with Works(owner, SystemClock(), lambda _job: None).open(CITY) as work:
        add_city(work, described_city(CITY))
        ensure_month_keys(work, KeyRing(settings.keys_dir))
    try:
        yield Intake(
            Works(residents, SystemClock(), lambda _job: None), secret_of(settings.pepper_file), CITY
        )
    finally:
        owner.close()
        residents.close()


def _promised(intake: Intake, address: str) -> Upload:
    """Hand in a report with one photo, and return how its upload is announced."""
    promise = {"name": "1", "size": SIZE, "sha256": "0" * 64}
    told = Told(told_report(photos=[promise], occurred_on=intake.works.clock.now().date()))
    answer = submit(intake, Attempt(told.key, told.key.encode(), told.report, "phone"))
    named = ",".join(
        f"{key} {b64encode(value.encode()).decode()}"
        for key, value in (("report", answer["id"]), ("name", "1"))
    )
    receipt = {"Authorization": f"Receipt {base64url(told.report['receipt'])}"}
    return Upload(f"{address}/v1/cities/{CITY}/uploads", receipt | {"Upload-Metadata": named})


def _farola(address: str, intake: Intake, blobs: Path, piece: int) -> float:
    uploads = [_promised(intake, address) for _ in range(UPLOADS)]
    rate = _rate(uploads, piece)
    shutil.rmtree(blobs)
    return rate


# --- the reference -------------------------------------------------------------------------------


@contextmanager
def _reference(folder: Path) -> Iterator[str]:
    folder.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(["node", REFERENCE, str(port), folder], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(processes.PATIENCE)


def _plain(address: str, folder: Path, piece: int) -> float:
    rate = _rate(
        [Upload(f"{address}/files", {"Upload-Metadata": "name MQ=="}) for _ in range(UPLOADS)], piece
    )
    for path in folder.iterdir():
        path.unlink()
    return rate


# --- the client ----------------------------------------------------------------------------------


def _rate(uploads: list[Upload], piece: int) -> float:
    """Send uploads over several connections; return bytes per second."""
    shares = [uploads[number::CONNECTIONS] for number in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        start = time.perf_counter()
        list(pool.map(lambda share: _send_all(share, piece), shares))
        return len(uploads) * SIZE / (time.perf_counter() - start)


def _send_all(uploads: list[Upload], piece: int) -> None:
    connection = HTTPConnection(urlsplit(uploads[0].address).netloc)
    for upload in uploads:
        _send(connection, upload, piece)
    connection.close()


def _send(connection: HTTPConnection, upload: Upload, piece: int) -> None:
    known = {**upload.headers, "Tus-Resumable": "1.0.0"}
    where = _ask(connection, "POST", upload.address, {**known, "Upload-Length": str(SIZE)}, b"", 201)[
        "Location"
    ]
    for at in range(0, SIZE, piece):
        asked = {**known, "Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
        reached = _ask(connection, "PATCH", where, asked, CONTENT[at : at + piece], 204)["Upload-Offset"]
        if reached != str(at + piece):
            sys.exit(f"A piece ended at {reached}.")


def _ask(
    connection: HTTPConnection,
    method: str,
    address: str,
    headers: Mapping[str, str],
    body: bytes,
    status: int,
) -> HTTPMessage:
    connection.request(method, urlsplit(address).path, body, dict(headers))
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != status:
        sys.exit(f"{method} was answered with {answer.status}: {said.decode(errors='replace')}")
    return answer.headers


if __name__ == "__main__":
    main()
