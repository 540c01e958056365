"""What a lease promises when its worker fails or freezes: no error leaves, no row stays locked for ever."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from backend.domain.workflow import Stage, State
from backend.store.models import Report
from workers import runtime as runtime_module
from workers.lease import held, run, take

SECRET = "what a resident wrote"


@pytest.fixture
def here(monkeypatch, runtime):
    monkeypatch.setattr(runtime_module, "_here", [runtime])
    return runtime


@pytest.fixture
def report_id(hand_in):
    return UUID(hand_in()["id"])


def test_a_worker_that_freezes_in_a_transaction_lets_the_row_go(here, works, city, report_id):
    lease = take(here.works, Stage.ANONYMISE, city, report_id)
    with works["worker"].open(city) as work:
        held(work, lease)
        assert work.session.scalar(text("show idle_in_transaction_session_timeout")) == "2min"


@pytest.mark.parametrize("broken", ["take", "do", "give_back"])
def test_no_error_leaves_a_job(here, works, city, report_id, monkeypatch, capfd, broken):
    def fail(*_):
        raise OperationalError(SECRET, {"words": SECRET}, RuntimeError(SECRET))

    if broken != "do":
        monkeypatch.setattr(f"workers.lease.{broken}", fail)
    run(Stage.ANONYMISE, city, str(report_id), fail)
    assert SECRET not in "".join(capfd.readouterr())
    with works["worker"].open(city) as work:
        report = work.session.get_one(Report, (city, report_id))
        assert (report.state, report.due_at is None) == (State.RECEIVED, False)


def test_a_worker_whose_report_moved_on_while_it_failed_is_not_an_error(here, works, city, report_id):
    def overtaken(_, lease):
        with works["worker"].open(city) as work:
            work.session.get_one(Report, (city, report_id)).fence += 1
        raise RuntimeError(SECRET)

    run(Stage.ANONYMISE, city, str(report_id), overtaken)
    with works["worker"].open(city) as work:
        report = work.session.get_one(Report, (city, report_id))
        assert (report.fence, report.attempts, report.lease_until is None) == (2, 1, False)


def test_an_error_of_the_database_does_not_say_what_was_written(works, city):
    with works["worker"].open(city) as work, pytest.raises(ProgrammingError) as caught:
        work.session.execute(text("select there_is_no_such_function(:said)"), {"said": SECRET})
    assert "there_is_no_such_function" in str(caught.value)
    assert SECRET not in str(caught.value)
