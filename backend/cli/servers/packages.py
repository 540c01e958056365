"""The system's packages: finds the servers' programs, and installs them where that is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from backend.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator

_OLDEST_POSTGRES = 15
_KEEP_STILL = {
    Path("/etc/postgresql-common/createcluster.d/farola.conf"): "create_main_cluster = false\n",
    Path("/usr/sbin/policy-rc.d"): "#!/bin/sh\nexit 101\n",
}


_REDIS = ("redis-server",)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_BROWSER_PACKAGES = ["chromium", "fonts-dejavu-core", "fonts-noto-core"]


def missing_browser() -> list[str]:
    """Name the packages of the browser that the tests drive, with its fonts, unless it is there."""
    if _first(_BROWSERS):
        return []
    if not _offered("chromium"):
        raise ServiceError(
            "The tests drive Chromium or Chrome and this distribution packages neither: snap install chromium."
        )
    return _BROWSER_PACKAGES


def missing_postgres() -> list[str]:
    """Name the package of PostgreSQL with PostGIS, unless one of version 15 or later is there."""
    return [] if _postgres_folder() else [_postgres_package()]


def missing_redis() -> list[str]:
    """Name the package of Redis, unless it is there."""
    return [] if _first(_REDIS) else ["redis-server"]


def postgres_programs() -> Path:
    """The folder of the newest PostgreSQL (15 or later) that has PostGIS, installed when missing."""
    install(missing_postgres())
    found = _postgres_folder()
    if found is None:
        raise ServiceError(f"PostgreSQL {_OLDEST_POSTGRES} or newer with PostGIS was not found.")
    return found


def redis_program() -> Path:
    """The path of redis-server, installed when missing."""
    install(missing_redis())
    return Path(_first(_REDIS) or "/usr/bin/redis-server")


def _first(programs: tuple[str, ...]) -> str | None:
    return next((path for path in map(shutil.which, programs) if path), None)


def _postgres_folder() -> Path | None:
    versions = sorted((_version(folder), folder) for folder in Path("/usr/lib/postgresql").glob("[0-9]*"))
    for version, folder in reversed(versions):
        whole = (folder / "bin" / "initdb").exists() and (folder / "lib" / "postgis-3.so").exists()
        if version >= _OLDEST_POSTGRES and whole:
            return folder / "bin"
    return None


def _version(folder: Path) -> int:
    return int(folder.name) if folder.name.isdigit() else 0


def _postgres_package() -> str:
    """Name the PostGIS package of the newest PostgreSQL that this distribution offers."""
    told = [int(name.split("-")[1]) for name in _offered("postgresql-[0-9]+-postgis-3")]
    newest = max(told, default=0)
    if newest and newest < _OLDEST_POSTGRES:
        raise ServiceError(
            f"PostgreSQL {_OLDEST_POSTGRES} or newer with PostGIS is needed and this system offers {newest}: "
            "add the PostgreSQL project's own package source, or set DATABASE_URL."
        )
    return f"postgresql-{newest or _OLDEST_POSTGRES}-postgis-3"


def _offered(pattern: str) -> list[str]:
    """Packages of that name that the distribution offers; lists never fetched are fetched first."""
    return _known(pattern) or (_try(["apt-get", "update", "-q"]) and _known(pattern)) or []


def _known(pattern: str) -> list[str]:
    search = ["apt-cache", "search", "--names-only", f"^{pattern}$"]
    try:
        said = subprocess.run(search, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return []
    return [line.split()[0] for line in said.splitlines()]


def install(packages: list[str]) -> None:
    """Install system packages, starting none of their services; without the rights, say what to install.

    No names, nothing to do.
    """
    if not packages:
        return
    with _nothing_starts():
        command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages]
        if not (_try(command) or (_try(["apt-get", "update", "-q"]) and _try(command))):
            raise ServiceError(f"Missing system packages; as root: apt-get install {' '.join(packages)}")


def _try(command: list[str], text: str | None = None) -> bool:
    """Run as root, by sudo when that asks no password; what it says goes to stderr."""
    rights = [] if os.geteuid() == 0 else ["sudo", "-n"]
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    try:
        done = subprocess.run([*rights, *quiet, *command], input=text, stdout=2, text=True, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0


@contextmanager
def _nothing_starts() -> Iterator[None]:
    """While packages install, keep them from making a cluster or starting a server of their own.

    Files that are there already belong to the machine and stay as they are.
    """
    ours = {file: text for file, text in _KEEP_STILL.items() if not file.exists()}
    for file, text in ours.items():
        _try(["install", "-D", "-m", "755", "/dev/stdin", str(file)], text)
    try:
        yield
    finally:
        for file in ours:
            _try(["rm", "-f", str(file)])
