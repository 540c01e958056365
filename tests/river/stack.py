"""An installation of its own in which everything is real and can be killed: servers, doors, workers, clock."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from backend.cli.context import owner_works
from backend.cli.demo.stack import Stack
from backend.cli.phone import Draft, Phone, draft
from backend.cli.servers import Postgres, Redis
from backend.config import load_settings
from backend.domain.clock import local_date
from backend.domain.workflow import LEASE, State
from backend.errors import Unavailable
from backend.steps.accounts import add_importer
from backend.steps.cities import add_city
from backend.store.clocks import FileClock
from backend.store.keyring import KeyRing
from backend.store.models import Report
from backend.store.monthkeys import ensure_month_keys
from backend.store.secrets import secret_of
from backend.store.work import Work
from tests.support import START, described_city

# Nobody waits so long unless something is wrong; no test says how long anything took.
PATIENCE = 120.0
PAUSE = 0.02
SKIP_EVERY = 4.0
HERE = "127.0.0.77"  # where the tests' phones ask from: it must be found nowhere


def until(truth: Callable[[], Any], what: str) -> Any:
    """Ask again and again until there is an answer."""
    end = time.monotonic() + PATIENCE
    while not (found := truth()):
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(PAUSE)
    return found


def descendants(pid: int) -> set[int]:
    """The processes that a process started, and those that they started."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child} | descendants(child)
    return found


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in "ZX"


@dataclass(repr=False)
class River:
    """The running installation. Reports are made in cities, one for each test."""

    stack: Stack
    postgres: Postgres
    redis: Redis
    port: int
    orders: dict[str, tuple[str, ...]]
    orphans: set[int] = field(default_factory=set)
    said_before: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def clock(self) -> FileClock:
        return FileClock(self.stack.settings.state_dir / "clock")

    def start(self, name: str) -> None:
        self.stack.start(name, *self.orders[name.partition("-")[0]])

    def kill(self, name: str) -> None:
        """End a process as a power cut would, with all that it started in its own group."""
        pid = self.stack.processes[name].pid
        os.killpg(pid, signal.SIGSTOP)
        self.orphans |= descendants(pid)
        os.killpg(pid, signal.SIGKILL)
        self.stack.processes.pop(name).wait()

    def restart(self, name: str) -> None:
        """What a supervisor does after a process was killed."""
        self.kill(name)
        self.start(name)

    def signal(self, name: str, number: signal.Signals) -> None:
        os.killpg(self.stack.processes[name].pid, number)

    def pids(self) -> dict[str, int]:
        """The processes that run, by name."""
        found = self.stack.processes.items()
        return {name: process.pid for name, process in found if process.poll() is None}

    def restart_server(self, server: Postgres | Redis) -> None:
        """Cut a server's power, and switch it on again."""
        server.kill()
        self.start_server(server)

    def start_server(self, server: Postgres | Redis) -> None:
        # A server begins its log anew; what it said is looked through at the end.
        self.said_before.append(server.log.read_text())
        server.start()

    def skip(self, past: timedelta = LEASE + timedelta(minutes=1)) -> None:
        """Move the clock of all processes, by default beyond every lease that is held now."""
        self.clock.move_to(self.clock.now() + past)

    def said(self) -> str:
        """Everything that any process has written to a log."""
        files = [*(self.stack.settings.state_dir / "logs").glob("*.log"), self.postgres.log, self.redis.log]
        return "\n".join([*(file.read_text() for file in files), *self.said_before])

    def log(self, name: str) -> str:
        """What one process has written to its log."""
        return (self.stack.settings.state_dir / "logs" / f"{name}.log").read_text()

    def wait_ready(self) -> None:
        self.stack.wait_ready(self.url)

    def heal(self) -> None:
        """Let every part run, whatever an earlier test did to it."""
        for server in (self.postgres, self.redis):
            if not server.ready():
                self.start_server(server)
        for name in set(self.orders) - set(self.pids()):
            self.start(name)
        self.wait_ready()


