"""Clients nobody here wrote, over the door as it is served, on connections that break."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO

import aiotus
import httpx
import pytest
from sqlalchemy import select
from tusclient.client import TusClient

from backend.domain.workflow import State
from backend.store.clocks import FileClock
from backend.store.models import PhotoChunk, PhotoPart, Report
from tests.api.cutting import CuttingProxy
from tests.api.uploading import headers, kept, reported, rows
from tests.support import ROOT, START, environment

# Larger than what the buffers on the way hold, so that a broken connection loses something.
CONTENT = bytes(range(251)) * 4001
CANARY = "a-street-and-a-name.jpg"
LONG = 60

pytestmark = pytest.mark.river


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def door(settings, tmp_path_factory):
    """The port of the residents' door as `farola serve` serves it, at the time of the tests."""
    folder, port = tmp_path_factory.mktemp("door"), _free_port()
    clock = folder / "clock"
    FileClock(clock).move_to(START)
    command = [sys.executable, "-m", "backend.cli", "serve", "--door", "residents", "--port", str(port)]
    told = environment(settings) | {"FAROLA_CLOCK_FILE": str(clock)}
    with (folder / "log").open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=told, stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait_for(port)
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(LONG)
    assert CANARY not in (folder / "log").read_text()


def _wait_for(port):
    deadline = time.monotonic() + LONG
    while time.monotonic() < deadline:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("it does not answer")


@contextmanager
def cut(door, *after):
    """A port behind which the door is, on connections that break after so many bytes."""
    proxy = CuttingProxy(door, after)
    try:
        yield proxy
    finally:
        proxy.close()


@pytest.fixture
def told(client, city):
    return reported(client, city, **{"1": CONTENT})


@pytest.fixture
def arrived(works, keyring, blobs, city, told):
    """Sees whether the photo came as it was sent, and the report went on."""

    def check():
        assert kept(works, keyring, blobs, city, told) == CONTENT
        with works["worker"].open(city) as work:
            assert work.session.scalar(select(Report.state)) is State.RECEIVED
        assert rows(works, city, PhotoPart) == [0]

    return check


def address(port, city):
    return f"http://127.0.0.1:{port}/v1/cities/{city}/uploads"


def named(told):
    return {"report": told["id"], "name": "1", "filename": CANARY}


# --- tuspy ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("upload_checksum", [False, True])
def test_tuspy_goes_on_after_connections_that_broke(door, city, told, arrived, upload_checksum):
    with cut(door, 150_000, 100_000) as proxy:
        tus = TusClient(address(proxy.port, city), headers={"Authorization": headers(told)["Authorization"]})
        tus.uploader(
            file_stream=BytesIO(CONTENT),
            chunk_size=200_000,
            metadata=named(told),
            retries=5,
            retry_delay=0,
            upload_checksum=upload_checksum,
        ).upload()
        assert proxy.broken == 2
    arrived()


def test_tuspy_goes_on_in_another_process(door, city, told, arrived):
    tus = TusClient(address(door, city), headers={"Authorization": headers(told)["Authorization"]})
    first = tus.uploader(file_stream=BytesIO(CONTENT), chunk_size=300_000, metadata=named(told))
    first.upload_chunk()
    second = tus.uploader(file_stream=BytesIO(CONTENT), chunk_size=300_000, url=first.url)
    assert second.offset == 300_000
    second.upload()
    arrived()


# --- aiotus --------------------------------------------------------------------------------------


def in_a_loop_of_its_own(coroutine):
    """Run a coroutine apart from a loop that a browser of other tests may have left running in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def test_aiotus_goes_on_after_connections_that_broke(door, city, told, arrived):
    known = {"Authorization": headers(told)["Authorization"]}
    metadata = {key: value.encode() for key, value in named(told).items()}
    again = aiotus.RetryConfiguration(max_retry_period_seconds=0.01)

    async def upload(port):
        where = await aiotus.upload(
            address(port, city), BytesIO(CONTENT), metadata, config=again, headers=known, chunksize=250_000
        )
        return await aiotus.metadata(where, config=again, headers=known)

    with cut(door, 120_000, 200_000) as proxy:
        kept_of_it = in_a_loop_of_its_own(upload(proxy.port))
        assert proxy.broken == 2
    assert kept_of_it == {"report": told["id"].encode(), "name": b"1"}
    arrived()


def test_aiotus_puts_a_photo_together_from_parts(door, city, told, arrived):
    known = {"Authorization": headers(told)["Authorization"]}
    metadata = {key: value.encode() for key, value in named(told).items()}
    thirds = [BytesIO(CONTENT[at : at + 400_000]) for at in range(0, len(CONTENT), 400_000)]
    where = in_a_loop_of_its_own(
        aiotus.upload_multiple(address(door, city), thirds, metadata, headers=known, chunksize=250_000)
    )
    assert where is not None
    arrived()


# --- tus-js-client -------------------------------------------------------------------------------


def tus_js(port, city, told, way, chunk=200_000):
    node = shutil.which("node") or str(ROOT / ".venv" / ".node" / "bin" / "node")
    asked = {
        "endpoint": address(port, city),
        "receipt": told["receipt"],
        "report": told["id"],
        "name": "1",
        "filename": CANARY,
        "content": b64encode(CONTENT).decode(),
        "chunk": chunk,
        "way": way,
    }
    ended = subprocess.run(
        [node, ROOT / "tests" / "uploads_js" / "upload.mjs"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)["url"]


@pytest.mark.parametrize("way", ["whole", "creating", "deferred", "parallel"])
def test_tus_js_client_goes_on_after_connections_that_broke(door, city, told, arrived, way):
    with cut(door, 100_000, 150_000) as proxy:
        assert tus_js(proxy.port, city, told, way).startswith(address(proxy.port, city))
        assert proxy.broken == 2
    arrived()


def test_tus_js_client_goes_on_where_it_was_stopped(door, city, told, arrived, works):
    tus_js(door, city, told, "resumed")
    arrived()
    assert rows(works, city, PhotoChunk) == [-(-len(CONTENT) // 200_000)]


def test_tus_js_client_sends_a_photo_in_one_request(door, city, told, arrived):
    """Without a size of pieces it sends everything at once: what arrives before a break is kept."""
    with cut(door, 700_000) as proxy:
        tus_js(proxy.port, city, told, "whole", chunk=None)
        assert proxy.broken == 1
    arrived()
