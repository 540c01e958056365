"""Where the private servers keep their data and sockets: below the state folder when that works."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.cli.servers.account import Account

_LONGEST_SOCKET = 107  # bytes in sockaddr_un, the closing zero not counted
_SOCKET_NAME = ".s.PGSQL.5432.lock"  # the longest name that is put beside a socket


@dataclass(frozen=True)
class Place:
    """Folders of the servers; `outside` holds those that could not be below the state folder."""

    data: Path
    sockets: Path
    outside: Path


def find_place(state: Path, account: Account) -> Place:
    """Choose folders the account can reach and a socket path that fits; nothing is made."""
    digest = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
    outside = Path("/var/tmp") / f"farola-{os.geteuid()}-{digest}"  # noqa: S108  (own folder, owner checked)
    data = state if account.can_enter(state) else outside
    fits = len(os.fsencode(data / "run" / _SOCKET_NAME)) <= _LONGEST_SOCKET
    return Place(data, (data if fits else outside) / "run", outside)


def make_folder(path: Path, account: Account) -> Path:
    """Make a folder that only the account enters; one that belongs to somebody else is refused."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        _check_owner(path, account)
    else:
        account.give(path)
    return path


def _check_owner(path: Path, account: Account) -> None:
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid:
        raise ServiceError(f"{path} belongs to another user; remove it, or work as that user.")


def write_private(file: Path, text: str, account: Account | None = None) -> None:
    """Write a file that only its owner reads, in place of what was there."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    if account:
        account.give(file)


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Let one command at a time in, of all that name the same lock file."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
