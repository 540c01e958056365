"""Everything fails in turn while reports come in: each acknowledged one is processed, once, and nothing leaks."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from tests.river.effects import assert_each_effect_once, in_redis, secrets_of
from tests.river.stack import until

pytestmark = pytest.mark.river

SEED = 20261118
REPORTS = 40
PHONES = 2
WITH_PHOTO = 8  # every eighth


class Nemesis:
    """Lets one part after the other fail, each part at least once, in an order drawn from a seed."""

    def __init__(self, river, seed):
        self.river = river
        self.seen = []
        self.faults = [
            *(lambda name=name: self.kill(name) for name in ("anonymise", "classify", "clock", "serve")),
            *(lambda server=server: river.restart_server(server) for server in (river.redis, river.postgres)),
            *(self.empty_redis, river.skip, river.skip),
        ]
        random.Random(seed).shuffle(self.faults)

    def kill(self, name):
        self.river.restart(name)

    def empty_redis(self):
        with Redis.from_url(self.river.redis.url) as redis:
            redis.flushall()

    def strike(self, fault):
        """Note what Redis knows, then let something fail."""
        self.seen += in_redis(self.river.redis.url)
        fault()


def planted(number):
    return f"Umbrellabird{number:03}x"


def test_each_report_is_processed_once_and_nothing_leaks(river, town, photo):
    drafts = [
        town.draft(
            f"{planted(number)} Kowalczyk followed me. Call +34 612 345 {number:03}.",
            *([] if number % WITH_PHOTO else [photo]),
        )
        for number in range(REPORTS)
    ]
    nemesis = Nemesis(river, SEED)
    with ThreadPoolExecutor(PHONES) as phones:
        sent = [phones.submit(town.send, report) for report in drafts]
        for turn, fault in enumerate(nemesis.faults, start=1):
            due = turn * REPORTS // (len(nemesis.faults) + 1)
            until(lambda due=due: sum(one.done() for one in sent) >= due, f"{due} reports are taken")
            nemesis.strike(fault)
    town.settle()
    assert_each_effect_once(town, {one.result() for one in sent})
    nemesis.seen += in_redis(river.redis.url)
    assert_nothing_leaked(town, drafts, b"\n".join(nemesis.seen), river.said())


def assert_nothing_leaked(town, drafts, redis, logs):
    # What is looked for would be found: ids are in both.
    assert town.id.encode() in redis
    hidden = {word for report in drafts for word in secrets_of(town, report)}
    hidden |= {planted(number) for number in range(REPORTS)} | {"Kowalczyk", "612 345"}
    assert [word for word in hidden if word in logs] == []
    assert [word for word in hidden if word.encode() in redis] == []
