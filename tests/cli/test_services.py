"""The private servers really start, survive being killed, stop whole and stay out of others' way."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from redis import Redis as Client

from backend.cli import main
from backend.cli.servers import Postgres, Redis, Server
from backend.cli.servers.account import server_account
from backend.cli.servers.place import find_place, make_folder
from backend.config import load_settings
from backend.errors import ServiceError


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every account can pass, as a checkout's often is and pytest's never is."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="farola-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)
        for server in (Postgres(Path(name)), Redis(Path(name))):
            server.erase()


def running(pid: int) -> bool:
    """Whether a process runs; one that ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(scope="module")
def state():
    with open_folder() as folder:
        yield folder


@pytest.fixture
def farola(state: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FAROLA_STATE_DIR", str(state))

    def run(*words: str):
        return CliRunner().invoke(main, ["services", *words])

    return run


@pytest.fixture
def postgres(state: Path) -> Postgres:
    server = Postgres(state)
    server.start()
    return server


@pytest.fixture
def redis(state: Path) -> Redis:
    server = Redis(state)
    server.start()
    return server


def ask(server: Postgres, question: str):
    with psycopg.connect(server.url, autocommit=True) as connection:
        return connection.execute(question).fetchone()[0]


def test_started_twice_both_answer_and_other_commands_find_them(farola, state):
    told = [json.loads(farola("start", "--json").stdout) for _ in range(2)]
    assert told[0] == told[1]
    assert {service["state"] for service in told[0].values()} == {"ready"}
    settings = load_settings()
    assert ask(Postgres(state), "select current_database()") == "farola"
    assert settings.owner_url == Postgres(state).url
    with Client.from_url(settings.redis) as client:
        assert client.ping()
    assert stat.S_IMODE((state / "services.json").stat().st_mode) == 0o600


def test_status_is_honest_and_stop_leaves_nothing(farola, state):
    farola("start")
    assert farola("status").exit_code == 0
    pids = Postgres(state).pids() + Redis(state).pids()
    assert len(pids) > 2
    assert farola("stop").exit_code == 0
    assert not [pid for pid in pids if running(pid)]
    assert farola("status").exit_code == 1
    assert not (state / "services.json").exists()
    assert load_settings().database_url is None
    assert farola("stop").exit_code == 0


def test_postgres_has_postgis_utc_and_no_port(postgres):
    with psycopg.connect(postgres.url) as connection:
        connection.execute("create extension if not exists postgis")
        assert connection.execute("select st_x('point(2 41)'::geometry)").fetchone() == (2.0,)
        connection.rollback()
    shown = {name: ask(postgres, f"show {name}") for name in ("listen_addresses", "timezone", "fsync")}
    assert shown == {"listen_addresses": "", "timezone": "UTC", "fsync": "on"}
    assert ask(postgres, "show server_encoding") == "UTF8"
    assert int(ask(postgres, "show server_version_num")) >= 150000


def test_a_wrong_password_opens_neither(postgres, redis):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.url.replace(postgres.password, "guess")).close()
    with (
        Client.from_url(redis.url.replace(redis.password, "guess")) as client,
        pytest.raises(Exception, match=r"WRONGPASS|invalid username-password"),
    ):
        client.ping()


def test_redis_keeps_nothing(redis):
    with Client.from_url(redis.url) as client:
        client.set("bell", "rung")
    redis.stop()
    redis.start()
    with Client.from_url(redis.url) as client:
        assert client.get("bell") is None
        assert client.config_get("save", "appendonly") == {"save": "", "appendonly": "no"}


@pytest.mark.parametrize("kind", [Postgres, Redis])
def test_killed_whole_it_starts_again(state, kind):
    server: Server = kind(state)
    server.start()
    server.kill()
    assert not server.pids()
    assert not server.ready()
    server.start()
    assert server.ready()


def test_what_was_committed_survives_a_kill(postgres):
    with psycopg.connect(postgres.url) as connection:
        connection.execute("create table told as select 'kept' as word")
    postgres.kill()
    postgres.start()
    assert ask(postgres, "select word from told") == "kept"