@dataclass(repr=False)
class Town:
    """A city of one test: its phones, and what the owner of the database sees of it."""

    river: River
    id: str
    importer: str

    @property
    def address(self) -> str:
        return f"{self.river.url}/v1/cities/{self.id}/reports"

    def draft(self, text: str | None = None, *photos: bytes) -> Draft:
        body = {
            "kind": "incident",
            "categories": ["following"],
            "location": {"type": "Point", "coordinates": [2.1734, 41.3851]},
            "occurred_on": local_date(self.river.clock, "Europe/Madrid").isoformat(),
            "daypart": "night",
            "language": "en",
        }
        return draft(body | ({"text": text} if text else {}), photos)

    def post(self, report: Draft, url: str | None = None) -> httpx.Response:
        """Try one time to hand in a report."""
        headers = {"Idempotency-Key": f'"{report.key}"', "Authorization": f"Importer {self.importer}"}
        with httpx.Client(transport=httpx.HTTPTransport(local_address=HERE), timeout=60) as client:
            return client.post(url or self.address, headers=headers, json=report.wire())

    def send(self, report: Draft) -> str:
        """Hand in a report and its photos as a phone does, however long it takes; return its id."""

        def sent() -> str | None:
            try:
                with self.phone() as phone:
                    return phone.send(report).id
            except Unavailable:
                return None

        return str(until(sent, "a report is taken"))

    def phone(self) -> Phone:
        return Phone(
            self.river.url, self.id, self.importer, transport=httpx.HTTPTransport(local_address=HERE)
        )

    @contextmanager
    def work(self) -> Iterator[Work]:
        with owner_works(self.river.stack.settings) as works, works.open(self.id) as work:
            yield work

    def reports(self) -> dict[str, Report]:
        """Every report of the city, by id."""
        with self.work() as work:
            found = work.session.query(Report).filter(Report.city_id == self.id)
            return {str(report.id): report for report in found}

    def in_hand(self, state: State) -> str | None:
        """A report that a worker works on right now, in the stage that a state wakes."""
        found = self.reports().items()
        held = (name for name, report in found if report.lease_until and report.state is state)
        return next(held, None)

    def all_in_review(self) -> dict[str, Report] | None:
        """Every report of the city, when each is where people can read it."""
        found = self.reports()
        return found if all(report.state is State.IN_REVIEW for report in found.values()) else None

    def catch(self, worker: str) -> str:
        """Let a worker freeze in the middle of a report with photos; return which."""

        def caught() -> str | None:
            if self.in_hand(State.RECEIVED) is None:
                return None
            self.river.signal(worker, signal.SIGSTOP)
            held = self.in_hand(State.RECEIVED)
            if held is None:
                self.river.signal(worker, signal.SIGCONT)
            return held

        return str(until(caught, "a worker holds a report"))

    def settle(self) -> dict[str, Report]:
        """Wait until every report is where people can read it, letting the time go by."""
        skipped = time.monotonic()

        def settled() -> dict[str, Report] | None:
            nonlocal skipped
            found = self.all_in_review()
            if found is None and time.monotonic() - skipped > SKIP_EVERY:
                self.river.skip()
                skipped = time.monotonic()
            return found

        self.river.skip()
        return dict(until(settled, "all reports are in review"))


def make_town(river: River) -> Town:
    """Add a city with keys and an importer to a running installation."""
    city_id, settings = f"t{uuid4().hex[:12]}", river.stack.settings
    # Founded now, so that no release of its past keeps the clock busy.
    founded = local_date(river.clock, "Europe/Madrid").isoformat()
    with owner_works(settings) as works, works.open(city_id) as work:
        add_city(work, described_city(city_id, languages=["en"], started_on=founded))
        ensure_month_keys(work, KeyRing(settings.keys_dir))
        importer = add_importer(work, secret_of(settings.pepper_file), "phones of a test")
    return Town(river, city_id, importer)


@contextmanager
def open_river(state: Path, port: int) -> Iterator[River]:
    """Start everything, and stop it at the end, whatever happened."""
    postgres, redis = Postgres(state), Redis(state)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FAROLA_")}
    environ |= {
        "FAROLA_STATE_DIR": str(state),
        "FAROLA_CLOCK_FILE": str(state / "clock"),
        "DATABASE_URL": postgres.url,
        "REDIS_URL": redis.url,
    }
    orders = {
        "serve": ("serve", "--door", "all", "--port", str(port)),
        "anonymise": ("work", "--queue", "anonymise"),
        "classify": ("work", "--queue", "classify"),
        "clock": ("clock", "--every", "0.5"),
    }
    river = River(Stack(load_settings(environ), environ), postgres, redis, port, orders)
    river.clock.move_to(START)
    try:
        postgres.start()
        redis.start()
        river.stack.run("migrate")
        river.heal()
        yield river
    finally:
        groups = [process.pid for process in river.stack.processes.values()]
        for pid in groups:
            river.orphans |= descendants(pid)
        river.stack.stop()
        redis.erase()
        postgres.erase()
        river.orphans |= set(groups)
        shutil.rmtree(state / "blobs", ignore_errors=True)
