"""`farola work` without a queue: one process for each, and all of them or none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.support import ROOT, environment

pytestmark = pytest.mark.river


def children_of(parent, at_least, within=60):
    """The processes a parent started, once there are so many."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        found = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False)
        pids = [int(pid) for pid in found.stdout.split()]
        if len(pids) >= at_least:
            return pids
        time.sleep(0.1)
    raise AssertionError("the workers did not start")


@pytest.fixture
def workers(settings):
    command = [sys.executable, "-m", "backend.cli", "work"]
    with subprocess.Popen(command, cwd=ROOT, env=environment(settings), stderr=subprocess.DEVNULL) as started:
        yield started
        if started.poll() is None:
            started.kill()


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_worker_that_dies_ends_all_with_a_code_so_that_they_are_started_anew(workers):
    first, second = children_of(workers.pid, 2)[:2]
    os.kill(first, signal.SIGKILL)
    assert workers.wait(timeout=60) != 0
    assert gone(second)


def test_told_to_stop_all_stop_and_it_is_no_error(workers):
    pids = children_of(workers.pid, 2)
    workers.send_signal(signal.SIGTERM)
    assert workers.wait(timeout=60) == 0
    assert all(gone(pid) for pid in pids)