def test_only_the_postmaster_killed_its_children_go_before_the_next_start(postgres):
    before = postgres.pids()
    os.kill(int((postgres.folder / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    postgres.start()
    assert postgres.ready()
    assert not set(before) & set(postgres.pids())


def test_a_stale_process_id_of_another_program_does_not_hinder(postgres):
    postgres.kill()
    file = postgres.folder / "postmaster.pid"
    stale = file.read_text().replace(file.read_text().split()[0], str(os.getpid()), 1)
    file.write_text(stale)
    postgres.start()
    assert postgres.ready()


def test_errors_are_logged_without_the_words_that_caused_them(postgres):
    planted = "lanterns-planted-word"
    with psycopg.connect(postgres.url) as connection:
        connection.execute("create temporary table once (word text unique)")
        connection.execute("insert into once values (%s)", [planted])
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into once values (%s)", [planted])
    log = postgres.log.read_text()
    assert "duplicate key" in log
    assert planted not in log


def test_servers_named_by_the_environment_are_left_alone(farola, state, monkeypatch):
    farola("stop")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/farola")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere:6379")
    done = farola("start", "--json")
    assert {service["state"] for service in json.loads(done.stdout).values()} == {"elsewhere"}
    assert "DATABASE_URL names another server, left alone" in done.stderr
    assert not Postgres(state).pids()
    assert not (state / "services.json").exists()


def test_a_lost_password_is_one_clear_line(farola, postgres, state):
    postgres.stop()
    kept = postgres.password
    (state / "secrets" / "pg").unlink()
    done = farola("start")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert "farola services erase" in done.stderr
    (state / "secrets" / "pg").write_text(kept)
    farola("stop")


def test_a_deep_state_folder_gets_a_socket_path_that_fits(tmp_path):
    deep = tmp_path / ("deep" * 20) / ("deeper" * 10)
    server = Redis(deep)
    server.start()
    assert len(os.fsencode(server.place.sockets / ".s.PGSQL.5432.lock")) <= 107
    assert server.ready()
    server.erase()
    assert not server.place.outside.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands over to another account")
def test_a_checkout_below_a_closed_home_keeps_its_data_where_the_server_can_reach_it(tmp_path):
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    server = Redis(closed / "checkout" / "var")
    server.start()
    assert server.place.data == server.place.outside
    shutil.rmtree(closed)
    again = Redis(closed / "checkout" / "var")
    again.start()  # the state folder was removed: what it left outside goes with it
    assert again.ready()
    again.erase()
    assert not again.place.outside.exists()


def test_a_folder_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(ServiceError, match="belongs to another user"):
        make_folder(tmp_path / "link", server_account())


def test_two_checkouts_do_not_share_a_place(tmp_path):
    account = server_account()
    assert find_place(tmp_path / "a", account).outside != find_place(tmp_path / "b", account).outside


def test_commands_that_start_at_the_same_time_share_one_server():
    program = Path(sys.executable).with_name("farola")
    with open_folder() as folder:
        environ = {"FAROLA_STATE_DIR": str(folder), "PATH": os.environ["PATH"]}
        words = [program, "services", "start", "--json"]
        running = [subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, text=True) for _ in range(3)]
        said = [process.communicate()[0] for process in running]
        assert [process.returncode for process in running] == [0, 0, 0]
        assert {json.loads(line)["redis"]["processes"] for line in said} == {1}
        assert set(json.loads((folder / "services.json").read_text())) == {"database_url", "redis_url"}


def test_an_error_is_one_line_on_stderr_and_a_failing_exit_code():
    program = Path(sys.executable).with_name("farola")
    with open_folder() as folder:
        (folder / "run").symlink_to("/etc")
        environ = {"FAROLA_STATE_DIR": str(folder), "PATH": os.environ["PATH"]}
        for words, code in ((["services", "start"], 1), (["lamp"], 2), (["services", "lamp"], 2)):
            done = subprocess.run([program, *words], env=environ, capture_output=True, text=True, check=False)
            assert done.returncode == code
            assert done.stdout == ""
            assert done.stderr.startswith("farola: ")
            assert done.stderr.count("\n") == 1
