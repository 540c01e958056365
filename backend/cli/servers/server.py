"""What the two private servers have in common: a folder, a password, starting, stopping, being killed."""

from __future__ import annotations

import secrets
import shutil
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from backend.cli.servers.account import server_account
from backend.cli.servers.place import alone, find_place, make_folder, write_private
from backend.cli.servers.processes import kill_all, processes_in, wait_gone
from backend.errors import ServiceError

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE = 30.0


class Server(ABC):
    """One private server below a state folder; every call is idempotent."""

    name: str

    def __init__(self, state_dir: Path) -> None:
        self.state = state_dir.absolute()
        self.state.mkdir(parents=True, exist_ok=True)
        self.account = server_account()
        self.place = find_place(self.state, self.account)
        self.folder = self.place.data / self.name
        self.log = self.place.data / f"{self.name}.log"

    @property
    @abstractmethod
    def url(self) -> str:
        """The address with the password, as the settings take it."""

    @abstractmethod
    def missing(self) -> list[str]:
        """Names of system packages that the server needs and the machine lacks."""

    @abstractmethod
    def program(self) -> Path:
        """The server's program, its system package installed when missing."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether the server answers to the password."""

    @abstractmethod
    def alive(self) -> bool:
        """Whether the server itself runs, ready or not; what a killed one left does not count."""

    @abstractmethod
    def _launch(self) -> None:
        """Start the server in its prepared folders; it may not be ready yet."""

    @abstractmethod
    def _ask_to_stop(self) -> None:
        """Ask the server to finish in good order."""

    @property
    def _secret(self) -> Path:
        return self.state / "secrets" / self.name

    @property
    def password(self) -> str:
        """The server's password, made once and kept in the state folder's secrets."""
        if not self._secret.exists():
            self._secret.parent.mkdir(mode=0o700, exist_ok=True)
            write_private(self._secret, secrets.token_hex(24))
        return self._secret.read_text()

    def pids(self) -> list[int]:
        """Ids of the server's processes, children included."""
        return processes_in(self.folder, self.account)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with alone(self.state / f"{self.name}.lock"):
            if self._orphaned() or not self.alive():
                self._prepare()
                self._launch()
            self._wait_ready()

    def stop(self) -> None:
        """Stop the server and everything it started."""
        with alone(self.state / f"{self.name}.lock"):
            if self.pids():
                self._ask_to_stop()
                self._settle(_PATIENCE)

    def kill(self) -> None:
        """Kill the server as a power cut would, for tests of what survives."""
        kill_all(self.pids())
        wait_gone(self.folder, self.account, _PATIENCE)

    def erase(self) -> None:
        """Stop the server and remove all it stored, wherever that is."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.log.unlink(missing_ok=True)
        self._secret.unlink(missing_ok=True)
        self._remove_empty_places()

    def _remove_empty_places(self) -> None:
        for folder in (self.place.sockets, self.place.outside):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    def _prepare(self) -> None:
        """Make the folders; processes without their server, left by a crash, must go first."""
        orphaned = self._orphaned()
        self._settle(_PATIENCE / 3 if self.folder.exists() and not orphaned else 0)
        if orphaned:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self.place.outside in (self.place.data, self.place.sockets.parent):
            make_folder(self.place.outside, self.account)
        make_folder(self.place.sockets, self.account)
        write_private(self.log, "", self.account)

    def _orphaned(self) -> bool:
        """Whether what lies outside belonged to a state folder that was removed since."""
        return self.place.data == self.place.outside and not self._secret.exists()

    def _settle(self, seconds: float) -> None:
        if not wait_gone(self.folder, self.account, seconds):
            self.kill()

    def _wait_ready(self) -> None:
        end = time.monotonic() + _PATIENCE
        while not self.ready():
            if time.monotonic() > end:
                raise ServiceError(f"{self.name} does not answer; see {self.log}.")
            time.sleep(0.05)
