"""Private PostgreSQL and Redis below the state folder, for machines that offer none.

`Postgres(state_dir)` and `Redis(state_dir)` start, stop, kill and erase one server each; they
need no settings, so tests run servers of their own beside the command's.
"""

from backend.cli.servers.postgres import Postgres
from backend.cli.servers.redis import Redis
from backend.cli.servers.server import Server

__all__ = ["Postgres", "Redis", "Server"]
