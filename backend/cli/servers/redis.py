"""The private Redis: a doorbell without memory, on a unix socket, behind a password."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote

from redis import Redis as Client
from redis import RedisError

from backend.cli.servers.packages import missing_redis, redis_program
from backend.cli.servers.place import make_folder, write_private
from backend.cli.servers.server import Server

if TYPE_CHECKING:
    from pathlib import Path

# Crash reports are off because they print what clients sent.
_CONFIG = """\
port 0
unixsocket "{socket}"
unixsocketperm 700
requirepass {password}
dir "{folder}"
daemonize yes
pidfile ""
logfile "{log}"
loglevel warning
save ""
appendonly no
crash-log-enabled no
"""


class Redis(Server):
    """A private Redis that keeps nothing on disk."""

    name = "redis"

    @property
    def socket(self) -> Path:
        """The unix socket it listens on; there is no port."""
        return self.place.sockets / "redis.sock"

    @property
    def url(self) -> str:
        """The address with the password, as redis-py reads it."""
        return f"unix://:{self.password}@{quote(str(self.socket))}"

    def missing(self) -> list[str]:
        """Names of system packages that the server needs and the machine lacks."""
        return missing_redis()

    def program(self) -> Path:
        """The path of redis-server, installed when missing."""
        return redis_program()

    def ready(self) -> bool:
        """Whether it answers a ping."""
        try:
            with Client.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False

    def alive(self) -> bool:
        """Whether the server runs and can be reached."""
        return self.socket.exists() and bool(self.pids())

    def _launch(self) -> None:
        make_folder(self.folder, self.account)
        config = self.folder / "redis.conf"
        write_private(config, self._config(), self.account)
        self.account.must([str(self.program()), str(config)])

    def _config(self) -> str:
        return _CONFIG.format(socket=self.socket, password=self.password, folder=self.folder, log=self.log)

    def _ask_to_stop(self) -> None:
        # The answer to SHUTDOWN is the closed connection. A hung server is killed by the caller.
        with suppress(RedisError, OSError), Client.from_url(self.url, socket_timeout=5) as client:
            client.shutdown(nosave=True)
