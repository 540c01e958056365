"""Which processes work in a folder: both servers live in their data folder, and so do their children."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from backend.cli.servers.account import Account

_PAUSE = 0.05


def processes_in(folder: Path, account: Account) -> list[int]:
    """Ids of the account's living processes whose working folder is `folder`, removed or not.

    Asked as the account itself: inside a container root may not look into other users' processes.
    """
    search = ["find", "/proc", "-maxdepth", "2", "-path", "/proc/[0-9]*/cwd", "-printf", "%p\t%l\n"]
    lines = account.run(search).stdout.splitlines()
    pairs = (line.split("\t", 1) for line in lines if "\t" in line)
    wanted = (str(folder), f"{folder} (deleted)")
    return sorted(int(path.split("/")[2]) for path, link in pairs if link in wanted)


def kill_all(pids: list[int]) -> None:
    """Send SIGKILL to each; one that is gone already is fine."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_gone(folder: Path, account: Account, seconds: float) -> bool:
    """Wait until nothing works in `folder`; False when the time is over."""
    end = time.monotonic() + seconds
    while processes_in(folder, account):
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE)
    return True
