"""The demo from end to end: a fresh city, posted reports, real workers, decisions, releases and the map."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from backend.cli.bulk import Tally, wait
from backend.cli.context import history_secret, owner_works
from backend.cli.demo import history, material, trace
from backend.cli.demo.moderate import Seen, sign_in
from backend.cli.demo.notes import tell_what_was_done
from backend.cli.demo.pictures import draw_scene
from backend.cli.demo.stack import Stack, said
from backend.cli.phone import Phone, Sent, draft
from backend.domain import receipts
from backend.domain.clock import local_date
from backend.domain.periods import PeriodKind, period_of
from backend.domain.settling import WAIT
from backend.domain.workflow import Stage, State
from backend.errors import ServiceError
from backend.steps.accounts import add_account, set_trained
from backend.steps.cities import add_city
from backend.steps.history import add_history
from backend.store.clocks import FileClock
from backend.store.keyring import KeyRing
from backend.store.models import Role
from backend.store.monthkeys import ensure_month_keys
from workers.publish.due import published_at

PATIENCE = 900.0
WAITING = 9  # every ninth report is posted again for who looks at the console
LEAD = "nil"
STAFF = {"marina": Role.MODERATOR, LEAD: Role.LEAD, "city": Role.ANALYST}


def _send(phone: Phone, story: material.Story) -> Sent:
    """Post one report with its drawn photos; each is another resident's."""
    photos = [draw_scene(**scene) for scene in story.scenes]
    body = story.body | {"contributor": receipts.base64url(secrets.token_bytes(16))}
    return phone.send(draft(body, photos))


