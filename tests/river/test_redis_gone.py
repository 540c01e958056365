"""Redis, the doorbell: killed, emptied or deaf while reports come in. Residents do not notice."""

import os
import signal
from contextlib import contextmanager

import pytest
from redis import Redis

from backend.domain.workflow import State
from tests.river.effects import assert_each_effect_once
from tests.river.stack import until

pytestmark = pytest.mark.river

WORDS = "A man followed me from the stop."


def taken(town, count=3):
    """Reports that were acknowledged at the first try."""
    answers = [town.post(town.draft(WORDS)) for _ in range(count)]
    assert [answer.status_code for answer in answers] == [201] * count
    return {answer.json()["id"] for answer in answers}


def test_reports_are_taken_while_redis_is_gone_and_processed_when_it_is_back(river, town, photo):
    workers = river.pids()
    sent = taken(town) | {town.send(town.draft(WORDS, photo, photo))}
    until(lambda: town.in_hand(State.RECEIVED), "a worker holds a report")
    river.redis.kill()
    sent |= taken(town)
    # One worker loses its doorbell around a job, the other one while it waits.
    until(lambda: town.in_hand(State.RECEIVED) is None, "the worker ends what it had in hand")
    river.start_server(river.redis)
    town.settle()
    assert_each_effect_once(town, sent)
    assert river.pids() == workers


def test_a_worker_started_before_redis_waits_for_it(river, town):
    river.redis.kill()
    river.restart("classify")
    sent, started = taken(town), river.pids()
    until(lambda: "doorbell_lost" in river.log("classify"), "the worker misses Redis")
    river.start_server(river.redis)
    town.settle()
    assert_each_effect_once(town, sent)
    assert river.pids() == started


def test_a_worker_without_redis_stops_when_told(river):
    river.redis.kill()
    process = river.stack.processes["classify"]
    process.terminate()
    assert process.wait(60) in {0, -signal.SIGTERM}


def test_emptying_redis_loses_nothing(river, town, photo):
    sent = {town.send(town.draft(WORDS, photo, photo))} | taken(town)
    with Redis.from_url(river.redis.url) as redis:
        until(lambda: town.in_hand(State.RECEIVED), "a worker holds a report")
        redis.flushall()
        sent |= taken(town)
        redis.flushall()
    town.settle()
    assert_each_effect_once(town, sent)


@contextmanager
def deaf(server):
    """A server that lives and does not answer."""
    pids = server.pids()
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_reports_are_taken_while_redis_hangs(river, town):
    with deaf(river.redis):
        sent = taken(town)
    town.settle()
    assert_each_effect_once(town, sent)
