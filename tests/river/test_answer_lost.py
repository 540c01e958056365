"""The server dies between the commit and the answer: the phone asks again and gets the same report."""

import json
import re
import socket
import threading
from contextlib import contextmanager

import httpx
import pytest

from tests.river.effects import assert_each_effect_once
from tests.river.stack import until
from tests.river.test_redis_gone import deaf

pytestmark = pytest.mark.river

WORDS = "A man followed me from the stop."


@contextmanager
def losing_the_answer(port, on_answer):
    """A way to the server on which the first answer gets lost; yield its address and what was lost."""
    lost = []

    def carry(listener):
        inside, _ = listener.accept()
        with inside, socket.create_connection(("127.0.0.1", port)) as outside:
            threading.Thread(target=_pour, args=(inside, outside), daemon=True).start()
            lost.append(_answer(outside))
            on_answer()
            inside.shutdown(socket.SHUT_RDWR)  # it is being read: closing alone would tell nobody

    with socket.create_server(("127.0.0.1", 0)) as listener:
        carrier = threading.Thread(target=carry, args=(listener,))
        carrier.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", lost
        carrier.join()


def _answer(source):
    """Read one answer to its end."""
    got, length = b"", None
    while length is None or len(got.partition(b"\r\n\r\n")[2]) < int(length[1]):
        got += source.recv(65536)
        length = re.search(rb"(?i)content-length: *(\d+)\r.*\r\n\r\n", got, re.DOTALL)
    return got


def _pour(source, target):
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
    except OSError:
        return  # one side was killed: that is the test


def test_an_answer_lost_on_the_way_is_given_again(river, town):
    report = town.draft(WORDS)
    way = losing_the_answer(river.port, lambda: river.kill("serve"))
    with way as (address, lost), pytest.raises(httpx.TransportError):
        town.post(report, town.address.replace(river.url, address))
    (first,) = lost
    assert first.startswith(b"HTTP/1.1 201")
    river.start("serve")
    river.wait_ready()
    again = town.post(report)
    assert again.status_code == 201
    assert again.json() == json.loads(first.partition(b"\r\n\r\n")[2])
    town.settle()
    assert_each_effect_once(town, [again.json()["id"]])


def test_a_server_killed_after_the_commit_and_before_the_answer(river, town):
    report, answers = town.draft(WORDS), []

    def hand_in():
        try:
            answers.append(town.post(report).json()["id"])
        except httpx.TransportError:
            answers.append(None)

    # After the commit the server rings for workers; while nobody hears it, it has not yet answered.
    with deaf(river.redis):
        phone = threading.Thread(target=hand_in)
        phone.start()
        (committed,) = until(town.reports, "the report is committed")
        river.kill("serve")
        phone.join()
    assert answers in ([None], [committed])
    river.start("serve")
    assert town.send(report) == committed
    town.settle()
    assert_each_effect_once(town, [committed])
