"""The doorbell: rings gather, leave together, and stop when the line is long."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest

from backend.domain.workflow import Stage
from backend.store import queue
from backend.store.queue import Bellboy, Doorbell, connect, job_id, queue_of
from backend.store.work import Job


def a_job(stage: Stage = Stage.ANONYMISE) -> Job:
    return Job(stage, "a-city", uuid4(), 0)


@pytest.fixture
def redis(settings):
    found = connect(settings.redis)
    yield found
    for stage in Stage:
        queue_of(found, stage).empty()
    found.close()


def until(come) -> None:
    for _ in range(600):
        if come():
            return
        time.sleep(0.05)
    pytest.fail("This did not come about.")


def test_rings_that_gather_leave_together_and_later_ones_too(redis):
    told: list[list[Job]] = []
    boy = Bellboy(told.append)
    jobs = [a_job() for _ in range(5)]
    for job in jobs[:4]:
        boy.send(job)
    until(lambda: sum(map(len, told)) == 4)
    until(lambda: not boy.on_the_way)
    boy.send(jobs[4])
    until(lambda: sum(map(len, told)) == 5)
    assert [job for some in told for job in some] == jobs


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bellboy_who_stumbled_goes_again(redis):
    told: list[list[Job]] = []

    def ring(jobs):
        told.append(jobs)
        if len(told) == 1:
            raise SystemExit

    boy = Bellboy(ring)
    boy.send(a_job())
    until(lambda: told and not boy.on_the_way)
    boy.send(a_job())
    until(lambda: len(told) == 2)


def test_each_stage_hears_of_its_own(redis):
    jobs = [a_job(), a_job(Stage.CLASSIFY), a_job()]
    Doorbell(redis).send_all(jobs)
    for stage in (Stage.ANONYMISE, Stage.CLASSIFY):
        expected = {job_id(job) for job in jobs if job.stage is stage}
        assert set(queue_of(redis, stage).job_ids) == expected
    [ringing] = queue_of(redis, Stage.CLASSIFY).jobs
    assert (ringing.func_name, ringing.args) == ("workers.jobs.classify", ["a-city", str(jobs[1].report_id)])


def test_a_long_line_gets_no_longer(redis, monkeypatch):
    monkeypatch.setattr(queue, "LINE", 3)
    bell = Doorbell(redis)
    bell.send_all([a_job(), a_job()])
    bell.send_all([a_job(), a_job()])
    bell.send_all([a_job()])
    assert queue_of(redis, Stage.ANONYMISE).count == 3


def test_a_doorbell_that_cannot_be_reached_is_no_error(redis):
    gone = connect("redis://127.0.0.1:1/0")
    Doorbell(gone).send_all([a_job()])
