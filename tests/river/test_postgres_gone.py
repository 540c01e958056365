"""PostgreSQL loses its power while reports come in: what was acknowledged is there afterwards."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.river.effects import assert_each_effect_once
from tests.river.stack import until

pytestmark = pytest.mark.river

PHONES = 3
REPORTS = 12


def test_every_answer_is_true_while_postgresql_restarts(river, town):
    processes, answers = river.pids(), []

    def hand_in(number):
        report = town.draft(f"A man followed me from stop {number}.")

        def taken():
            answers.append(town.post(report))
            return answers[-1].status_code == 201 and answers[-1].json()["id"]

        return until(taken, "a report is taken")

    with ThreadPoolExecutor(PHONES) as phones:
        sent = [phones.submit(hand_in, number) for number in range(REPORTS)]
        for done in (2, 6):
            until(lambda done=done: sum(one.done() for one in sent) >= done, "some reports are taken")
            river.restart_server(river.postgres)
    assert {answer.status_code for answer in answers} <= {201, 503}
    assert all(answer.json()["status"] == 503 for answer in answers if answer.status_code != 201)
    town.settle()
    assert_each_effect_once(town, {one.result() for one in sent})
    assert river.pids() == processes
