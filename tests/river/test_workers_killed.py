"""Workers that are killed, or stopped and woken too late, in the middle of a report."""

import signal

import pytest
from sqlalchemy import select

from backend.domain.workflow import State
from backend.store.models import Sealed
from tests.river.effects import assert_each_effect_once
from tests.river.stack import until

pytestmark = pytest.mark.river


def test_a_worker_killed_in_the_middle_of_a_job_loses_nothing(river, town, photo):
    sent = {town.send(town.draft("He followed me to my door.", photo, photo)) for _ in range(2)}
    fences = {}
    for _ in range(2):
        held = town.catch("anonymise")
        fences[held] = town.reports()[held].fence
        river.restart("anonymise")
        river.skip()
    reports = town.settle()
    # What was in hand was taken anew, under a new fence.
    assert all(reports[report].fence > fence for report, fence in fences.items())
    assert_each_effect_once(town, sent)


def test_a_classifier_killed_in_the_middle_of_a_job_loses_nothing(river, town):
    river.restart("classify")
    sent = {town.send(town.draft("He shouted at me and followed me.")) for _ in range(3)}
    # Its first report takes it longest: it has no model yet.
    until(lambda: town.in_hand(State.ANONYMISED) or town.all_in_review(), "a worker holds a report")
    river.restart("classify")
    town.settle()
    assert_each_effect_once(town, sent)


def test_a_worker_that_wakes_up_after_its_lease_changes_nothing(river, town, photo):
    sent = {town.send(town.draft("He followed me to my door.", photo, photo, photo))}
    asleep = town.reports()[town.catch("anonymise")].fence
    refused = river.said().count("stale_lease")
    river.start("anonymise-again")
    reports = town.settle()
    assert [report.fence > asleep for report in reports.values()] == [True]
    written = _sealed(town)
    river.signal("anonymise", signal.SIGCONT)
    until(lambda: river.said().count("stale_lease") > refused, "the late worker is refused")
    assert _sealed(town) == written
    assert_each_effect_once(town, sent)
    river.stack.stop("anonymise-again")


def _sealed(town):
    with town.work() as work:
        return set(work.session.scalars(select(Sealed.ciphertext).where(Sealed.city_id == town.id)))