@dataclass
class Times:
    """How long each part took, in seconds."""

    seconds: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Measure one part."""
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 1)

    def all(self) -> dict[str, float]:
        """Return the parts and the total."""
        return self.seconds | {"total": round(time.monotonic() - self.began, 1)}


@dataclass
class Demo:
    """One run of the demo on a prepared stack."""

    stack: Stack
    port: int
    past: int = history.COUNT
    times: Times = field(default_factory=Times)
    passwords: dict[str, str] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    rulings: dict[str, material.Ruling] = field(default_factory=dict)
    synthetic: list[dict[str, Any]] = field(default_factory=list, repr=False)
    seen: Seen = field(default_factory=Seen)

    @property
    def url(self) -> str:
        """Where the demo answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def clock(self) -> FileClock:
        """The clock that every process of the demo reads."""
        return FileClock(self.stack.settings.state_dir / "clock")

    @property
    def city(self) -> str:
        """The id of the demo's city."""
        return str(material.city()["id"])

    @property
    def today(self) -> date:
        """The day it is in the demo's city."""
        return local_date(self.clock, material.city()["timezone"])

    def go(self) -> dict[str, Any]:
        """Do everything once and return the summary."""
        with self.times.part("migrate"):
            self.stack.run("migrate")
        with self.times.part("set_up"):
            self._set_up()
        self._start_processes()
        with self.times.part("post"):
            self._post()
        with self.times.part("process"):
            self._process()
        with self.times.part("decide"):
            self._decide()
        with self.times.part("release"):
            countable = self._release()
        with self.times.part("trace"):
            return self._summary(countable)

    def _set_up(self) -> None:
        """Add the city, its keys, its people and its past, by the owner's login."""
        first, last = history.span(self.today)
        city = material.city(first)
        settings = self.stack.settings
        said("adding {name} and a synthetic past of {count} reports", name=city["name"], count=self.past)
        with owner_works(settings) as works, works.open(self.city) as work:
            add_city(work, city)
            ensure_month_keys(work, KeyRing(settings.keys_dir))
            for name, role in STAFF.items():
                self.passwords[name] = secrets.token_urlsafe(12)
                add_account(work, name, name.capitalize(), role, self.passwords[name])
                set_trained(work, name, trained=True)
        self.synthetic = history.Past(city, first, last).rows(self.past)
        self._add_past(lambda day: day < self.today)

    def _add_past(self, wanted: Callable[[date], bool]) -> None:
        """Take over the part of the synthetic past that was received on the days wanted."""
        rows = [row for row in self.synthetic if wanted(row["received_on"])]
        with owner_works(self.stack.settings) as works, works.open(self.city) as work:
            add_history(work, history_secret(self.stack.settings), rows)

    def _start_processes(self) -> None:
        said("starting the server, a worker for each queue and the clock")
        self.stack.start("serve", "serve", "--door", "all", "--port", str(self.port))
        for stage in Stage:
            self.stack.start(f"work-{stage}", "work", "--queue", stage)
        self.start_clock()
        self.stack.wait_ready(self.url)

    def start_clock(self) -> None:
        """Start the process that sweeps, keeps keys and releases."""
        self.stack.start("clock", "clock", "--every", "5")

    def _phone(self) -> Phone:
        return Phone(self.url, self.city)

    def leave_some(self) -> None:
        """Post a few of the reports again, so that the console has something to read."""
        with self._phone() as phone:
            for story in material.stories(self.today)[::WAITING]:
                _send(phone, story)

    def _post(self) -> None:
        told = material.stories(self.today)
        with self._phone() as phone:
            for number, story in enumerate(told, start=1):
                sent = _send(phone, story)
                self.tally.posted.append(sent.secret)
                self.rulings[sent.id] = story.decision
                if number % 10 == 0 or number == len(told):
                    said("{number} of {all} reports posted over HTTP", number=number, all=len(told))

    def _process(self) -> None:
        with self._phone() as phone:
            wait(phone, self.tally, PATIENCE, self._watched)

    def _watched(self, line: str) -> None:
        self.stack.check()
        said(line)

    def _decide(self) -> None:
        """The first decides; what is sensitive waits for the second, who has to agree."""
        for name in list(STAFF)[:2]:
            said("{name} decides", name=name)
            with sign_in(self.url, self.city, name, self.passwords[name]) as moderator:
                moderator.decide_all(self.rulings, self.seen)

    def _release(self) -> date:
        """Move the clock past the periods that count today's reports, and release what is due.

        Returns:
            The day on which the reports are counted.
        """
        told_on = self.today
        countable, zone = told_on + WAIT, material.city()["timezone"]
        ends = [published_at(period_of(kind, countable), zone) for kind in PeriodKind]
        # One drawing at a time: the clock process would release as well.
        self.stack.stop("clock")
        self.clock.move_to(max(ends) + timedelta(minutes=1))
        said("the clock stands at {day}; releasing what is due", day=self.today)
        self.stack.run("keys", "ensure")  # of the month it is now: without it no report could be taken in
        self._add_past(lambda day: day >= told_on)
        self.stack.run("release", "--due", "--json")
        with owner_works(self.stack.settings) as works, works.open(self.city) as work:
            tell_what_was_done(work, LEAD, self.today)
        return countable

    def _summary(self, countable: date) -> dict[str, Any]:
        traced = {period_of(kind, countable).name for kind in PeriodKind}
        found = trace.published(self.url, self.city, traced)
        with self._phone() as phone:
            states = trace.states(phone, self.tally.posted)
        if not states[State.COUNTED] or not found.tile_features:
            raise ServiceError("No posted report was traced into a release.")
        return {
            "posted": len(self.tally.posted),
            "terminal": sum(states[state] for state in trace.TERMINAL),
            "approved": states[State.APPROVED] + states[State.COUNTED],
            "rejected": states[State.REJECTED] + states[State.DUPLICATE],
            "counted": states[State.COUNTED],
            "photos_published": self.seen.photos_published,
            "photos_with_filled_face": self.seen.photos_with_filled_face,
            "history": self.past,
            "periods": sorted(traced),
            "releases": found.releases,
            "layers": found.layers_not_empty,
            "layers_not_empty": len(found.layers_not_empty),
            "map_levels": len(found.levels),
            "cells_shown": found.cells_shown,
            "tile_features": found.tile_features,
            "seconds": self.times.all(),
        }
