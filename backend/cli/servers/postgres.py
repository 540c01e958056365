"""The private PostgreSQL: a small, safe cluster on a unix socket, with PostGIS at hand."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg

from backend.cli.servers.packages import missing_postgres, postgres_programs
from backend.cli.servers.place import make_folder, write_private
from backend.cli.servers.server import Server
from backend.errors import ServiceError

if TYPE_CHECKING:
    from pathlib import Path

_DATABASE = "farola"
_SUPERUSER = "postgres"
# Errors are logged without the statement and its values: those may be a resident's words.
_CONFIG = """\
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 128MB
max_wal_size = 512MB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_min_error_statement = panic
log_error_verbosity = terse
"""


class Postgres(Server):
    """A private PostgreSQL cluster with one database, `farola`."""

    name = "pg"

    @property
    def url(self) -> str:
        """The superuser's address with the password, as libpq and SQLAlchemy read it."""
        return self.url_of(_DATABASE)

    def url_of(self, database: str) -> str:
        """The superuser's address of another database in the cluster."""
        socket = quote(str(self.place.sockets), safe="")
        return f"postgresql://{_SUPERUSER}:{self.password}@/{database}?host={socket}"

    def missing(self) -> list[str]:
        """Names of system packages that the server needs and the machine lacks."""
        return missing_postgres()

    def program(self) -> Path:
        """The path of pg_ctl, PostgreSQL and PostGIS installed when missing."""
        return postgres_programs() / "pg_ctl"

    def ready(self) -> bool:
        """Whether it takes the password and has the database."""
        try:
            with psycopg.connect(self.url, connect_timeout=2) as connection:
                return connection.execute("select 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def alive(self) -> bool:
        """Whether the postmaster runs."""
        try:
            first = (self.folder / "postmaster.pid").read_text().splitlines()[0]
        except (OSError, IndexError):
            return False
        return int(first) in self.pids()

    def _launch(self) -> None:
        if not self.folder.exists():
            self._initialise()
        make_folder(self.folder, self.account)  # checks the owner
        self._configure()
        self._forget_dead_server()
        log = ["-l", str(self.log)]
        self.account.must([str(self.program()), "-D", str(self.folder), *log, "-w", "-s", "start"])
        self._create_database()

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there whole: a kill leaves no half cluster."""
        half = self.folder.with_name("pg.new")
        shutil.rmtree(half, ignore_errors=True)
        make_folder(half, self.account)
        word = self.place.sockets / "word"
        write_private(word, self.password, self.account)
        auth = [f"--username={_SUPERUSER}", f"--pwfile={word}", "--auth=scram-sha-256"]
        text = ["--encoding=UTF8", "--locale=C.UTF-8"]
        try:
            self.account.must([str(self.program().with_name("initdb")), "-D", str(half), *auth, *text])
        finally:
            word.unlink()
        with (half / "postgresql.conf").open("a") as out:
            out.write("include 'farola.conf'\n")
        half.rename(self.folder)

    def _configure(self) -> None:
        sockets = str(self.place.sockets).replace("'", "''")
        write_private(self.folder / "farola.conf", _CONFIG.format(sockets=sockets), self.account)

    def _forget_dead_server(self) -> None:
        """Remove what a killed server left: its process id may be another program's by now."""
        if not self.pids():
            (self.folder / "postmaster.pid").unlink(missing_ok=True)
            (self.place.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _create_database(self) -> None:
        try:
            with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
                known = connection.execute("select 1 from pg_database where datname = %s", [_DATABASE])
                if not known.fetchone():
                    connection.execute(f"create database {_DATABASE}")
        except psycopg.OperationalError as error:
            raise ServiceError(
                f"The cluster in {self.folder} does not take the password kept for it: "
                "`farola services erase` starts afresh."
            ) from error

    def _ask_to_stop(self) -> None:
        stop = ["-D", str(self.folder), "-m", "fast", "-w", "-t", "25", "-s", "stop"]
        with suppress(ServiceError):  # no server, only processes it left: the caller ends those
            self.account.must([str(self.program()), *stop])
