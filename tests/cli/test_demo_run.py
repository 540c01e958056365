"""The demo from end to end, as a newcomer runs it: real servers, workers, decisions, releases and tiles."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from backend.cli.demo.stack import Stack
from backend.config import load_settings
from backend.errors import ServiceError

KEYS = {
    "posted", "terminal", "approved", "rejected", "photos_published", "photos_with_filled_face",
    "releases", "layers_not_empty", "map_levels", "cells_shown", "tile_features", "seconds",
}  # fmt: skip


def farola(*arguments, **parts):
    return subprocess.Popen(
        [sys.executable, "-m", "backend.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **parts,
    )


@pytest.mark.river
def test_the_demo_runs_the_whole_river(tmp_path_factory, free_tcp_port_factory):
    state = tmp_path_factory.mktemp("demo")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FAROLA_")}
    environ["FAROLA_STATE_DIR"] = str(state)
    port = str(free_tcp_port_factory())
    done = farola("demo", "--once", "--json", "--port", port, env=environ)
    out, err = done.communicate(timeout=900)
    assert done.returncode == 0, err.splitlines()[-3:]
    told = json.loads(out)
    assert told.keys() >= KEYS
    assert told["posted"] >= 60
    assert told["terminal"] == told["posted"] == told["approved"] + told["rejected"]
    assert told["counted"] >= 1
    assert told["photos_published"] >= 10
    assert told["photos_with_filled_face"] >= 1
    assert {"map", "category", "daypart", "gender", "pulse"} <= set(told["layers"])
    assert told["map_levels"] >= 2
    assert told["cells_shown"] > 0
    assert told["tile_features"] > 0
    assert told["seconds"].keys() >= {"services", "migrate", "post", "process", "release", "total"}
    assert not (state / "demo" / "services.json").exists()


def test_a_taken_port_is_told_before_anything_starts(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = farola("demo", "--port", port, env=os.environ | {"FAROLA_STATE_DIR": str(tmp_path)})
        _, err = done.communicate(timeout=60)
    assert done.returncode == 1
    assert f"Port {port}" in err
    assert list(tmp_path.iterdir()) == []


# --- the processes -----------------------------------------------------------------------------


@pytest.fixture
def stack(tmp_path):
    made = Stack(load_settings({"FAROLA_STATE_DIR": str(tmp_path)}), dict(os.environ))
    yield made
    made.stop()


def start_sleeper(stack, monkeypatch, code):
    monkeypatch.setattr("backend.cli.demo.stack.PROGRAM", (sys.executable, "-c", code))
    stack.start("sleeper")


def test_a_stack_stops_what_it_started(stack, monkeypatch):
    start_sleeper(stack, monkeypatch, "import time; time.sleep(600)")
    process = stack.processes["sleeper"]
    stack.check()
    stack.stop()
    assert process.returncode == -signal.SIGTERM
    assert stack.processes == {}


def test_a_process_that_does_not_listen_is_killed(stack, monkeypatch):
    monkeypatch.setattr("backend.cli.demo.stack.STOPPING", 0.2)
    deaf = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    start_sleeper(stack, monkeypatch, deaf)
    log = stack.settings.state_dir / "logs" / "sleeper.log"
    while "deaf" not in log.read_text():
        time.sleep(0.02)
    process = stack.processes["sleeper"]
    stack.stop()
    assert process.returncode == -signal.SIGKILL


def test_a_process_that_ended_by_itself_is_told(stack, monkeypatch):
    start_sleeper(stack, monkeypatch, "raise SystemExit(3)")
    stack.processes["sleeper"].wait()
    with pytest.raises(ServiceError, match="sleeper"):
        stack.wait_ready("http://127.0.0.1:1")


def test_a_failed_command_is_told(stack):
    with pytest.raises(ServiceError, match="nonsense"):
        stack.run("nonsense")
