"""Who runs the private servers: PostgreSQL refuses root, so root hands over to an unprivileged account."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.errors import ServiceError

# Servers get no variable of ours: nothing secret can travel by the environment.
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}
_UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """The account the servers run as; `switch` says whether that is another one than ours."""

    uid: int
    gid: int
    switch: bool

    def _handover(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def run(self, argv: list[str], *, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, from the root folder, and return how it ended."""
        return subprocess.run(
            argv,
            cwd="/",
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            **self._handover(),
        )

    def must(self, argv: list[str], *, seconds: float = 120) -> str:
        """Run a program that has to succeed; the error carries the last line it said."""
        done = self.run(argv, seconds=seconds)
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise ServiceError(f"{Path(argv[0]).name} failed: {said[-1] if said else done.returncode}")
        return done.stdout

    def can_enter(self, folder: Path) -> bool:
        """Whether the account can pass through `folder`, as a checkout below /root denies."""
        return self.run(["test", "-x", str(folder)]).returncode == 0

    def give(self, path: Path) -> None:
        """Make the account the owner of `path`."""
        if self.switch:
            os.chown(path, self.uid, self.gid)


def server_account() -> Account:
    """Find the account for the servers: ours, or for root the first unprivileged one there is."""
    if os.geteuid():
        return Account(os.geteuid(), os.getegid(), switch=False)
    for name in _UNPRIVILEGED:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid, switch=True)
    raise ServiceError("root may not run PostgreSQL and there is neither an account postgres nor nobody.")
