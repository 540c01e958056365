"""`farola serve` as people start it: it answers, tells nobody who asked, and leaves nothing behind."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.support import ROOT, environment

SECRETS = ("198.51.100.77", "Anastasia")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _children(pid):
    """Every process below one, from the kernel's table."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found += [entry, *_children(int(entry.name))]
    return found


@pytest.fixture
def served(settings, tmp_path):
    port, log = _free_port(), tmp_path / "serve.log"
    command = [sys.executable, "-m", "backend.cli", "serve", "--door", "residents", "--port", str(port)]
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(settings), stdout=out, stderr=subprocess.STDOUT
        )
        yield process, httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60), log
        process.kill()
        process.wait()


def _wait_for(client):
    for _ in range(300):
        try:
            return client.get("/healthz")
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("it does not answer")


@pytest.mark.river
def test_a_served_door_answers_and_stops_without_a_trace(served, city):
    process, client, log = served
    with client:
        assert _wait_for(client).json() == {"alive": True}
        checks = client.get("/readyz").json()["checks"]
        assert (checks["residents"], checks["redis"]) == (True, True)
        told = client.get(
            f"/v1/cities/{city}", headers={"X-Forwarded-For": SECRETS[0], "User-Agent": SECRETS[1]}
        )
        assert told.status_code == 200
        assert told.headers.get_list("server") == ["farola"]
        assert client.get(f"/v1/cities/{SECRETS[1]}?name={SECRETS[1]}").status_code == 404
        assert client.post(f"/v1/cities/{city}/reports", json={"name": SECRETS[1]}).status_code == 422
    below = _children(process.pid)
    assert below
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    deadline = time.monotonic() + 10
    while any(entry.exists() for entry in below) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [entry for entry in below if entry.exists()]
    said = log.read_text()
    assert not any(secret in said for secret in SECRETS)
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_said_in_one_line(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "backend.cli", "serve", "--port", port]
        ended = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(settings),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == f"farola: Cannot listen on 127.0.0.1:{port}."
    assert "Traceback" not in ended.stderr
